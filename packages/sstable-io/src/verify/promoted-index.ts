// Data plane. The promoted index of a wide partition in Index.db against its rows (spec: sstable-index-and-stats §4.1, §4.2; RowIndexEntry,
// IndexInfo). Called by the deep verification of BIG SSTables.
import { ByteReader, MalformedBytes } from '@scamander/bytes';
import { corrupt, decoding } from '../io/decoding.ts';
import { readDeletionTime, readFlag } from '../io/deletion-time.ts';
import { type ClusteringPlace, ROW_KIND } from '../rows/clustering-comparator.ts';
import type { ClusteringReader } from '../rows/clustering-reader.ts';
import type { ClusteringValue, DeletionTime, PartitionHead } from '../rows/model.ts';
import { deletionText, sameDeletion } from './deletions.ts';
import type { BlockCheck, BlockPlace } from './partition-walk.ts';

const WIDTH_BASE = 65_536;
const OFFSET_BYTES = 4;
const NO_DELETION_INT = 0x7fffffff;

/** What its places are read with. */
export interface PromotedLayout {
  readonly clusterings: ClusteringReader;
  readonly hasUIntDeletionTime: boolean;
}

/** The same kind and the same bytes. */
const samePlace = (a: ClusteringPlace | undefined, b: ClusteringPlace | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  const sameValue = (value: ClusteringValue, i: number) => {
    const other = b.values[i] as ClusteringValue;
    return value === null || other === null ? value === other : Buffer.compare(value, other) === 0;
  };
  return a.kind === b.kind && a.values.length === b.values.length && a.values.every(sameValue);
};

/** Where the entry stands. */
export interface PromotedPlace {
  readonly path: string;
  readonly offset: number;
}

/** Reads block after block while the partition is walked. */
export class PromotedIndex implements BlockCheck {
  nextOffset = 0;
  /** The partition is not deleted, and when is not left open: nodes don't mind. */
  readonly hasOddDeletion: boolean;
  readonly #reader: ByteReader;
  readonly #bytes: Uint8Array;
  readonly #place: PromotedPlace;
  readonly #layout: PromotedLayout;
  readonly #count: number;
  readonly #infosAt: number;
  readonly #offsetsAt: number;
  #blocks = 0;
  #infoAt = 0;
  #first: ClusteringPlace | undefined;
  #last: ClusteringPlace | undefined;
  #offset = 0;
  #width = 0;
  #open: DeletionTime | undefined;

  /** Checks the fixed part against the partition's head. Throws SSTableError. */
  constructor(
    bytes: Uint8Array,
    place: PromotedPlace,
    layout: PromotedLayout,
    head: PartitionHead,
  ) {
    this.#bytes = bytes;
    this.#place = place;
    this.#layout = layout;
    const reader = new ByteReader(bytes);
    this.#reader = reader;
    const fields = this.#decode(() => {
      const headerLength = reader.uvintNumber();
      const deletionAt = reader.position;
      const deletion = readDeletionTime(reader, layout.hasUIntDeletionTime);
      return { headerLength, deletionAt, deletion, count: reader.uvintNumber() };
    });
    this.hasOddDeletion =
      !layout.hasUIntDeletionTime &&
      fields.deletion === undefined &&
      new ByteReader(bytes, fields.deletionAt).i32() !== NO_DELETION_INT;
    this.#count = fields.count;
    this.#infosAt = reader.position;
    this.#offsetsAt = bytes.length - fields.count * OFFSET_BYTES;
    this.#expect(0, 'header length', fields.headerLength, head.headerLength);
    if (!sameDeletion(fields.deletion, head.deletion)) {
      throw this.#wrong(
        0,
        `a partition deletion: ${deletionText(fields.deletion)}`,
        `${deletionText(head.deletion)}, as in Data.db`,
      );
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

  #clustering(): ClusteringPlace {
    const reader = this.#reader;
    const { clusterings } = this.#layout;
    const offset = reader.position;
    const kind = reader.u8();
    const count = kind === ROW_KIND ? clusterings.columns : reader.u16();
    if (count > clusterings.columns) {
      throw new MalformedBytes({
        what: `at most ${clusterings.columns}`,
        found: `${count} clustering values`,
        offset,
      });
    }
    return { kind, values: clusterings.read(reader, count) };
  }

  #next(): void {
    const reader = this.#reader;
    this.#infoAt = reader.position;
    const tableAt = this.#offsetsAt + this.#blocks * OFFSET_BYTES;
    this.#decode(() => {
      const listed = new ByteReader(this.#bytes, tableAt).i32();
      this.#expect(tableAt, 'offset of a block', listed, this.#infoAt - this.#infosAt);
      this.#first = this.#clustering();
      this.#last = this.#clustering();
      this.#offset = reader.uvintNumber();
      this.#width = Number(reader.svint()) + WIDTH_BASE;
      this.#open = readFlag(reader, 'open marker')
        ? readDeletionTime(reader, this.#layout.hasUIntDeletionTime)
        : undefined;
    });
    this.#blocks += 1;
    this.nextOffset = this.#offset + this.#width;
  }

  boundary(at: BlockPlace): void {
    this.#expect(this.#infoAt, 'end of a block', this.nextOffset, at.offset);
    if (this.#blocks > 0) this.#finishBlock(at);
    if (this.#blocks === this.#count) {
      throw this.#wrong(this.#infoAt, `${this.#count} blocks`, 'one more');
    }
    this.#next();
    this.#expect(this.#infoAt, 'offset', this.#offset, at.offset);
    if (!samePlace(this.#first, at.place)) {
      throw this.#wrong(
        this.#infoAt,
        'another first row',
        `the one at ${at.offset} of the partition`,
      );
    }
    if (this.#width <= 0) throw this.#wrong(this.#infoAt, `width ${this.#width}`, 'more than 0');
  }

  #finishBlock(at: BlockPlace): void {
    if (!samePlace(this.#last, at.previous)) {
      throw this.#wrong(this.#infoAt, 'another last row', `the one before ${at.offset}`);
    }
    if (!sameDeletion(this.#open, at.open)) {
      throw this.#wrong(
        this.#infoAt,
        `an open deletion: ${deletionText(this.#open)}`,
        `${deletionText(at.open)}, as the rows have it`,
      );
    }
  }

  /** The last block ends with the partition, or one byte earlier when it was full just then. */
  end(length: number, at: BlockPlace): void {
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
