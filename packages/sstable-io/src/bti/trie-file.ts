// Data plane. A file of trie pages: loads nodes, reads payload integers (spec: sstable-index-and-stats §7.1). Called by both BTI components.
import { corrupt } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import { PAGE_BYTES, TRIE_DEPTH_MAX } from '../limits.ts';
import { TrieNode } from './trie-node.ts';

/** Loads the node at a position, from the page cache when it is there. */
export const loadNode = async (
  paged: PagedFile,
  node: TrieNode,
  position: number,
): Promise<void> => {
  const index = Math.floor(position / PAGE_BYTES);
  node.load(paged.path, paged.cached(index) ?? (await paged.page(index)), position);
};

/** A big-endian two's complement integer of 1 to 8 bytes within a node's page. */
export const readSizedInteger = (
  path: string,
  node: TrieNode,
  offset: number,
  bytes: number,
): number => {
  const { page } = node;
  if (offset + bytes > page.length) {
    throw corrupt(path, node.position, 'a payload beyond its page', `${bytes} bytes`);
  }
  let value = page[offset]! >= 0x80 ? page[offset]! - 256 : page[offset]!;
  for (let i = 1; i < bytes; i++) value = value * 256 + page[offset + i]!;
  if (!Number.isSafeInteger(value)) {
    throw corrupt(path, node.position, `payload ${value}`, 'a place in a file');
  }
  return value;
};

/**
 * Visits every node with a payload below a root in key order: a node's own payload before its children, transitions ascending.
 * Depth and number of nodes are bounded, so that a crafted file can't keep it busy for longer than its length allows.
 */
export class TrieWalker {
  readonly node = new TrieNode();
  /** Bytes that led to the node; `depth` of them count. */
  path = new Uint8Array(256);
  depth = 0;
  /** Every node met, each once. */
  nodes = 0;

  readonly #paged: PagedFile;
  readonly #nodesMax: number;
  readonly #onNode: ((node: TrieNode) => void) | undefined;
  /** Positions of the nodes on the way, and the slot of each that comes next. */
  readonly #positions: number[] = [];
  readonly #nextSlots: number[] = [];
  #pending: number;

  constructor(paged: PagedFile, root: number, onNode?: (node: TrieNode) => void) {
    this.#paged = paged;
    this.#pending = root;
    this.#onNode = onNode;
    this.#nodesMax = root + 1;
  }

  /** Moves to the next node with a payload; false when there are none left. Rejects with `SCM_SSTABLE_CORRUPT`. */
  async next(): Promise<boolean> {
    for (;;) {
      if (this.#pending >= 0) {
        await this.#enter(this.#pending);
        if (this.node.payloadFlags !== 0) return true;
      }
      if (!(await this.#descend())) return false;
    }
  }

  async #enter(position: number): Promise<void> {
    const { node } = this;
    await loadNode(this.#paged, node, position);
    if (node.payloadFlags === 0 && node.nextSlot(0, this.#paged.path) < 0) {
      throw corrupt(this.#paged.path, position, 'a leaf without payload', 'where a key leads to');
    }
    this.#pending = -1;
    this.nodes += 1;
    this.#onNode?.(node);
    this.#positions.push(position);
    this.#nextSlots.push(0);
    this.depth = this.#positions.length - 1;
    if (this.depth > TRIE_DEPTH_MAX || this.nodes > this.#nodesMax) {
      throw corrupt(
        this.#paged.path,
        position,
        `a trie of ${this.nodes} nodes, ${this.depth} deep`,
        `at most ${this.#nodesMax}, ${TRIE_DEPTH_MAX} deep`,
      );
    }
  }

  /** Chooses the next child of the deepest node that has one left. */
  async #descend(): Promise<boolean> {
    const { path } = this.#paged;
    while (this.#positions.length > 0) {
      const top = this.#positions.length - 1;
      const position = this.#positions[top]!;
      if (this.node.position !== position) await loadNode(this.#paged, this.node, position);
      const slot = this.node.nextSlot(this.#nextSlots[top]!, path);
      if (slot >= 0) {
        this.#nextSlots[top] = slot + 1;
        this.#pending = this.node.child(slot, path);
        this.#setPath(top, this.node.transition(slot));
        return true;
      }
      this.#positions.pop();
      this.#nextSlots.pop();
    }
    return false;
  }

  #setPath(depth: number, byte: number): void {
    if (depth >= this.path.length) {
      const longer = new Uint8Array(this.path.length * 2);
      longer.set(this.path);
      this.path = longer;
    }
    this.path[depth] = byte;
  }
}
