// Control plane. Which columns of a table are compared, and of which the write times. Called by the comparison; pure.
import type { RowQuestion, TableSchema } from '@scamander/cluster';

/** Columns that are read of both sides. */
export type ComparedColumns = Pick<RowQuestion, 'partitionKey' | 'columns' | 'writetimes'>;

const namesOf = (
  { columns }: TableSchema,
  ...kinds: readonly TableSchema['columns'][number]['kind'][]
): readonly string[] => columns.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);

/** Kept in several cells, each with a time of its own. */
const isMultiCell = (type: string, { userTypes }: TableSchema): boolean =>
  /^(list|set|map)</.test(type) || userTypes.some(({ name }) => name === type);

/**
 * Keys, then the other columns by name, and the write times that CQL tells: none of keys and counters, and of collections and user types that are
 * not frozen only since 5.0.
 */
export const comparedColumns = (
  schema: TableSchema,
  releases: readonly string[],
): ComparedColumns => {
  const partitionKey = namesOf(schema, 'partition_key');
  const others = schema.columns
    .filter(({ kind }) => kind === 'static' || kind === 'regular')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const tellsAll = releases.every((release) => Number.parseInt(release, 10) >= 5);
  const timed = others.filter(({ type }) => tellsAll || !isMultiCell(type, schema));
  return {
    partitionKey,
    columns: [...partitionKey, ...namesOf(schema, 'clustering'), ...others.map(({ name }) => name)],
    writetimes: schema.counter ? [] : timed.map(({ name }) => name),
  };
};
