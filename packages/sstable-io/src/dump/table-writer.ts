// Data plane. Partitions as a table for people: a line for each row, static row, deletion and range tombstone end; columns below each other,
// wide values cut. Called by dump-rows.ts. Lines are aligned in blocks, so that memory does not grow with the data.
import { type CqlType, textOfValue } from '@scamander/cql-types';
import type {
  ClusteringValue,
  DeletionTime,
  Marker,
  PartitionHead,
  Row,
  Unfiltered,
} from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { columnText, fieldText, widthOf } from './cell-text.ts';
import { type KeyColumnNames, madeUpNames } from './column-names.ts';
import type { DumpWriter } from './dump-writer.ts';
import { cqlIdentifier } from './identifiers.ts';
import { eachKeyPart, keyPartTypes } from './key-parts.ts';
import type { TextBuffer } from './text-buffer.ts';
import { type TimestampStyle, type TimeText, timeText } from './times.ts';

/** What people may choose. */
export interface TableStyle {
  /** Characters of a value before it is cut. Default: 40. */
  readonly valueCharsMax?: number;
  /** Names of key columns, which the SSTable does not know. */
  readonly names?: KeyColumnNames;
}

/** Lines that are aligned with each other. */
const BLOCK_LINES = 100;
const VALUE_CHARS = 40;

type FullStyle = TableStyle & {
  readonly timestamps: TimestampStyle;
  readonly nowSeconds: number;
  readonly keysOnly: boolean;
};

const newestOf = (row: Row): bigint | undefined => {
  let newest = row.liveness?.timestamp;
  if (newest !== undefined) return newest;
  for (const { cells } of row.columns)
    for (const { timestamp } of cells)
      if (newest === undefined || timestamp > newest) newest = timestamp;
  return newest;
};

/** Writes partitions as lines. */
export class TableWriter implements DumpWriter {
  readonly #out: TextBuffer;
  readonly #header: RowHeader;
  readonly #style: FullStyle;
  readonly #charsMax: number;
  readonly #times: TimeText;
  readonly #keyTypes: readonly CqlType[];
  readonly #titles: readonly string[];
  /** Where the columns of the header begin among the fields, static ones first. */
  readonly #columnsFrom: number;
  #key: string[] = [];
  #hasLine = false;
  #lines: string[][] = [];
  #headLine = '';

  constructor(out: TextBuffer, header: RowHeader, style: FullStyle) {
    const names = style.names ?? madeUpNames(header);
    const columns = [...header.staticColumns, ...header.regularColumns];
    this.#out = out;
    this.#header = header;
    this.#style = style;
    this.#charsMax = Math.max(2, style.valueCharsMax ?? VALUE_CHARS);
    this.#times = timeText(style.timestamps);
    this.#keyTypes = keyPartTypes(header.keyType);
    const keyNames = this.#keyTypes.map((_type, index) => names.partitionKey[index] ?? '');
    const rowNames = header.clusteringTypes.map((_type, index) => names.clustering[index] ?? '');
    this.#columnsFrom = keyNames.length + rowNames.length;
    const titles = [...keyNames, ...rowNames, ...columns.map(({ text }) => text)];
    this.#titles = [...titles.map(cqlIdentifier), 'written', 'notes'];
  }

  begin(): void {
    // The head line comes with the first block.
  }

  startPartition(head: PartitionHead): void {
    this.#key = [];
    this.#hasLine = false;
    eachKeyPart(this.#header.keyType, head.key, (index, part) => {
      this.#key[index] = this.#valueText(this.#keyTypes[index] as CqlType, part);
    });
    if (this.#style.keysOnly) this.#line([], '', '');
    else if (head.deletion !== undefined)
      this.#line([], '', `partition ${this.#deletionText(head.deletion)}`);
    if (!this.#style.keysOnly && head.staticRow !== undefined) this.#row(head.staticRow);
  }

  add(unfiltered: Unfiltered): void {
    if (unfiltered.kind === 'row') this.#row(unfiltered);
    else this.#marker(unfiltered);
  }

  endPartition(): void {
    if (!this.#hasLine) this.#line([], '', 'no rows');
  }

  end(): void {
    this.#flush();
  }

  #valueText(type: CqlType, value: ClusteringValue): string {
    return fieldText(value === null ? 'null' : textOfValue(type, value), this.#charsMax);
  }

  #deletionText({ markedForDeleteAt }: DeletionTime): string {
    return `deleted ${this.#times.micros(markedForDeleteAt)}`;
  }

  #clustering(values: readonly ClusteringValue[], rest: string): string[] {
    return this.#header.clusteringTypes.map((type, index) => {
      const value = values[index];
      return value === undefined ? rest : this.#valueText(type, value);
    });
  }

  #row(row: Row): void {
    const fields = this.#clustering(row.clustering, '');
    const base = fields.length + (row.isStatic ? 0 : this.#header.staticColumns.length);
    for (const data of row.columns) {
      const text = columnText(data, this.#style.nowSeconds, this.#charsMax);
      fields[base + data.column.index] = fieldText(text, this.#charsMax);
    }
    const newest = newestOf(row);
    this.#line(fields, newest === undefined ? '' : this.#times.micros(newest), this.#notes(row));
  }

  #notes(row: Row): string {
    const notes = row.isStatic ? ['static'] : [];
    if (row.deletion !== undefined) notes.push(`row ${this.#deletionText(row.deletion)}`);
    const { liveness } = row;
    if (liveness !== undefined && liveness.ttl !== 0) {
      const verb = liveness.localExpirationTime < this.#style.nowSeconds ? 'expired' : 'expires';
      notes.push(`${verb} ${this.#times.seconds(liveness.localExpirationTime)}`);
    }
    const others = new Set<bigint>();
    for (const { cells } of row.columns)
      for (const { timestamp } of cells) if (timestamp !== newestOf(row)) others.add(timestamp);
    if (others.size > 0) notes.push(`cells of ${others.size} other times`);
    return notes.join(', ');
  }

  #marker({ bound, values, opens, closes }: Marker): void {
    const fields = this.#clustering(values, '*');
    const notes: string[] = [];
    const endsHere = bound === 'INCL_END_BOUND' || bound === 'INCL_END_EXCL_START_BOUNDARY';
    const startsHere = bound === 'INCL_START_BOUND' || bound === 'EXCL_END_INCL_START_BOUNDARY';
    if (closes !== undefined)
      notes.push(
        `end of a range ${this.#deletionText(closes)}, ${endsHere ? 'inclusive' : 'exclusive'}`,
      );
    if (opens !== undefined)
      notes.push(
        `start of a range ${this.#deletionText(opens)}, ${startsHere ? 'inclusive' : 'exclusive'}`,
      );
    this.#line(fields, '', notes.join('; '));
  }

  /** Adds a line: the fields behind the key. */
  #line(fields: readonly string[], written: string, notes: string): void {
    const line = [...this.#key];
    for (const [index, field] of fields.entries()) line[this.#key.length + index] = field;
    line[this.#titles.length - 2] = written;
    line[this.#titles.length - 1] = notes;
    this.#hasLine = true;
    this.#lines.push(line);
    if (this.#lines.length >= BLOCK_LINES) this.#flush();
  }

  /** Columns of the header that no line of the block has are left out. */
  #shownFields(): number[] {
    const shown: number[] = [];
    for (let index = 0; index < this.#titles.length; index++) {
      const isOfRows = this.#style.keysOnly && index >= this.#keyTypes.length;
      const isOptional = index >= this.#columnsFrom || isOfRows;
      const isFilled = this.#lines.some((line) => (line[index] ?? '') !== '');
      if (isFilled || !isOptional) shown.push(index);
    }
    return shown;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const shown = this.#shownFields();
    const lines = [this.#titles, ...this.#lines];
    const widths = shown.map((index) =>
      Math.max(...lines.map((line) => widthOf(line[index] ?? ''))),
    );
    const rendered = lines.map((line) =>
      shown
        .map((index, at) => {
          const text = line[index] ?? '';
          return text + ' '.repeat((widths[at] as number) - widthOf(text));
        })
        .join('  ')
        .trimEnd(),
    );
    const head = rendered.shift() as string;
    if (head !== this.#headLine) {
      if (this.#headLine !== '') this.#out.text('\n');
      this.#headLine = head;
      this.#out.text(`${head}\n`);
    }
    for (const line of rendered) this.#out.text(`${line}\n`);
    this.#lines = [];
  }
}
