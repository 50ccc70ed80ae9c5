// Data plane. Partitions of the model → bytes of Data.db, byte for byte as Cassandra's own writer makes them (spec: sstable-data §4.1–§4.9;
// UnfilteredSerializer, Cell.Serializer, DeletionTime.Serializer). Called by the SSTable writer. Does no I/O and checks no order.
import { ByteWriter, LimitExceeded } from '@scamander/bytes';
import { valueLengthIfFixed } from '@scamander/cql-types';
import { KEY_BYTES_MAX } from '../limits.ts';
import {
  type Cell,
  type ColumnData,
  type DeletionTime,
  LIVE_TIMESTAMP,
  type Liveness,
  MARKER_KIND,
  type Marker,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { writeClustering } from './clustering.ts';
import { ColumnPlaces } from './column-places.ts';
import { writeColumnSubset } from './column-subset.ts';
import {
  type DeletionBounds,
  type DeletionTimeOverflow,
  deletionBounds,
  storedDeletionTime,
} from './deletion-bounds.ts';
import { deletionTimeProblem, writeDeletionTime } from './deletion-time.ts';
import { unwritable } from './refusal.ts';

const END_OF_PARTITION = 0x01;
const IS_MARKER = 0x02;
const HAS_TIMESTAMP = 0x04;
const HAS_TTL = 0x08;
const HAS_DELETION = 0x10;
const HAS_ALL_COLUMNS = 0x20;
const HAS_COMPLEX_DELETION = 0x40;
const EXTENSION_FLAG = 0x80;
const IS_STATIC = 0x01;
const HAS_SHADOWABLE_DELETION = 0x02;

const CELL_IS_DELETED = 0x01;
const CELL_IS_EXPIRING = 0x02;
const CELL_HAS_EMPTY_VALUE = 0x04;
const CELL_USE_ROW_TIMESTAMP = 0x08;
const CELL_USE_ROW_TTL = 0x10;

const TTL_MAX = 0x7fffffff;
/** Deltas of timestamps below this are written without bigint arithmetic. */
const EXACT_DELTA_MAX = 2 ** 53 - 1;
/** What an emptied scratch buffer keeps: one huge row does not pin its memory for good. */
const SCRATCH_BYTES_KEPT_MAX = 4 * 1024 * 1024;

/** What the bytes depend on. */
export interface RowSerializerOptions {
  /** Columns in the order of cells, and the bases of the deltas. */
  readonly header: RowHeader;
  readonly hasUIntDeletionTime: boolean;
  /** Named in errors. */
  readonly file: string;
  /**
   * Stored local deletion time of a complex column that has no deletion, in a row where another one has: 2147483647 by 3.x to 4.1, 4294967295 by 5.0,
   * in `nb` as well as in `oa` and `da` (spec §4.6). Readers take either. @default the version's "none"
   */
  readonly liveComplexDeletionTime?: number;
  /** What to do with a local deletion time beyond 2038 before `oa`: an error, or the last second of that time. @default 'refuse' */
  readonly deletionTimeOverflow?: DeletionTimeOverflow;
}

/** Serializes one partition after the other. Every function throws SSTableErrors of code `SCM_SSTABLE_UNWRITABLE` for what the version can't hold. */
export class RowSerializer {
  readonly #header: RowHeader;
  readonly #clusteringLengths: readonly number[];
  readonly #statics: ColumnPlaces;
  readonly #regulars: ColumnPlaces;
  readonly #hasUIntDeletionTime: boolean;
  readonly #bounds: DeletionBounds;
  readonly #overflow: DeletionTimeOverflow;
  readonly #liveComplexDeletionTime: number;
  readonly #file: string;
  #body = new ByteWriter(4096);
  readonly #present: number[] = [];
  #key: Uint8Array | undefined;
  #offset = 0;
  #previousStart = 0;

  constructor(options: RowSerializerOptions) {
    this.#header = options.header;
    this.#clusteringLengths = options.header.clusteringTypes.map(
      (type) => valueLengthIfFixed(type) ?? -1,
    );
    this.#statics = new ColumnPlaces(options.header.staticColumns);
    this.#regulars = new ColumnPlaces(options.header.regularColumns);
    this.#hasUIntDeletionTime = options.hasUIntDeletionTime;
    this.#bounds = deletionBounds(options.hasUIntDeletionTime);
    this.#overflow = options.deletionTimeOverflow ?? 'refuse';
    this.#liveComplexDeletionTime = options.liveComplexDeletionTime ?? this.#bounds.none;
    this.#file = options.file;
  }

  /** Bytes of the present partition so far: where in it the next unfiltered begins. */
  get partitionOffset(): number {
    return this.#offset;
  }

  /** Key, deletion and static row. The key must stay as it is until the end of the partition. */
  startPartition(
    writer: ByteWriter,
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): void {
    this.#key = key;
    if (key.length > KEY_BYTES_MAX)
      throw this.#refuse(`a key of ${key.length} bytes, at most ${KEY_BYTES_MAX} fit`);
    const start = writer.length;
    writer.bytes16(key);
    const problem = deletionTimeProblem(deletion, this.#hasUIntDeletionTime, this.#overflow);
    if (problem !== undefined) throw this.#refuse(problem);
    writeDeletionTime(writer, deletion, this.#hasUIntDeletionTime, this.#overflow);
    this.#previousStart = 0;
    if (this.#header.staticColumns.length > 0) this.#row(writer, staticRow, this.#statics, 0, true);
    else if (staticRow !== undefined && staticRow.columns.length > 0)
      throw this.#refuse('a static row, the header has no static columns');
    this.#offset = writer.length - start;
  }

  /** One row or marker. Nothing but whole unfiltereds may have been taken from the writer since the start of the partition. */
  append(writer: ByteWriter, unfiltered: Unfiltered): void {
    const start = writer.length;
    const previousSize = this.#offset - this.#previousStart;
    if (unfiltered.kind === 'row')
      this.#row(writer, unfiltered, this.#regulars, previousSize, false);
    else this.#marker(writer, unfiltered, previousSize);
    this.#previousStart = this.#offset;
    this.#offset += writer.length - start;
  }

  /** The byte that ends the partition; {@link partitionOffset} is its length then. */
  endPartition(writer: ByteWriter): void {
    writer.u8(END_OF_PARTITION);
    this.#offset += 1;
  }

  #refuse(what: string): Error {
    return unwritable(this.#file, this.#key, what);
  }

  /**
   * A row that is undefined is the empty static row.
   * The static row's previous size is 0, whatever precedes it.
   */
  #row(
    writer: ByteWriter,
    row: Row | undefined,
    places: ColumnPlaces,
    previousSize: number,
    isStatic: boolean,
  ): void {
    const columns = row?.columns ?? [];
    const liveness = row?.liveness;
    const deletion = row?.deletion;
    const hasComplexDeletion = this.#findColumns(columns, places);
    const hasAllColumns = columns.length === places.columns.length;
    const extension =
      (isStatic ? IS_STATIC : 0) |
      (deletion !== undefined && row?.isShadowable === true ? HAS_SHADOWABLE_DELETION : 0);
    writer.u8(
      (liveness === undefined ? 0 : HAS_TIMESTAMP | (liveness.ttl === 0 ? 0 : HAS_TTL)) |
        (deletion === undefined ? 0 : HAS_DELETION) |
        (hasAllColumns ? HAS_ALL_COLUMNS : 0) |
        (hasComplexDeletion ? HAS_COMPLEX_DELETION : 0) |
        (extension === 0 ? 0 : EXTENSION_FLAG),
    );
    if (extension !== 0) writer.u8(extension);
    if (!isStatic) this.#clustering(writer, row as Row);
    const body = this.#body;
    body.reset();
    body.uvint(previousSize);
    if (liveness !== undefined) this.#liveness(body, liveness);
    if (deletion !== undefined) this.#deletion(body, deletion);
    if (!hasAllColumns)
      writeColumnSubset(body, places.columns.length, this.#present, columns.length);
    try {
      for (let i = 0; i < columns.length; i++)
        this.#column(body, columns[i] as ColumnData, i, places, liveness, hasComplexDeletion);
      writer.bytesV(body.toBytes());
    } catch (error) {
      throw error instanceof LimitExceeded
        ? this.#refuse(`a row of more than ${error.limit} bytes`)
        : error;
    }
    if (body.length > SCRATCH_BYTES_KEPT_MAX) this.#body = new ByteWriter(4096);
  }

  /** Puts the places of the columns into `#present`; true when one of them has a deletion. */
  #findColumns(columns: readonly ColumnData[], places: ColumnPlaces): boolean {
    let hasComplexDeletion = false;
    let last = -1;
    for (let i = 0; i < columns.length; i++) {
      const { column, deletion } = columns[i] as ColumnData;
      const index = places.indexOf(column);
      if (index < 0)
        throw this.#refuse(`column "${column.text}", which the header does not have in that form`);
      if (index <= last)
        throw this.#refuse(`column "${column.text}" after a column that belongs behind it`);
      last = index;
      this.#present[i] = index;
      if (deletion !== undefined) hasComplexDeletion = true;
    }
    return hasComplexDeletion;
  }

  #clustering(writer: ByteWriter, row: Row): void {
    const { clustering } = row;
    const expected = this.#clusteringLengths.length;
    if (clustering.length !== expected)
      throw this.#refuse(`a row of ${clustering.length} clustering values, ${expected} expected`);
    const problem = writeClustering(writer, clustering, this.#clusteringLengths);
    if (problem !== undefined) throw this.#refuse(problem);
  }

  #column(
    body: ByteWriter,
    data: ColumnData,
    position: number,
    places: ColumnPlaces,
    liveness: Liveness | undefined,
    hasComplexDeletion: boolean,
  ): void {
    const { column, deletion, cells } = data;
    const valueLength = places.valueLengths[this.#present[position] as number] as number;
    if (!column.isComplex) {
      if (cells.length !== 1 || deletion !== undefined)
        throw this.#refuse(`${cells.length} cells in the simple column "${column.text}"`);
      this.#cell(body, cells[0] as Cell, liveness, valueLength, data);
      return;
    }
    if (hasComplexDeletion) {
      if (deletion === undefined) {
        this.#timestamp(body, LIVE_TIMESTAMP);
        this.#deltaOf(body, this.#liveComplexDeletionTime);
      } else {
        this.#deletion(body, deletion);
      }
    }
    body.uvint(cells.length);
    for (let i = 0; i < cells.length; i++)
      this.#cell(body, cells[i] as Cell, liveness, valueLength, data);
  }

  #cell(
    body: ByteWriter,
    cell: Cell,
    liveness: Liveness | undefined,
    valueLength: number,
    { column }: ColumnData,
  ): void {
    const { timestamp, ttl, localDeletionTime, path, value } = cell;
    const isExpiring = ttl !== 0;
    const isDeleted = !isExpiring && localDeletionTime !== NO_DELETION_TIME;
    const usesRowTimestamp = liveness !== undefined && timestamp === liveness.timestamp;
    const usesRowTtl =
      isExpiring &&
      liveness !== undefined &&
      ttl === liveness.ttl &&
      localDeletionTime === liveness.localExpirationTime;
    body.u8(
      (isDeleted ? CELL_IS_DELETED : isExpiring ? CELL_IS_EXPIRING : 0) |
        (value.length === 0 ? CELL_HAS_EMPTY_VALUE : 0) |
        (usesRowTimestamp ? CELL_USE_ROW_TIMESTAMP : 0) |
        (usesRowTtl ? CELL_USE_ROW_TTL : 0),
    );
    if (!usesRowTimestamp) this.#timestamp(body, timestamp);
    if ((isDeleted || isExpiring) && !usesRowTtl) this.#deletionTime(body, localDeletionTime);
    if (isExpiring && !usesRowTtl) this.#ttl(body, ttl);
    if (column.isComplex) {
      if (path === undefined)
        throw this.#refuse(`a cell without path in the column "${column.text}"`);
      body.uvint(path.length);
      body.bytes(path);
    }
    if (value.length === 0) return;
    if (valueLength < 0) body.uvint(value.length);
    else if (value.length !== valueLength)
      throw this.#refuse(
        `a value of ${value.length} bytes in the column "${column.text}", its type has ${valueLength}`,
      );
    body.bytes(value);
  }

  #marker(writer: ByteWriter, marker: Marker, previousSize: number): void {
    const { bound, values, closes, opens } = marker;
    if (values.length > this.#clusteringLengths.length)
      throw this.#refuse(
        `a marker of ${values.length} clustering values, at most ${this.#clusteringLengths.length} fit`,
      );
    writer.u8(IS_MARKER);
    writer.u8(MARKER_KIND[bound]);
    writer.u16(values.length);
    const problem = writeClustering(writer, values, this.#clusteringLengths);
    if (problem !== undefined) throw this.#refuse(problem);
    const body = this.#body;
    body.reset();
    body.uvint(previousSize);
    if (closes !== undefined) this.#deletion(body, closes);
    if (opens !== undefined) this.#deletion(body, opens);
    writer.bytesV(body.toBytes());
  }

  /** "ttl FIRST, then ldt", unlike cells. */
  #liveness(body: ByteWriter, { timestamp, ttl, localExpirationTime }: Liveness): void {
    this.#timestamp(body, timestamp);
    if (ttl === 0) return;
    this.#ttl(body, ttl);
    this.#deletionTime(body, localExpirationTime);
  }

  #deletion(body: ByteWriter, { markedForDeleteAt, localDeletionTime }: DeletionTime): void {
    this.#timestamp(body, markedForDeleteAt);
    this.#deletionTime(body, localDeletionTime);
  }

  /** Deltas wrap at 64 bits. */
  #timestamp(body: ByteWriter, timestamp: bigint): void {
    const delta = timestamp - this.#header.encoding.minTimestamp;
    const number = Number(delta);
    if (number >= 0 && number <= EXACT_DELTA_MAX) body.uvint(number);
    else body.uvint(BigInt.asUintN(64, delta));
  }

  #deletionTime(body: ByteWriter, seconds: number): void {
    this.#deltaOf(body, this.#stored(seconds));
  }

  /** "as sign_extend_64(int32(delta))": a negative number takes nine bytes. */
  #deltaOf(body: ByteWriter, stored: number): void {
    body.uvint((stored - this.#header.encoding.minLocalDeletionTime) | 0);
  }

  #stored(seconds: number): number {
    const stored = storedDeletionTime(seconds, this.#bounds, this.#overflow);
    if (stored === undefined)
      throw this.#refuse(
        `the local deletion time ${seconds}, this version holds ${this.#bounds.min} to ${this.#bounds.max}`,
      );
    return stored;
  }

  #ttl(body: ByteWriter, ttl: number): void {
    if (ttl < 0 || ttl > TTL_MAX) throw this.#refuse(`a time to live of ${ttl} seconds`);
    body.uvint((ttl - this.#header.encoding.minTtl) | 0);
  }
}
