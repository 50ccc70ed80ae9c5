// Data plane. Blocks of a wide partition by its row trie in Rows.db (spec: sstable-index-and-stats §7.5; RowIndexReader). Called by slices of BTI
// SSTables.
import { MalformedBytes, NeedMoreBytes } from '@scamander/bytes';
import type { ClusteringEncoder } from '../bti/comparable-clustering.ts';
import { readRowPayload } from '../bti/row-payload.ts';
import type { RowsEntry } from '../bti/rows-entry.ts';
import { loadNode, TrieWalker } from '../bti/trie-file.ts';
import { TrieNode } from '../bti/trie-node.ts';
import { corrupt, tooLong } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import { ROW_BLOCKS_MAX, TRIE_DEPTH_MAX } from '../limits.ts';
import type { ClusteringPlace } from './clustering-comparator.ts';
import type { RowBlock, RowBlocks } from './row-blocks.ts';

/** Floor of a byte-comparable place, walking down once. */
export class TrieBlocks implements RowBlocks {
  readonly #rows: PagedFile;
  readonly #entry: RowsEntry;
  readonly #encoder: ClusteringEncoder;

  constructor(rows: PagedFile, entry: RowsEntry, encoder: ClusteringEncoder) {
    this.#rows = rows;
    this.#entry = entry;
    this.#encoder = encoder;
  }

  /** Whether places of these values have a form: not those whose bytes are no value of their type. */
  canFind(place: ClusteringPlace): boolean {
    try {
      this.#encoder.encodePlace(place.kind, place.values);
      return true;
    } catch (error) {
      if (error instanceof MalformedBytes || error instanceof NeedMoreBytes) return false;
      throw error;
    }
  }

  async floor(place: ClusteringPlace): Promise<RowBlock> {
    const { path } = this.#rows;
    const sought = this.#encoder.encodePlace(place.kind, place.values);
    const node = new TrieNode();
    let position = this.#entry.rootPosition;
    let candidate: RowBlock | undefined;
    let lesser = -1;
    for (let depth = 0; ; depth++) {
      await loadNode(this.#rows, node, position);
      const byte = sought[depth] ?? -1;
      const first = node.nextSlot(0, path);
      if (first < 0 || byte < 0 || byte <= node.transition(first)) {
        if (node.payloadFlags !== 0) candidate = readRowPayload(path, node);
      } else {
        candidate = undefined;
        lesser = node.child(slotBelow(node, byte, path), path);
      }
      const slot = byte < 0 ? -1 : node.slotOf(byte, path);
      if (slot < 0) break;
      position = node.child(slot, path);
    }
    if (candidate !== undefined) return candidate;
    if (lesser < 0) {
      throw corrupt(path, this.#entry.rootPosition, 'a root without payload', 'the first block');
    }
    return await this.#rightmost(lesser);
  }

  /** The entry behind the last block stands for the end of the partition, and is left out. */
  async all(): Promise<readonly RowBlock[]> {
    const blocks: RowBlock[] = [];
    const walker = new TrieWalker(this.#rows, this.#entry.rootPosition);
    while (await walker.next()) {
      if (blocks.length > ROW_BLOCKS_MAX) {
        const at = this.#entry.rootPosition;
        throw tooLong(this.#rows.path, at, 'blocks', blocks.length, ROW_BLOCKS_MAX);
      }
      blocks.push(readRowPayload(this.#rows.path, walker.node));
    }
    blocks.pop();
    return blocks;
  }

  async #rightmost(position: number): Promise<RowBlock> {
    const { path } = this.#rows;
    const node = new TrieNode();
    let at = position;
    for (let depth = 0; depth <= TRIE_DEPTH_MAX; depth++) {
      await loadNode(this.#rows, node, at);
      const slot = slotBelow(node, 256, path);
      if (slot < 0) return readRowPayload(path, node);
      at = node.child(slot, path);
    }
    throw corrupt(path, position, 'a trie that is too deep', `at most ${TRIE_DEPTH_MAX} nodes`);
  }
}

/** The last slot with a child whose transition is below the byte, −1 when there is none. */
const slotBelow = (node: TrieNode, byte: number, path: string): number => {
  for (let slot = node.slots - 1; slot >= 0; slot--) {
    if (node.transition(slot) < byte && node.child(slot, path) >= 0) return slot;
  }
  return -1;
};
