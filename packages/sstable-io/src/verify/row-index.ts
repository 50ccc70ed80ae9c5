// Data plane. The row index of a wide partition in Rows.db against its rows (spec: sstable-index-and-stats §7.5, §10 rule 9; RowIndexReader).
// Called by the deep verification of BTI SSTables.
import { ByteReader } from '@scamander/bytes';
import {
  type ClusteringEncoder,
  separatorAfter,
  separatorBetween,
} from '../bti/comparable-clustering.ts';
import type { RowsEntry } from '../bti/rows-entry.ts';
import { readSizedInteger, TrieWalker } from '../bti/trie-file.ts';
import type { TrieNode } from '../bti/trie-node.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import { deletionTimeBytes } from '../io/deletion-time.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { Extents } from './extents.ts';
import { hex } from './key-order.ts';
import type { BlockCheck, Deletion, Unfiltered, WalkedPartition } from './partition-walk.ts';

const OFFSET_FLAGS = 7;
const OPEN_FLAG = 8;

const payloadBytes = (path: string, node: TrieNode): number => {
  if (node.payloadFlags === 0) return 0;
  const offsetBytes = node.payloadFlags & OFFSET_FLAGS;
  if ((node.payloadFlags & OPEN_FLAG) === 0) return offsetBytes;
  return decoding(path, node.position, () => {
    const reader = new ByteReader(node.page, node.payloadOffset + offsetBytes);
    return offsetBytes + deletionTimeBytes(reader, true);
  });
};

/** Reads block after block of the trie while the partition is walked. */
export class RowIndex implements BlockCheck {
  nextOffset = 0;
  readonly #rows: PagedFile;
  readonly #entry: RowsEntry;
  readonly #walker: TrieWalker;
  readonly #encoder: ClusteringEncoder | undefined;
  #separator: Uint8Array = new Uint8Array(0);
  #open: Deletion | undefined;
  #payloads = 0;
  #isDone = false;

  private constructor(
    rows: PagedFile,
    entry: RowsEntry,
    encoder: ClusteringEncoder | undefined,
    extents: Extents,
  ) {
    this.#rows = rows;
    this.#entry = entry;
    this.#encoder = encoder;
    this.#walker = new TrieWalker(rows, entry.rootPosition, (node) =>
      extents.add(node.position, node.nodeBytes + payloadBytes(rows.path, node)),
    );
  }

  /** Checks the entry against the partition's head and reads the first block. */
  static async begin(
    rows: PagedFile,
    entry: RowsEntry,
    head: Omit<WalkedPartition, 'length'>,
    encoder: ClusteringEncoder | undefined,
    extents: Extents,
  ): Promise<RowIndex> {
    const index = new RowIndex(rows, entry, encoder, extents);
    if (Buffer.compare(entry.deletion, head.deletion) !== 0) {
      throw index.#wrong('another partition deletion', 'the one of Data.db');
    }
    await index.#next();
    if (index.#walker.depth !== 0 || index.nextOffset !== head.headerLength) {
      throw index.#wrong(
        `a first block at ${index.nextOffset}`,
        `one at ${head.headerLength}, at the root`,
      );
    }
    return index;
  }

  #wrong(found: string, expected: string) {
    const at = this.#payloads === 0 ? this.#entry.rootPosition : this.#walker.node.position;
    return corrupt(this.#rows.path, at, found, expected);
  }

  async #next(): Promise<void> {
    if (!(await this.#walker.next())) {
      this.#isDone = true;
      return;
    }
    const { node } = this.#walker;
    const { path } = this.#rows;
    const offsetBytes = node.payloadFlags & OFFSET_FLAGS;
    this.#payloads += 1;
    if (offsetBytes === 0) throw this.#wrong('a payload without offset', 'the offset of a block');
    const offset = readSizedInteger(path, node, node.payloadOffset, offsetBytes);
    if (this.#payloads > 1 && offset <= this.nextOffset) {
      throw this.#wrong(`offset ${offset}`, `one above ${this.nextOffset}`);
    }
    this.nextOffset = offset;
    this.#open = undefined;
    if ((node.payloadFlags & OPEN_FLAG) !== 0) this.#open = this.#readOpen(node, offsetBytes);
  }

  #readOpen(node: TrieNode, offsetBytes: number): Deletion {
    return decoding(this.#rows.path, node.position, () => {
      const reader = new ByteReader(node.page, node.payloadOffset + offsetBytes);
      return { markedForDeleteAt: reader.i64(), localDeletionTime: reader.u32() };
    });
  }

  async boundary(at: Unfiltered): Promise<void> {
    if (this.#isDone) throw this.#wrong('the end of the blocks', `one at ${at.offset}`);
    if (this.nextOffset !== at.offset) {
      throw this.#wrong(
        `a block at ${this.nextOffset}`,
        `a row that begins there, not ${at.offset}`,
      );
    }
    const isSame =
      this.#open?.markedForDeleteAt === at.open?.markedForDeleteAt &&
      this.#open?.localDeletionTime === at.open?.localDeletionTime;
    if (!isSame) throw this.#wrong('another open deletion', 'the one of the rows');
    if (this.#encoder !== undefined && this.#payloads > 1) {
      const { previousPrefix, prefix } = at;
      this.#checkKey(separatorBetween(this.#form(previousPrefix), this.#form(prefix)));
    }
    await this.#next();
  }

  #form(prefix: Uint8Array): Uint8Array {
    return decoding(this.#rows.path, this.#entry.rootPosition, () =>
      this.#encoder === undefined ? prefix : this.#encoder.encode(prefix),
    );
  }

  /** The bytes that led to the node must be the separator that the rows on both sides ask for. */
  #checkKey(expected: Uint8Array): void {
    const found = this.#walker.path.subarray(0, this.#walker.depth);
    if (Buffer.compare(found, expected) !== 0) {
      throw this.#wrong(`separator ${hex(found)}`, `${hex(expected)}, as the rows ask for`);
    }
    this.#separator = expected;
  }

  /** The last entry stands for the end of the partition. */
  async end(length: number, at: Unfiltered): Promise<void> {
    if (this.#isDone || this.nextOffset !== length - 1) {
      throw this.#wrong(`a last entry at ${this.nextOffset}`, `one at ${length - 1}`);
    }
    if (this.#encoder !== undefined) {
      this.#checkKey(separatorAfter(this.#form(at.previousPrefix), this.#separator));
    }
    await this.#next();
    const blocks = this.#payloads - 1;
    if (!this.#isDone || blocks !== this.#entry.blockCount) {
      throw this.#wrong(`${blocks} blocks`, `${this.#entry.blockCount}, as the entry says`);
    }
  }
}
