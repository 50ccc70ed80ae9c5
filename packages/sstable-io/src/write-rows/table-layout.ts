// Control plane. A table as statements on it need it: which name is which part of a row, and what compact tables do differently (spec: sstable-data
// §4.11; UpdateStatement). Made once per writer; called for every row.
import type { SchemaColumn, TableSchema } from '@scamander/cql-types';
import type { Column } from '../rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../rows/row-header.ts';
import { serializationHeaderOfTable } from './serialization-header.ts';

/** See {@link tableLayoutOf}. */
export interface TableLayout {
  readonly schema: TableSchema;
  /** All columns that are stored; its bases are those of nothing known. */
  readonly header: RowHeader;
  /** `keyspace.table`, for errors. */
  readonly name: string;
  /** Every name that a row may have. */
  readonly names: ReadonlySet<string>;
  readonly partitionKey: readonly SchemaColumn[];
  /** As declared: a compact table without clustering columns has a hidden one that its static row does not need. */
  readonly clustering: readonly SchemaColumn[];
  /** Static and regular columns that were declared. */
  readonly columns: ReadonlyMap<string, Column>;
  /** An INSERT makes the row exist by itself; in compact tables it exists as long as it has a cell. */
  readonly hasLiveness: boolean;
  /** The only regular column of rows in a dense table: what its rows exist by, and what their deletion deletes. */
  readonly compactColumn: Column | undefined;
  /** That column is a hidden one without values: rows are nothing but their key. */
  readonly isKeyOnly: boolean;
}

/** The layout of a table. */
export const tableLayoutOf = (schema: TableSchema): TableLayout => {
  const header = rowHeaderOf(serializationHeaderOfTable(schema));
  const stored = [...header.staticColumns, ...header.regularColumns];
  const { partitionKey, clustering } = schema;
  const declared = [...schema.staticColumns, ...schema.regularColumns];
  const declaredNames = new Set(declared.map(({ name }) => name));
  return {
    schema,
    header,
    name: `${schema.keyspace}.${schema.table}`,
    names: new Set([...partitionKey, ...clustering, ...declared].map(({ name }) => name)),
    partitionKey,
    clustering,
    columns: new Map(
      stored
        .filter(({ text }) => declaredNames.has(text))
        .map((column): [string, Column] => [column.text, column]),
    ),
    hasLiveness: !schema.isCompactStorage,
    compactColumn: schema.isDense ? header.regularColumns[0] : undefined,
    isKeyOnly: schema.isDense && schema.regularColumns.length === 0,
  };
};
