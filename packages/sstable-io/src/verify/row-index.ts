// Data plane. The row index of a wide partition in Rows.db against its rows (spec: sstable-index-and-stats §7.5, §10 rule 9; RowIndexReader).
// Called by the deep verification of BTI SSTables.
import { ByteReader } from '@scamander/bytes';
import {
  type ClusteringEncoder,
  separatorAfter,
  separatorBetween,
} from '../bti/comparable-clustering.ts';
import { readRowPayload, rowPayloadBytes } from '../bti/row-payload.ts';
import type { RowsEntry } from '../bti/rows-entry.ts';
import { TrieWalker } from '../bti/trie-file.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import { readDeletionTime } from '../io/deletion-time.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { ClusteringPlace } from '../rows/clustering-comparator.ts';
import type { DeletionTime, PartitionHead } from '../rows/model.ts';
import { deletionText, sameDeletion } from './deletions.ts';
import type { Extents } from './extents.ts';
import { hex } from './key-order.ts';
import type { BlockCheck, BlockPlace } from './partition-walk.ts';

/** Reads block after block of the trie while the partition is walked. */
export class RowIndex implements BlockCheck {
  nextOffset = 0;
  readonly #rows: PagedFile;
  readonly #entry: RowsEntry;
  readonly #walker: TrieWalker;
  readonly #encoder: ClusteringEncoder | undefined;
  #separator: Uint8Array = new Uint8Array(0);
  #open: DeletionTime | undefined;
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
      extents.add(node.position, node.nodeBytes + rowPayloadBytes(rows.path, node)),
    );
  }

  /** Checks the entry against the partition's head and reads the first block. */
  static async begin(
    rows: PagedFile,
    entry: RowsEntry,
    head: PartitionHead,
    encoder: ClusteringEncoder | undefined,
    extents: Extents,
  ): Promise<RowIndex> {
    const index = new RowIndex(rows, entry, encoder, extents);
    const deletion = decoding(rows.path, entry.end, () =>
      readDeletionTime(new ByteReader(entry.deletion), true),
    );
    if (!sameDeletion(deletion, head.deletion)) {
      throw index.#wrong(
        `a partition deletion: ${deletionText(deletion)}`,
        `${deletionText(head.deletion)}, as in Data.db`,
      );
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
    this.#payloads += 1;
    const { offset, open } = readRowPayload(this.#rows.path, this.#walker.node);
    if (this.#payloads > 1 && offset <= this.nextOffset) {
      throw this.#wrong(`offset ${offset}`, `one above ${this.nextOffset}`);
    }
    this.nextOffset = offset;
    this.#open = open;
  }

  async boundary(at: BlockPlace): Promise<void> {
    if (this.#isDone) throw this.#wrong('the end of the blocks', `one at ${at.offset}`);
    if (this.nextOffset !== at.offset) {
      throw this.#wrong(
        `a block at ${this.nextOffset}`,
        `a row that begins there, not ${at.offset}`,
      );
    }
    if (!sameDeletion(this.#open, at.open)) {
      throw this.#wrong(
        `an open deletion: ${deletionText(this.#open)}`,
        `${deletionText(at.open)}, as the rows have it`,
      );
    }
    if (this.#encoder !== undefined && this.#payloads > 1) {
      this.#checkKey(separatorBetween(this.#form(at.previous), this.#form(at.place)));
    }
    await this.#next();
  }

  #form(place: ClusteringPlace | undefined): Uint8Array {
    return decoding(this.#rows.path, this.#entry.rootPosition, () =>
      this.#encoder === undefined || place === undefined
        ? new Uint8Array(0)
        : this.#encoder.encodePlace(place.kind, place.values),
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
  async end(length: number, at: BlockPlace): Promise<void> {
    if (this.#isDone || this.nextOffset !== length - 1) {
      throw this.#wrong(`a last entry at ${this.nextOffset}`, `one at ${length - 1}`);
    }
    if (this.#encoder !== undefined) {
      this.#checkKey(separatorAfter(this.#form(at.previous), this.#separator));
    }
    await this.#next();
    const blocks = this.#payloads - 1;
    if (!this.#isDone || blocks !== this.#entry.blockCount) {
      throw this.#wrong(`${blocks} blocks`, `${this.#entry.blockCount}, as the entry says`);
    }
  }
}
