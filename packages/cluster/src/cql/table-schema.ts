// Control plane. A table as system_schema describes it: what a load must compare with an SSTable before a byte moves.
// Pure; called by Cluster.table().
import type { Either } from 'fp-ts/lib/Either.js';
import type { ClusterError } from '../errors.ts';
import {
  flag,
  optionalText,
  type Row,
  reading,
  text,
  textMap,
  texts,
  timestampMs,
  wholeNumber,
} from './row.ts';
import { indexOf, type TableIndex } from './table-index.ts';

/** What a column is for. */
export type ColumnKind = 'partition_key' | 'clustering' | 'static' | 'regular';

/** One column. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Place in the partition key or among the clustering columns; -1 for others. */
  readonly position: number;
  /** CQL type, as `map<text, frozen<list<int>>>`; user types by name, see {@link TableSchema.userTypes}. */
  readonly type: string;
  /** Only clustering columns may be `desc` (the SSTable then says ReversedType). */
  readonly order: 'asc' | 'desc' | 'none';
}

/** A column that was dropped: SSTables older than that still hold it. */
export interface DroppedColumn {
  readonly name: string;
  readonly kind: string;
  readonly type: string;
  readonly droppedAtMs: number;
}

/** A user type of the table's keyspace. */
export interface UserTypeSchema {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

/** A table or materialized view. */
export interface TableSchema {
  readonly keyspace: string;
  readonly name: string;
  /** Data of a view is made by the nodes; it can't be loaded by itself. */
  readonly kind: 'table' | 'view';
  readonly id: string;
  /** Partition key, clustering columns, both by position, then static and regular ones by name. */
  readonly columns: readonly ColumnSchema[];
  readonly droppedColumns: readonly DroppedColumn[];
  readonly indexes: readonly TableIndex[];
  /** Materialized views on this table. */
  readonly views: readonly string[];
  readonly userTypes: readonly UserTypeSchema[];
  /** Options; undefined where compression is off. */
  readonly compression: Readonly<Record<string, string>> | undefined;
  readonly compaction: Readonly<Record<string, string>>;
  readonly cdc: boolean;
  /** `compound`, `counter`, `dense`, `super`. */
  readonly flags: readonly string[];
  readonly counter: boolean;
  /** Name of the memtable configuration; undefined for the default, and before 4.1. */
  readonly memtable: string | undefined;
  readonly gcGraceSeconds: number;
}

/** Rows of one keyspace; those of other tables are passed over. */
export interface SchemaRows {
  readonly tables: readonly Row[];
  readonly views: readonly Row[];
  readonly columns: readonly Row[];
  readonly droppedColumns: readonly Row[];
  readonly indexes: readonly Row[];
  readonly types: readonly Row[];
}

const KIND_ORDER: readonly ColumnKind[] = ['partition_key', 'clustering', 'static', 'regular'];

const columnOf = (row: Row): ColumnSchema => ({
  name: text(row, 'column_name'),
  kind: text(row, 'kind') as ColumnKind,
  position: wholeNumber(row, 'position'),
  type: text(row, 'type'),
  order: text(row, 'clustering_order').toLowerCase() as ColumnSchema['order'],
});

const compareColumns = (a: ColumnSchema, b: ColumnSchema): number =>
  KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
  a.position - b.position ||
  (a.name < b.name ? -1 : 1);

const droppedOf = (row: Row): DroppedColumn => ({
  name: text(row, 'column_name'),
  kind: optionalText(row, 'kind') ?? 'regular',
  type: text(row, 'type'),
  droppedAtMs: timestampMs(row, 'dropped_time'),
});

const userTypeOf = (row: Row): UserTypeSchema => {
  const types = texts(row, 'field_types');
  return {
    name: text(row, 'type_name'),
    fields: texts(row, 'field_names').map((name, index) => ({ name, type: types[index] ?? '' })),
  };
};

/** Compression is off when the map is empty or says `enabled: false` (Cassandra: CompressionParams). */
const compressionOf = (row: Row): TableSchema['compression'] => {
  const options = textMap(row, 'compression');
  return options['class'] === undefined || options['enabled'] === 'false' ? undefined : options;
};

const memtableOf = (row: Row): string | undefined => {
  const name = optionalText(row, 'memtable');
  return name === '' || name === 'default' ? undefined : name;
};

const schemaOf = (row: Row, kind: TableSchema['kind'], name: string, rows: SchemaRows) => {
  const ofTable = (other: Row) => optionalText(other, 'table_name') === name;
  const columns = rows.columns.filter(ofTable).map(columnOf).sort(compareColumns);
  // Views have no flags of their own.
  const flags = texts(row, 'flags');
  return {
    keyspace: text(row, 'keyspace_name'),
    name,
    kind,
    id: text(row, 'id'),
    columns,
    droppedColumns: rows.droppedColumns.filter(ofTable).map(droppedOf),
    indexes: rows.indexes.filter(ofTable).map(indexOf),
    views: rows.views
      .filter((view) => optionalText(view, 'base_table_name') === name)
      .map((view) => text(view, 'view_name')),
    userTypes: rows.types.map(userTypeOf),
    compression: compressionOf(row),
    compaction: textMap(row, 'compaction'),
    cdc: flag(row, 'cdc'),
    flags,
    counter: flags.includes('counter'),
    memtable: memtableOf(row),
    gcGraceSeconds: wholeNumber(row, 'gc_grace_seconds'),
  };
};

/** The schema of one table or view; Right of undefined where the keyspace has none of that name. Left: `SCM_CLUSTER_BAD_ROW`. */
export const tableOf = (
  name: string,
  rows: SchemaRows,
): Either<ClusterError, TableSchema | undefined> =>
  reading('system_schema', () => {
    const table = rows.tables.find((row) => optionalText(row, 'table_name') === name);
    if (table !== undefined) return schemaOf(table, 'table', name, rows);
    const view = rows.views.find((row) => optionalText(row, 'view_name') === name);
    return view === undefined ? undefined : schemaOf(view, 'view', name, rows);
  });
