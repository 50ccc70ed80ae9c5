// Parses schemas that have to be right. Called by the tests of schemas only.
import { parseSchema, type Schema, type TableSchema } from '@scamander/cql-types';

/** The schema; names without a keyspace are in `ks`. */
export const parsed = (cql: string): Schema => {
  const schema = parseSchema(cql, { keyspace: 'ks' });
  if (schema._tag === 'Left') throw schema.left;
  return schema.right;
};

/** The only table of the schema. */
export const parsedTable = (cql: string): TableSchema => {
  const { tables } = parsed(cql);
  const [table] = tables;
  if (table === undefined || tables.length > 1) throw new Error(`${tables.length} tables`);
  return table;
};
