// Data plane. The promoted index of a wide partition in Index.db against its rows (spec: sstable-index-and-stats §4.1, §4.2; RowIndexEntry,
// IndexInfo). Called by the deep verification of BIG SSTables.
import { ByteReader } from '@scamander/bytes';
import { skipClusteringValues } from '../io/clustering-values.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import { deletionTimeBytes, readFlag } from '../io/deletion-time.ts';
import type {
  BlockCheck,
  Deletion,
  PartitionLayout,
  Unfiltered,
  WalkedPartition,
} from './partition-walk.ts';

const WIDTH_BASE = 65_536;
const OFFSET_BYTES = 4;
const CLUSTERING = 4;

/** Where the entry stands. */
export interface PromotedPlace {
  readonly path: string;
  readonly offset: number;
}

/** Reads block after block while the partition is walked. */
export class PromotedIndex implements BlockCheck {
  nextOffset = 0;
  readonly #reader: ByteReader;
  readonly #bytes: Uint8Array;
  readonly #place: PromotedPlace;
  readonly #layout: PartitionLayout;
  readonly #count: number;
  readonly #infosAt: number;
  readonly #offsetsAt: number;
  #blocks = 0;
  #infoAt = 0;
  #first: Uint8Array = new Uint8Array(0);
  #last: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #width = 0;
  #open: Deletion | undefined;

  /** Checks the fixed part against the partition's head. Throws SSTableError. */
  constructor(
    bytes: Uint8Array,
    place: PromotedPlace,
    layout: PartitionLayout,
    head: Omit<WalkedPartition, 'length'>,
  ) {
    this.#bytes = bytes;
    this.#place = place;
    this.#layout = layout;
    const reader = new ByteReader(bytes);
    this.#reader = reader;
    const fields = this.#decode(() => ({
      headerLength: reader.uvintNumber(),
      deletion: reader.bytes(deletionTimeBytes(reader, layout.hasUIntDeletionTime)),
      count: reader.uvintNumber(),
    }));
    this.#count = fields.count;
    this.#infosAt = reader.position;
    this.#offsetsAt = bytes.length - fields.count * OFFSET_BYTES;
    this.#expect(0, 'header length', fields.headerLength, head.headerLength);
    if (Buffer.compare(fields.deletion, head.deletion) !== 0) {
      throw this.#wrong(0, 'another partition deletion', 'the one of Data.db');
    }
    if (this.#count < 2 || this.#offsetsAt < this.#infosAt) {
      throw this.#wrong(0, `${this.#count} blocks`, 'two or more, and an offset for each');
    }
    this.nextOffset = head.headerLength;
  }

  #decode<T>(body: () => T): T {
    return decoding(this.#place.path, this.#place.offset, body);
  }

  #wrong(at: number, found: string, expected: string) {
    return corrupt(this.#place.path, this.#place.offset + at, found, expected);
  }

  #expect(at: number, what: string, found: number, expected: number): void {
    if (found !== expected) throw this.#wrong(at, `${what} ${found}`, `${expected}`);
  }

  #prefix(): Uint8Array {
    const reader = this.#reader;
    const start = reader.position;
    const { clusteringLengths } = this.#layout;
    const isRow = reader.u8() === CLUSTERING;
    skipClusteringValues(
      reader,
      isRow ? clusteringLengths.length : reader.u16(),
      clusteringLengths,
    );
    return this.#bytes.subarray(start, reader.position);
  }

  #deletion(): Deletion {
    const reader = this.#reader;
    if (!this.#layout.hasUIntDeletionTime) {
      const localDeletionTime = reader.i32();
      return { markedForDeleteAt: reader.i64(), localDeletionTime };
    }
    return { markedForDeleteAt: reader.i64(), localDeletionTime: reader.u32() };
  }

  #next(): void {
    const reader = this.#reader;
    this.#infoAt = reader.position;
    const tableAt = this.#offsetsAt + this.#blocks * OFFSET_BYTES;
    this.#decode(() => {
      const listed = new ByteReader(this.#bytes, tableAt).i32();
      this.#expect(tableAt, 'offset of a block', listed, this.#infoAt - this.#infosAt);
      this.#first = this.#prefix();
      this.#last = this.#prefix();
      this.#offset = reader.uvintNumber();
      this.#width = Number(reader.svint()) + WIDTH_BASE;
      this.#open = readFlag(reader, 'open marker') ? this.#deletion() : undefined;
    });
    this.#blocks += 1;
    this.nextOffset = this.#offset + this.#width;
  }

  async boundary(at: Unfiltered): Promise<void> {
    this.#expect(this.#infoAt, 'end of a block', this.nextOffset, at.offset);
    if (this.#blocks > 0) this.#finishBlock(at);
    if (this.#blocks === this.#count) {
      throw this.#wrong(this.#infoAt, `${this.#count} blocks`, 'one more');
    }
    this.#next();
    this.#expect(this.#infoAt, 'offset', this.#offset, at.offset);
    if (Buffer.compare(this.#first, at.prefix) !== 0) {
      throw this.#wrong(
        this.#infoAt,
        'another first row',
        `the one at ${at.offset} of the partition`,
      );
    }
    if (this.#width <= 0) throw this.#wrong(this.#infoAt, `width ${this.#width}`, 'more than 0');
  }

  #finishBlock(at: Unfiltered): void {
    if (Buffer.compare(this.#last, at.previousPrefix) !== 0) {
      throw this.#wrong(this.#infoAt, 'another last row', `the one before ${at.offset}`);
    }
    const isSame =
      this.#open?.markedForDeleteAt === at.open?.markedForDeleteAt &&
      this.#open?.localDeletionTime === at.open?.localDeletionTime;
    if (!isSame) throw this.#wrong(this.#infoAt, 'another open deletion', 'the one of the rows');
  }

  /** The last block ends with the partition, or one byte earlier when it was full just then. */
  async end(length: number, at: Unfiltered): Promise<void> {
    if (this.#blocks === 0) throw this.#wrong(0, 'blocks', 'none: the partition has no rows');
    this.#finishBlock(at);
    if (this.nextOffset !== length && this.nextOffset !== length - 1) {
      throw this.#wrong(this.#infoAt, `a last block up to ${this.nextOffset}`, `${length}`);
    }
    this.#expect(0, 'number of blocks', this.#count, this.#blocks);
    this.#expect(
      this.#reader.position,
      'end of the blocks',
      this.#reader.position,
      this.#offsetsAt,
    );
  }
}
