// Control plane. A table's schema as CQL statements that `parseSchema` and Cassandra read back, in the manner of snapshots (SchemaCQLHelper).
// Called by whoever writes a schema.cql beside SSTables. Pure.
import { cqlName } from '../cql-name.ts';
import type { CqlType, UdtType } from '../cql-type.ts';
import type {
  DroppedSchemaColumn,
  SchemaColumn,
  TableOptionValue,
  TableSchema,
} from './table-schema.ts';

/** Words that are keywords wherever they stand: as names they need quotes (Cassandra's ReservedKeywords). */
const RESERVED = new Set(
  (
    'add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop entries execute from full grant ' +
    'if in index infinity insert into is keyspace limit materialized mbean mbeans modify nan norecursive not null of on or order primary rename ' +
    'replace revoke schema select set table to token truncate unlogged unset update use using view where with'
  ).split(' '),
);

/** A name as CQL needs it. */
const quoted = (name: string): string =>
  /^[a-z][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const optionValue = (value: TableOptionValue): string => {
  if (typeof value === 'string')
    return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value) ? value : literal(value);
  const entries = [...value].map(([key, entry]) => `${literal(key)}: ${literal(entry)}`);
  return `{${entries.join(', ')}}`;
};

/** Calls `visit` for the user types within a type, those they are made of first. */
const visitUdts = (type: CqlType, visit: (udt: UdtType) => void): void => {
  const within = (inner: CqlType): void => visitUdts(inner, visit);
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'vector':
      within(type.element);
      return;
    case 'map':
      within(type.key);
      within(type.value);
      return;
    case 'tuple':
    case 'composite':
      type.components.forEach(within);
      return;
    case 'udt':
      for (const field of type.fields) within(field.type);
      visit(type);
      return;
    case 'reversed':
      within(type.base);
      return;
    default:
      return;
  }
};

const columnText = ({ name, type }: SchemaColumn, isStatic: boolean): string =>
  `${quoted(name)} ${cqlName(type)}${isStatic ? ' static' : ''}`;

/** `((a, b), c)`; each part in the order of the key. */
const primaryKey = ({ partitionKey, clustering }: TableSchema): string => {
  const names = partitionKey.map(({ name }) => quoted(name)).join(', ');
  const first = partitionKey.length > 1 ? `(${names})` : names;
  return `PRIMARY KEY (${[first, ...clustering.map(({ name }) => quoted(name))].join(', ')})`;
};

const properties = (schema: TableSchema): string[] => {
  const { id, clustering, options } = schema;
  const order = clustering.map(
    ({ name, type }) => `${quoted(name)} ${type.kind === 'reversed' ? 'DESC' : 'ASC'}`,
  );
  return [
    ...(id === undefined ? [] : [`ID = ${id}`]),
    ...(schema.isCompactStorage ? ['COMPACT STORAGE'] : []),
    ...(order.some((entry) => entry.endsWith(' DESC'))
      ? [`CLUSTERING ORDER BY (${order.join(', ')})`]
      : []),
    ...[...options.all].map(([name, value]) => `${name} = ${optionValue(value)}`),
  ];
};

/** Every dropped column is first there, so that it can be dropped. */
const dropStatements = (
  tableName: string,
  dropped: readonly DroppedSchemaColumn[],
  isThere: (name: string) => SchemaColumn | undefined,
  isStatic: (name: string) => boolean,
): string[] =>
  dropped.flatMap(({ name, droppedAtMicros }) => {
    const at = droppedAtMicros === undefined ? '' : ` USING TIMESTAMP ${droppedAtMicros}`;
    const again = isThere(name);
    return [
      `ALTER TABLE ${tableName} DROP ${quoted(name)}${at};`,
      ...(again === undefined
        ? []
        : [`ALTER TABLE ${tableName} ADD ${columnText(again, isStatic(name))};`]),
    ];
  });

/**
 * The statements that create the table's user types and the table, and drop what was dropped; names carry their keyspace. A view is printed as
 * the table that it is stored as. `parseSchema` makes the same schema of it, but for the order in which columns that were dropped and added
 * again stand among the others.
 */
export const schemaCql = (schema: TableSchema): string => {
  const tableName = `${quoted(schema.keyspace)}.${quoted(schema.table)}`;
  const { partitionKey, clustering, staticColumns, regularColumns, dropped } = schema;
  const udts = new Map<string, string>();
  for (const { type } of [
    ...partitionKey,
    ...clustering,
    ...staticColumns,
    ...regularColumns,
    ...dropped,
  ])
    visitUdts(type, ({ keyspace, name, fields }) => {
      const texts = fields.map((field) => `${quoted(field.name)} ${cqlName(field.type)}`);
      const typeName = `${quoted(keyspace)}.${quoted(name)}`;
      udts.set(typeName, `CREATE TYPE IF NOT EXISTS ${typeName} (${texts.join(', ')});`);
    });
  const wasDropped = new Map(dropped.map((column) => [column.name, column]));
  const definitions = [
    ...[...partitionKey, ...clustering].map((column) => columnText(column, false)),
    ...staticColumns.filter(({ name }) => !wasDropped.has(name)).map((c) => columnText(c, true)),
    ...regularColumns.filter(({ name }) => !wasDropped.has(name)).map((c) => columnText(c, false)),
    ...dropped.map((column) => columnText(column, column.isStatic)),
    primaryKey(schema),
  ];
  const staticNames = new Map(staticColumns.map((column) => [column.name, column]));
  const regularNames = new Map(regularColumns.map((column) => [column.name, column]));
  const create = `CREATE TABLE IF NOT EXISTS ${tableName} (\n    ${definitions.join(',\n    ')}\n)`;
  const behind = properties(schema);
  return [
    ...udts.values(),
    `${create}${behind.length === 0 ? '' : ` WITH ${behind.join('\n    AND ')}`};`,
    ...dropStatements(
      tableName,
      dropped,
      (name) => staticNames.get(name) ?? regularNames.get(name),
      (name) => staticNames.has(name),
    ),
    '',
  ].join('\n');
};
