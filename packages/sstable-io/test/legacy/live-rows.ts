// What a node would answer to `SELECT *, writetime(…)`, from the rows of an SSTable that holds a whole table. Nothing expires. Called by this
// folder's tests only.
import type { CqlType, SchemaColumn, TableSchema } from '@scamander/cql-types';
import { type Cell, NO_DELETION_TIME, type Row } from '../../src/rows/model.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';

/** An answer's row: column name to value; collections as arrays and objects. */
export type LiveRow = Readonly<Record<string, unknown>>;

const decoded = (type: CqlType, bytes: Uint8Array): string | number => {
  if (type.kind === 'reversed') return decoded(type.base, bytes);
  if (type.kind === 'native' && type.name === 'int') return Buffer.from(bytes).readInt32BE(0);
  return Buffer.from(bytes).toString('utf8');
};

const isLive = ({ ttl, localDeletionTime }: Cell): boolean =>
  ttl > 0 || localDeletionTime === NO_DELETION_TIME;

const collectionOf = (type: CqlType, cells: readonly Cell[]): unknown => {
  if (cells.length === 0) return null;
  const pathOf = ({ path }: Cell): Uint8Array => path as Uint8Array;
  switch (type.kind) {
    case 'list':
      return cells.map((cell) => decoded(type.element, cell.value));
    case 'set':
      return cells.map((cell) => decoded(type.element, pathOf(cell)));
    case 'map':
      return Object.fromEntries(
        cells.map((cell) => [decoded(type.key, pathOf(cell)), decoded(type.value, cell.value)]),
      );
    default:
      throw new Error(`no collection: ${type.kind}`);
  }
};

const columnsOf = (row: Row | undefined, columns: readonly SchemaColumn[]): LiveRow => {
  const values: Record<string, unknown> = {};
  for (const { name, type } of columns) {
    const data = row?.columns.find(({ column }) => column.text === name);
    const cells = (data?.cells ?? []).filter(isLive);
    if (type.kind !== 'native') {
      values[name] = collectionOf(type, cells);
      continue;
    }
    const [cell] = cells;
    values[name] = cell === undefined ? null : decoded(type, cell.value);
    values[`writetime(${name})`] = cell === undefined ? null : String(cell.timestamp);
  }
  return values;
};

const hasValue = (values: LiveRow): boolean =>
  Object.values(values).some((value) => value !== null);

/** All live rows; a partition with live static columns only is one row without clustering. */
export const liveRows = async (reader: RowReader, schema: TableSchema): Promise<LiveRow[]> => {
  const { partitionKey, clustering, staticColumns, regularColumns } = schema;
  const rows: LiveRow[] = [];
  for (;;) {
    const head = await reader.nextPartition();
    if (head === undefined) break;
    const [key] = partitionKey;
    const own = { [key!.name]: decoded(key!.type, head.key) };
    const statics = columnsOf(head.staticRow, staticColumns);
    const before = rows.length;
    for (;;) {
      const batch = await reader.nextBatch();
      if (batch.length === 0) break;
      for (const row of batch) {
        if (row.kind !== 'row') continue;
        const values = columnsOf(row, regularColumns);
        if (row.liveness === undefined && !hasValue(values)) continue;
        const names = clustering.map(({ name, type }, i) => [
          name,
          decoded(type, row.clustering[i] as Uint8Array),
        ]);
        rows.push({ ...own, ...Object.fromEntries(names), ...values, ...statics });
      }
    }
    if (rows.length === before && hasValue(statics)) {
      const nothing = Object.fromEntries(clustering.map(({ name }) => [name, null]));
      rows.push({ ...own, ...nothing, ...columnsOf(undefined, regularColumns), ...statics });
    }
  }
  await reader.close();
  return rows;
};
