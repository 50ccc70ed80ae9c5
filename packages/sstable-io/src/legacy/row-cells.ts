// Data plane. Cells of before 3.0 as cells of a column, once their row is known (LegacyLayout's CellGrouper of 3.x). Called by the conversion to
// rows. Throws MalformedBytes where a cell does not fit the schema: rows with values of a wrong length would spoil what is written of them.
import { MalformedBytes } from '@scamander/bytes';
import type { Cell, DeletionTime } from '../rows/model.ts';
import { ATOM_FLAG, type LegacyCell } from './atom.ts';
import { nameText } from './composite.ts';
import type { LegacyColumn, LegacyTable } from './legacy-table.ts';
import type { RowAssembler } from './row-assembler.ts';

/** Time to live of a row marker that compaction of 2.x turned into a tombstone when it had expired (CASSANDRA-13320). */
const FAKE_TTL = 1;

const malformed = (found: string, what: string): MalformedBytes =>
  new MalformedBytes({ what, found, offset: 0 });

const nameAsText = (name: Uint8Array): string =>
  `${Buffer.from(name).toString('utf8')} (${nameText(name)})`;

/** Puts cells into rows of one table. */
export class RowCells {
  readonly #table: LegacyTable;

  constructor(table: LegacyTable) {
    this.#table = table;
  }

  /** A cell of a super column family: a declared sub-column, or an entry of the map of all others. */
  addSubColumn(row: RowAssembler, name: Uint8Array, cell: LegacyCell): void {
    const found = this.#table.find(name);
    const { valueColumn } = this.#table;
    const isDeclared = found.kind === 'column' && found.column.column !== valueColumn?.column;
    if (isDeclared) this.addValue(row, found.column, undefined, cell);
    else if (valueColumn !== undefined) this.addValue(row, valueColumn, name, cell);
  }

  /** A cell of a table with declared columns: by the name of one, or a row marker. */
  addNamed(
    row: RowAssembler,
    name: Uint8Array,
    element: Uint8Array | undefined,
    cell: LegacyCell,
  ): void {
    if (name.length === 0) {
      this.#addMarker(row, element, cell);
      return;
    }
    const { timestamp } = cell;
    const found = this.#table.find(name);
    if (found.kind === 'key') this.#addStray(row, cell);
    if (found.kind === 'key' || this.#table.isBeforeDrop(name, timestamp)) return;
    if (found.kind === 'unknown') {
      if (this.#table.wasDropped(name)) return;
      throw malformed(`a cell of column ${nameAsText(name)}`, this.#table.text);
    }
    const { column } = found.column;
    if (column.isComplex !== (element !== undefined)) {
      if (this.#table.wasDropped(name)) return;
      const shape = element === undefined ? 'without an element' : 'of an element';
      throw malformed(`a cell ${shape} in column ${column.text}`, 'one as its type asks for');
    }
    if (column.isStatic !== row.isStatic) {
      throw malformed(
        `a cell of column ${column.text} in a ${row.isStatic ? 'static' : 'regular'} row`,
        'static columns in the static row, others elsewhere',
      );
    }
    this.addValue(row, found.column, element, cell);
  }

  #addMarker(row: RowAssembler, element: Uint8Array | undefined, cell: LegacyCell): void {
    if (element !== undefined || cell.value.length > 0) {
      throw malformed('a row marker with a value or an element', 'an empty one');
    }
    const { timestamp, localDeletionTime, flags } = cell;
    const ttl = flags === ATOM_FLAG.deleted ? FAKE_TTL : cell.ttl;
    // 2.0 marked static rows too, and 3.11 keeps that, though it never writes such a liveness by itself
    row.liveness = { timestamp, ttl, localExpirationTime: localDeletionTime };
  }

  /** Files made by hand hold cells that are named like a column of the key. 2.1 saw a row in them, and no more. */
  #addStray(row: RowAssembler, cell: LegacyCell): void {
    const ttl = cell.flags === ATOM_FLAG.deleted ? FAKE_TTL : cell.ttl;
    const known = row.strayLiveness;
    if (known !== undefined && known.timestamp >= cell.timestamp) return;
    const { timestamp, localDeletionTime } = cell;
    row.strayLiveness = { timestamp, ttl, localExpirationTime: localDeletionTime };
  }

  /** A cell of a column; `path` is the element, key or time-UUID within a collection. */
  addValue(
    row: RowAssembler,
    { column, valueBytes, pathBytes, isCounter }: LegacyColumn,
    path: Uint8Array | undefined,
    cell: LegacyCell,
  ): void {
    const { value, flags } = cell;
    if (valueBytes >= 0 && value.length > 0 && value.length !== valueBytes) {
      throw malformed(
        `a value of ${value.length} bytes in column ${column.text}`,
        `${valueBytes} bytes, as its type has`,
      );
    }
    if (path !== undefined && pathBytes >= 0 && path.length > 0 && path.length !== pathBytes) {
      throw malformed(
        `an element of ${path.length} bytes in column ${column.text}`,
        `${pathBytes} bytes, as its type has`,
      );
    }
    if ((flags === ATOM_FLAG.counter) !== isCounter && flags !== ATOM_FLAG.deleted) {
      const found = isCounter ? 'no counter' : 'a counter';
      throw malformed(`${found} in column ${column.text}`, `one as its type asks for`);
    }
    const { timestamp, ttl, localDeletionTime } = cell;
    row.addCell(column, { timestamp, ttl, localDeletionTime, path, value } satisfies Cell);
  }

  /** A deletion of a collection; `rowOf` is asked for its row unless the column was dropped. */
  deleteCollection(rowOf: () => RowAssembler, name: Uint8Array, deletion: DeletionTime): void {
    if (this.#table.isBeforeDrop(name, deletion.markedForDeleteAt)) return;
    const found = this.#table.find(name);
    if (found.kind === 'column' && found.column.column.isComplex) {
      rowOf().deleteCollection(found.column.column, deletion);
    } else if (!this.#table.wasDropped(name)) {
      throw malformed(`a deletion of collection ${nameAsText(name)}`, this.#table.text);
    }
  }
}
