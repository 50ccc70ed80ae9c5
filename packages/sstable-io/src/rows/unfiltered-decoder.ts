// Data plane. Rows and markers of Data.db, ma to da (spec: sstable-data §4.3–§4.8; UnfilteredSerializer). Called by the row reader over the bytes
// that are in its window. Throws NeedMoreBytes where they do not suffice, MalformedBytes with the reader's index where they are wrong.
import { type ByteReader, LimitExceeded, MalformedBytes, NeedMoreBytes } from '@scamander/bytes';
import { ROW_BYTES_MAX } from '../limits.ts';
import { CellDecoder } from './cell-decoder.ts';
import { closesRange, isBoundary, opensRange } from './clustering-comparator.ts';
import { ClusteringReader } from './clustering-reader.ts';
import { ColumnSubsets } from './column-subset.ts';
import {
  type ClusteringValue,
  type Column,
  type DeletionTime,
  LIVE_TIMESTAMP,
  type Liveness,
  MARKER_KIND,
  type Marker,
  type MarkerKind,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from './model.ts';
import type { RowHeader } from './row-header.ts';
import { TimeDeltas } from './time-deltas.ts';

const END_OF_PARTITION = 0x01;
const IS_MARKER = 0x02;
const HAS_TIMESTAMP = 0x04;
const HAS_TTL = 0x08;
const HAS_DELETION = 0x10;
const HAS_ALL_COLUMNS = 0x20;
const HAS_COMPLEX_DELETION = 0x40;
const EXTENSION = 0x80;

const IS_STATIC = 0x01;
const HAS_SHADOWABLE_DELETION = 0x02;

/** What 5.0 leaves out of a marker's size for each wide difference (spec §19). */
const WIDE_DELTA_SLIP_BYTES = 4;

const KIND_NAMES: readonly (MarkerKind | undefined)[] = Array.from({ length: 8 }, (_, ordinal) =>
  (Object.keys(MARKER_KIND) as MarkerKind[]).find((name) => MARKER_KIND[name] === ordinal),
);

const malformed = (found: string, what: string, offset: number): MalformedBytes =>
  new MalformedBytes({ what, found, offset });

/** Options of decoding. */
export interface DecoderOptions {
  readonly hasUIntDeletionTime: boolean;
  /** Refuse what no release writes. */
  readonly isStrict: boolean;
}

/** Decodes what follows a partition's head. Values are views of the reader's bytes. */
export class UnfilteredDecoder {
  readonly #times: TimeDeltas;
  readonly #clusterings: ClusteringReader;
  readonly #regular: { columns: readonly Column[]; subsets: ColumnSubsets; cells: CellDecoder };
  readonly #static: { columns: readonly Column[]; subsets: ColumnSubsets; cells: CellDecoder };
  readonly #isStrict: boolean;

  constructor(header: RowHeader, options: DecoderOptions) {
    const { isStrict } = options;
    const times = new TimeDeltas(header.encoding, options);
    const listOf = (columns: readonly Column[]) => ({
      columns,
      subsets: new ColumnSubsets(columns, isStrict),
      cells: new CellDecoder(columns, times, isStrict),
    });
    this.#times = times;
    this.#isStrict = isStrict;
    this.#clusterings = new ClusteringReader(header.clusteringTypes);
    this.#regular = listOf(header.regularColumns);
    this.#static = listOf(header.staticColumns);
  }

  /** The static row; undefined when nothing is in it. */
  staticRow(reader: ByteReader): Row | undefined {
    const offset = reader.position;
    const flags = reader.u8();
    if ((flags & EXTENSION) === 0 || (flags & (END_OF_PARTITION | IS_MARKER)) !== 0) {
      throw malformed(`flags 0x${flags.toString(16)}`, 'those of a static row', offset);
    }
    const extended = reader.u8();
    if (extended !== IS_STATIC) {
      throw malformed(`extended flags 0x${extended.toString(16)}`, '0x1, a static row', offset + 1);
    }
    const row = this.#row(reader, flags, true, false, [], 0);
    const isEmpty =
      row.columns.length === 0 && row.liveness === undefined && row.deletion === undefined;
    return isEmpty ? undefined : row;
  }

  /**
   * The row or marker at the reader's position, undefined at the end of the partition. `prevSize` is the distance to where the one
   * before begins, −1 where that is not known.
   */
  next(reader: ByteReader, prevSize: number): Unfiltered | undefined {
    const offset = reader.position;
    const flags = reader.u8();
    if ((flags & (END_OF_PARTITION | IS_MARKER)) === 0) {
      const isShadowable = (flags & EXTENSION) !== 0 && this.#isShadowable(reader, flags);
      const clustering = this.#clusterings.read(reader, this.#clusterings.columns);
      return this.#row(reader, flags, false, isShadowable, clustering, prevSize);
    }
    if (flags === END_OF_PARTITION) return undefined;
    if (flags === IS_MARKER) return this.#marker(reader, prevSize);
    throw malformed(
      `flags 0x${flags.toString(16)}`,
      'those of a row, 0x2 of a marker or 0x1 at the end of the partition',
      offset,
    );
  }

  /** Passes over the head of a row, or a whole marker; bytes of the body that follow, −1 behind the end of the partition. */
  skipHead(reader: ByteReader): number {
    const offset = reader.position;
    const flags = reader.u8();
    if ((flags & (END_OF_PARTITION | IS_MARKER)) !== 0) {
      reader.position = offset;
      return this.next(reader, -1) === undefined ? -1 : 0;
    }
    if ((flags & EXTENSION) !== 0) this.#isShadowable(reader, flags);
    this.#clusterings.read(reader, this.#clusterings.columns);
    return reader.uvintNumber();
  }

  #isShadowable(reader: ByteReader, flags: number): boolean {
    const offset = reader.position;
    const extended = reader.u8();
    if (extended !== HAS_SHADOWABLE_DELETION || (flags & HAS_DELETION) === 0) {
      throw malformed(
        `flags 0x${flags.toString(16)} and 0x${extended.toString(16)}`,
        'a second byte only for a shadowable deletion',
        offset,
      );
    }
    return true;
  }

  #row(
    reader: ByteReader,
    flags: number,
    isStatic: boolean,
    isShadowable: boolean,
    clustering: readonly ClusteringValue[],
    prevSize: number,
  ): Row {
    const end = this.#body(reader, prevSize);
    const liveness =
      (flags & (HAS_TIMESTAMP | HAS_TTL)) === 0 ? undefined : this.#liveness(reader, flags);
    const deletion = (flags & HAS_DELETION) === 0 ? undefined : this.#times.deletion(reader);
    const { columns, subsets, cells } = isStatic ? this.#static : this.#regular;
    const present = (flags & HAS_ALL_COLUMNS) === 0 ? subsets.read(reader) : columns;
    const hasComplexDeletion = (flags & HAS_COMPLEX_DELETION) !== 0;
    const data = cells.read(reader, present, { end, liveness, hasComplexDeletion });
    if (reader.position !== end) {
      throw malformed(
        `the end of a row at this byte`,
        `${end - reader.position} bytes later`,
        reader.position,
      );
    }
    return { kind: 'row', isStatic, clustering, liveness, deletion, isShadowable, columns: data };
  }

  /** Where the body ends, once all of it is there and its size of the one before is right. */
  #body(reader: ByteReader, prevSize: number): number {
    const sizeAt = reader.position;
    const size = reader.uvintNumber();
    if (size > ROW_BYTES_MAX) {
      throw new LimitExceeded({
        field: 'a row',
        value: BigInt(size),
        limit: BigInt(ROW_BYTES_MAX),
        offset: sizeAt,
      });
    }
    if (size > reader.remaining) throw new NeedMoreBytes(reader.position + size);
    const end = reader.position + size;
    this.#previousSize(reader, prevSize);
    return end;
  }

  #previousSize(reader: ByteReader, prevSize: number): void {
    const offset = reader.position;
    const found = reader.uvintNumber();
    if (this.#isStrict && found !== prevSize && prevSize >= 0) {
      throw malformed(`a size of ${found} of what comes before`, `${prevSize}`, offset);
    }
  }

  #liveness(reader: ByteReader, flags: number): Liveness {
    if ((flags & HAS_TIMESTAMP) === 0) {
      throw malformed(
        `row flags 0x${flags.toString(16)}`,
        'a timestamp where there is a TTL',
        reader.position,
      );
    }
    const timestamp = this.#times.timestamp(reader);
    if ((flags & HAS_TTL) === 0) {
      return { timestamp, ttl: 0, localExpirationTime: NO_DELETION_TIME };
    }
    const offset = reader.position;
    const ttl = this.#times.ttl(reader);
    const localExpirationTime = this.#times.localDeletionTime(reader);
    if (this.#isStrict && localExpirationTime === NO_DELETION_TIME) {
      throw malformed(`a TTL of ${ttl} without end`, 'when the row expires', offset);
    }
    return { timestamp, ttl, localExpirationTime };
  }

  #marker(reader: ByteReader, prevSize: number): Marker {
    const offset = reader.position;
    const kind = reader.u8();
    const count = reader.u16();
    const bound = KIND_NAMES[kind];
    if (bound === undefined || count > this.#clusterings.columns) {
      throw malformed(
        `a marker of kind ${kind} with ${count} values`,
        `kind 0, 1, 2, 5, 6 or 7 and at most ${this.#clusterings.columns} values`,
        offset,
      );
    }
    const values = this.#clusterings.read(reader, count);
    const sizeAt = reader.position;
    const size = reader.uvintNumber();
    const start = reader.position;
    this.#times.wideDeltas = 0;
    this.#previousSize(reader, prevSize);
    const first = this.#markerDeletion(reader);
    const second = isBoundary(kind) ? this.#markerDeletion(reader) : first;
    const length = reader.position - start;
    if (length !== size && length !== size + WIDE_DELTA_SLIP_BYTES * this.#times.wideDeltas) {
      throw malformed(`a marker of ${size} bytes`, `${length}, as its fields take`, sizeAt);
    }
    return {
      kind: 'marker',
      bound,
      values,
      closes: closesRange(kind) ? first : undefined,
      opens: opensRange(kind) ? second : undefined,
    };
  }

  #markerDeletion(reader: ByteReader): DeletionTime {
    const offset = reader.position;
    const markedForDeleteAt = this.#times.timestamp(reader);
    const localDeletionTime = this.#times.localDeletionTime(reader);
    if (this.#isStrict && markedForDeleteAt === LIVE_TIMESTAMP) {
      throw malformed('a range deletion that deletes nothing', 'a timestamp', offset);
    }
    return { markedForDeleteAt, localDeletionTime };
  }
}
