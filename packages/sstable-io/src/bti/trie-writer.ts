// Data plane. Writes a trie while its keys come, no node across a page (spec: sstable-index-and-stats §7.3;
// IncrementalTrieWriterPageAware). Called by the writers of Partitions.db and Rows.db. Holds the nodes of the last key's path, with what is
// below them and does not fill a page yet; byte for byte what Cassandra writes for the same keys at the same position.
import { PAGE_BYTES } from '../limits.ts';
import type { PageOutput } from './page-output.ts';
import { PendingNode, type TriePayload } from './pending-node.ts';
import { writeNode } from './trie-node-writer.ts';

/** Nodes of one trie; `finish` writes its root and makes it ready for the next one. */
export class TrieWriter {
  readonly #output: PageOutput;
  /** From the root to the end of the last key; each is the last child of the one before. */
  #stack: PendingNode[] = [new PendingNode(0)];
  /** Nodes that were let go, as many as were ever held at once: new ones would soon be old garbage, which is collected late. */
  readonly #free: PendingNode[] = [];
  #last = new Uint8Array(64);
  #lastLength = -1;

  constructor(output: PageOutput) {
    this.#output = output;
  }

  /** Keys added so far. */
  count = 0;

  /**
   * Adds a key that is greater than the last one, byte by byte; one may begin with the other. The key is not kept. Throws a `RangeError`
   * for one that is not greater.
   */
  add(key: Uint8Array, payload: TriePayload): void {
    const common = this.#commonLength(key);
    while (this.#stack.length > common + 1) this.#completeLast();
    for (let i = common; i < key.length; i++) {
      const child = this.#node(key[i]!);
      this.#stack.at(-1)!.addChild(child);
      this.#stack.push(child);
    }
    this.#stack.at(-1)!.setPayload(payload);
    this.#keep(key);
    this.count += 1;
  }

  /** Bytes that the key shares with the last one. */
  #commonLength(key: Uint8Array): number {
    if (this.#lastLength < 0) return 0;
    const end = Math.min(key.length, this.#lastLength);
    let at = 0;
    while (at < end && key[at] === this.#last[at]) at += 1;
    const isGreater =
      at === this.#lastLength ? at < key.length : at < end && key[at]! > this.#last[at]!;
    if (!isGreater) throw new RangeError('the keys of a trie ascend');
    return at;
  }

  #keep(key: Uint8Array): void {
    if (this.#last.length < key.length) this.#last = new Uint8Array(2 * key.length);
    this.#last.set(key);
    this.#lastLength = key.length;
  }

  #completeLast(): void {
    this.#complete(this.#stack.pop()!);
  }

  /** Nothing more comes below the node: it stays in memory when it fits a page with all that is below, otherwise that is written. */
  #complete(node: PendingNode): void {
    let branchBytes = 0;
    for (const child of node.children) branchBytes += child.totalBytes;
    node.branchBytes = branchBytes;
    const nodeBytes = node.bytesAt(this.#output.position);
    if (nodeBytes + branchBytes >= PAGE_BYTES) {
      this.#layOutChildren(node);
      return;
    }
    node.nodeBytes = nodeBytes;
    node.hasOutOfPageChildren = false;
    node.hasOutOfPageInBranch = false;
    for (const child of node.children) {
      if (child.isWritten) node.hasOutOfPageChildren = true;
      else if (child.hasOutOfPageChildren || child.hasOutOfPageInBranch) {
        node.hasOutOfPageInBranch = true;
      }
    }
  }

  /** Writes the children, the largest that fits the page first. */
  #layOutChildren(node: PendingNode): void {
    const output = this.#output;
    const left = node.children.filter((child) => !child.isWritten);
    let bytesLeft = output.bytesLeftInPage;
    while (left.length > 0) {
      let index = largestWithin(left, bytesLeft);
      if (index < 0) {
        output.padToPage();
        bytesLeft = PAGE_BYTES;
        index = largestWithin(left, Number.POSITIVE_INFINITY);
      }
      const child = left[index]!;
      if (child.hasOutOfPageChildren || child.hasOutOfPageInBranch) {
        const actualBytes = this.#recalculate(child, output.position);
        if (actualBytes > bytesLeft) {
          if (bytesLeft === PAGE_BYTES) {
            this.#layOutChildren(child);
            bytesLeft = output.bytesLeftInPage;
          }
          // it is tried again, with its new size
          continue;
        }
      }
      left.splice(index, 1);
      this.#place(child);
      bytesLeft = output.bytesLeftInPage;
    }
    node.branchBytes = 0;
    node.hasOutOfPageChildren = true;
    node.hasOutOfPageInBranch = false;
    node.nodeBytes = node.bytesAt(output.position);
  }

  /** Sizes at a place where they may differ from the first estimate, because distances to what is written grow. */
  #recalculate(node: PendingNode, position: number): number {
    if (node.isWritten) return 0;
    if (node.hasOutOfPageInBranch) {
      let bytes = 0;
      for (const child of node.children) bytes += this.#recalculate(child, position + bytes);
      node.branchBytes = bytes;
    }
    if (node.hasOutOfPageChildren || node.hasOutOfPageInBranch) {
      node.nodeBytes = node.bytesAt(position + node.branchBytes);
    }
    return node.totalBytes;
  }

  /** Writes a node with everything below it. Depth is bounded: a branch that is kept is shorter than a page, and each node has two bytes or more. */
  #place(node: PendingNode): void {
    const output = this.#output;
    for (const child of node.children) {
      if (!child.isWritten) this.#place(child);
    }
    const { position } = output;
    writeNode(output.writer, node, position);
    output.written();
    for (const child of node.finish(position)) this.#free.push(child);
  }

  #node(transition: number): PendingNode {
    return this.#free.pop()?.renew(transition) ?? new PendingNode(transition);
  }

  /** Completes and writes what is left; the position of the root. The next key begins another trie behind it. */
  finish(): number {
    const root = this.#stack[0]!;
    while (this.#stack.length > 0) this.#completeLast();
    this.#placeRoot(root);
    this.reset();
    return root.position;
  }

  #placeRoot(root: PendingNode): void {
    const output = this.#output;
    let bytes = this.#recalculate(root, output.position);
    let bytesLeft = output.bytesLeftInPage;
    if (bytes > bytesLeft && bytes <= PAGE_BYTES) {
      output.padToPage();
      bytesLeft = PAGE_BYTES;
      bytes = this.#recalculate(root, output.position);
    }
    if (bytes > bytesLeft) {
      this.#layOutChildren(root);
      if (root.nodeBytes > output.bytesLeftInPage) {
        output.padToPage();
        this.#recalculate(root, output.position);
      }
    }
    this.#place(root);
  }

  /** Forgets the keys that were added. Only nodes that were not written are lost by it. */
  reset(): void {
    this.#stack = [new PendingNode(0)];
    this.#lastLength = -1;
    this.count = 0;
  }
}

/** Index of the largest node of at most this size, of equal ones that with the greater transition; −1 when none fits. */
const largestWithin = (nodes: readonly PendingNode[], limitBytes: number): number => {
  let best = -1;
  let bestBytes = -1;
  for (let i = 0; i < nodes.length; i++) {
    const bytes = nodes[i]!.totalBytes;
    // nodes are in the order of their transitions
    if (bytes <= limitBytes && bytes >= bestBytes) {
      best = i;
      bestBytes = bytes;
    }
  }
  return best;
};
