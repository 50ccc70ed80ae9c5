// Data plane. Partitions as the JSON of Cassandra's dump tool, byte for byte (JsonTransformer). Called by dump-rows.ts. What the tool fails on,
// an empty boolean and a clustering value that is null, stands here as "" and as null.
import { jsonString } from '@scamander/cql-types';
import type {
  Cell,
  ClusteringValue,
  Column,
  DeletionTime,
  Liveness,
  Marker,
  PartitionHead,
  Row,
  Unfiltered,
} from '../rows/model.ts';
import { NO_DELETION_TIME } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { DumpWriter } from './dump-writer.ts';
import { cqlIdentifier } from './identifiers.ts';
import { eachKeyPart, keyPartTypes } from './key-parts.ts';
import { type JsonLayout, jsonLayout } from './layout.ts';
import type { Piece, TextBuffer } from './text-buffer.ts';
import { TimePrinter } from './time-printer.ts';
import type { TimestampStyle } from './times.ts';
import { jsonValueWriter, textValueWriter, type ValueWriter } from './value-writers.ts';

/** What the JSON of a release looks like. */
export interface JsonStyle {
  readonly pretty: boolean;
  readonly timestamps: TimestampStyle;
  /** Fields that come first in each partition: 5.0 says what kind of table it is. */
  readonly tags: Readonly<Record<string, string>>;
  /** 5.0 gives the position behind the partition's head, older releases the one before it. */
  readonly positionAfterHead: boolean;
  readonly nowSeconds: number;
}

/** How a column's cells are written. */
interface ColumnWriters {
  readonly opens: ReturnType<JsonLayout['cellOf']>;
  readonly path: ValueWriter | undefined;
  /** The value, given the path. */
  readonly value: (out: TextBuffer, cell: Cell) => void;
}

const fieldIndex = (path: Uint8Array): number => ((path[0] ?? 0) << 8) | (path[1] ?? 0);

const userTypeWriters = (column: Column): Pick<ColumnWriters, 'path' | 'value'> | undefined => {
  const { type } = column;
  if (type.kind !== 'udt' || !column.isComplex) return undefined;
  const names = type.fields.map(({ name }) => jsonString(name));
  const writers = type.fields.map((field) => jsonValueWriter(field.type));
  return {
    path: (out, path) => out.text(names[fieldIndex(path)] ?? '"?"'),
    value: (out, cell) => {
      const write = writers[fieldIndex(cell.path as Uint8Array)];
      if (write === undefined) out.ascii('null');
      else write(out, cell.value);
    },
  };
};

const columnWriters = (column: Column, layout: JsonLayout): ColumnWriters => {
  const opens = layout.cellOf(jsonString(cqlIdentifier(column.text)));
  const ofUserType = userTypeWriters(column);
  if (ofUserType !== undefined) return { opens, ...ofUserType };
  const { type } = column;
  const simple = (write: ValueWriter) => (out: TextBuffer, cell: Cell) => write(out, cell.value);
  if (!column.isComplex) return { opens, path: undefined, value: simple(jsonValueWriter(type)) };
  switch (type.kind) {
    case 'list':
      return {
        opens,
        path: textValueWriter({ kind: 'native', name: 'timeuuid' }),
        value: simple(jsonValueWriter(type.element)),
      };
    case 'set':
      // the value of a set's cell has no bytes; it is printed as one of the type empty
      return {
        opens,
        path: textValueWriter(type.element),
        value: simple(jsonValueWriter({ kind: 'native', name: 'empty' })),
      };
    case 'map':
      return {
        opens,
        path: textValueWriter(type.key),
        value: simple(jsonValueWriter(type.value)),
      };
    default:
      return { opens, path: undefined, value: simple(jsonValueWriter(type)) };
  }
};

const QUOTE = 0x22;

/** Writes partitions as JSON. */
export class JsonWriter implements DumpWriter {
  readonly #out: TextBuffer;
  readonly #header: RowHeader;
  readonly #style: JsonStyle;
  readonly #layout: JsonLayout;
  readonly #times: TimePrinter;
  readonly #keyParts: readonly ValueWriter[];
  readonly #clustering: readonly ValueWriter[];
  readonly #columns: Readonly<Record<'static' | 'regular', readonly ColumnWriters[]>>;
  #partitions = 0;
  #unfiltereds = 0;

  constructor(out: TextBuffer, header: RowHeader, style: JsonStyle) {
    const layout = jsonLayout(style.pretty, style.tags);
    this.#out = out;
    this.#header = header;
    this.#style = style;
    this.#layout = layout;
    this.#times = new TimePrinter(style.timestamps);
    this.#keyParts = keyPartTypes(header.keyType).map(textValueWriter);
    this.#clustering = header.clusteringTypes.map(jsonValueWriter);
    this.#columns = {
      static: header.staticColumns.map((column) => columnWriters(column, layout)),
      regular: header.regularColumns.map((column) => columnWriters(column, layout)),
    };
  }

  begin(): void {
    this.#out.put(this.#layout.documentOpen);
  }

  end(): void {
    const { documentClose, documentCloseEmpty } = this.#layout;
    this.#out.put(this.#partitions === 0 ? documentCloseEmpty : documentClose);
  }

  startPartition(head: PartitionHead): void {
    const out = this.#out;
    const layout = this.#layout;
    out.put(this.#partitions === 0 ? layout.firstPartition : layout.nextPartition);
    this.#partitions += 1;
    this.#unfiltereds = 0;
    this.#writeKey(head.key);
    out.put(layout.keyClose);
    out.put(layout.partitionPosition);
    const afterHead = head.position + head.headerLength;
    out.integer(this.#style.positionAfterHead ? afterHead : head.position);
    if (head.deletion !== undefined) this.#deletion(layout.partitionDeletion, head.deletion);
    out.put(layout.rowsOpen);
    if (head.staticRow !== undefined) this.#row(head.staticRow, afterHead);
  }

  #writeKey(key: Uint8Array): void {
    const out = this.#out;
    eachKeyPart(this.#header.keyType, key, (index, part) => {
      if (index > 0) out.put(this.#layout.comma);
      (this.#keyParts[index] as ValueWriter)(out, part);
    });
  }

  endPartition(): void {
    const { rowsClose, rowsCloseEmpty, partitionClose } = this.#layout;
    this.#out.put(this.#unfiltereds === 0 ? rowsCloseEmpty : rowsClose);
    this.#out.put(partitionClose);
  }

  add(unfiltered: Unfiltered, position: number | undefined): void {
    if (unfiltered.kind === 'row') this.#row(unfiltered, position);
    else this.#marker(unfiltered);
  }

  #open({ first, next }: JsonLayout['row']): void {
    this.#out.put(this.#unfiltereds === 0 ? first : next);
    this.#unfiltereds += 1;
  }

  #row(row: Row, position: number | undefined): void {
    const out = this.#out;
    const layout = this.#layout;
    if (position === undefined) this.#open(layout.rowWithoutPosition);
    else {
      this.#open(row.isStatic ? layout.staticBlock : layout.row);
      out.integer(position);
    }
    if (row.clustering.length > 0) this.#values(layout.clusteringOpen, row.clustering);
    const { liveness } = row;
    if (liveness !== undefined) this.#liveness(liveness);
    if (row.deletion !== undefined) this.#deletion(layout.rowDeletion, row.deletion);
    const isEmpty = !this.#cells(row, this.#columns[row.isStatic ? 'static' : 'regular']);
    out.put(isEmpty ? layout.rowCloseEmpty : layout.rowClose);
  }

  #values(open: Piece, values: readonly ClusteringValue[]): void {
    const out = this.#out;
    out.put(open);
    for (let i = 0; i < this.#clustering.length; i++) {
      if (i > 0) out.put(this.#layout.comma);
      const value = values[i];
      if (value === undefined) out.ascii('"*"');
      else if (value === null) out.ascii('null');
      else (this.#clustering[i] as ValueWriter)(out, value);
    }
    out.put(this.#layout.clusteringClose);
  }

  #liveness(liveness: Liveness): void {
    const out = this.#out;
    out.put(this.#layout.liveness);
    this.#times.micros(out, liveness.timestamp);
    // a row that a view marked as expired has a TTL, too
    if (liveness.ttl === 0) {
      out.put(this.#layout.textObjectClose);
      return;
    }
    const { localExpirationTime } = liveness;
    out.byte(QUOTE);
    this.#expiry(liveness.ttl, localExpirationTime, localExpirationTime < this.#style.nowSeconds);
    out.put(this.#layout.objectClose);
  }

  #expiry(ttl: number, expiresAt: number, expired: boolean): void {
    const out = this.#out;
    const layout = this.#layout;
    out.put(layout.ttl);
    out.integer(ttl);
    out.put(layout.expiresAt);
    this.#times.seconds(out, expiresAt);
    out.put(expired ? layout.expired : layout.notExpired);
  }

  #deletion(open: Piece, deletion: DeletionTime): void {
    const out = this.#out;
    out.put(open);
    this.#times.micros(out, deletion.markedForDeleteAt);
    out.put(this.#layout.localDeletion);
    this.#times.seconds(out, deletion.localDeletionTime);
    out.put(this.#layout.textObjectClose);
  }

  /** Writes the cells but for the end of the last one; false when there are none. */
  #cells(row: Row, writers: readonly ColumnWriters[]): boolean {
    let isFirst = true;
    for (const data of row.columns) {
      const writer = writers[data.column.index] as ColumnWriters;
      if (data.deletion !== undefined) {
        this.#deletion((isFirst ? writer.opens.first : writer.opens.next).deletion, data.deletion);
        isFirst = false;
      }
      const { cells } = data;
      for (let i = 0; i < cells.length; i++) {
        this.#cell(cells[i] as Cell, writer, row.liveness, isFirst);
        isFirst = false;
      }
    }
    return !isFirst;
  }

  #cell(cell: Cell, writer: ColumnWriters, liveness: Liveness | undefined, isFirst: boolean): void {
    const out = this.#out;
    const layout = this.#layout;
    const opens = isFirst ? writer.opens.first : writer.opens.next;
    const isTombstone = cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME;
    if (writer.path !== undefined && cell.path !== undefined) {
      out.put(opens.path);
      writer.path(out, cell.path);
      out.put(layout.pathClose);
      out.put(isTombstone ? layout.pathTombstone : layout.value);
    } else {
      out.put(isTombstone ? opens.tombstone : opens.value);
    }
    if (isTombstone) {
      this.#times.seconds(out, cell.localDeletionTime);
      out.put(layout.textObjectClose);
    } else {
      writer.value(out, cell);
    }
    if (liveness === undefined || cell.timestamp !== liveness.timestamp) {
      out.put(isTombstone ? layout.tombstoneTimestamp : layout.cellTimestamp);
      this.#times.micros(out, cell.timestamp);
      out.byte(QUOTE);
    }
    if (cell.ttl !== 0 && (liveness === undefined || cell.ttl !== liveness.ttl)) {
      this.#expiry(
        cell.ttl,
        cell.localDeletionTime,
        cell.localDeletionTime <= this.#style.nowSeconds,
      );
    }
    if (isTombstone) out.put(layout.tombstoneEnd);
  }

  #marker(marker: Marker): void {
    const out = this.#out;
    const layout = this.#layout;
    const { bound, values, opens, closes } = marker;
    this.#open(opens !== undefined && closes !== undefined ? layout.boundary : layout.bound);
    const startIsInclusive =
      bound === 'INCL_START_BOUND' || bound === 'EXCL_END_INCL_START_BOUNDARY';
    const endIsInclusive = bound === 'INCL_END_BOUND' || bound === 'INCL_END_EXCL_START_BOUNDARY';
    if (opens !== undefined)
      this.#bound(startIsInclusive ? layout.inclusiveStart : layout.exclusiveStart, values, opens);
    if (closes !== undefined)
      this.#bound(endIsInclusive ? layout.inclusiveEnd : layout.exclusiveEnd, values, closes);
    out.put(layout.unfilteredClose);
  }

  #bound(open: Piece, values: readonly ClusteringValue[], deletion: DeletionTime): void {
    this.#out.put(open);
    if (values.length > 0) this.#values(this.#layout.boundClustering, values);
    this.#deletion(this.#layout.boundDeletion, deletion);
    this.#out.put(this.#layout.boundClose);
  }
}
