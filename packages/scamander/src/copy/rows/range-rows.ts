// Control plane. The rows of one range of one side: how many, and one hash over all of them in their order. Called by the comparison; keeps one
// page at a time, whatever the range holds.
import { createHash } from 'node:crypto';
import type { Cluster, ClusterError, RowQuestion, TableSchema } from '@scamander/cluster';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { canonicalValue } from './canonical-value.ts';

/** What one side has in a range. */
export interface RangeRows {
  readonly rows: number;
  /** Hex. */
  readonly sha256: string;
}

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

/** Reads the range to its end. */
export const readRange = async (
  cluster: Cluster,
  question: RowQuestion,
  signal: AbortSignal,
): Promise<Either<ClusterError, RangeRows>> => {
  const hash = createHash('sha256');
  let rows = 0;
  let next: string | undefined;
  do {
    const page = await cluster.rowPage(question, next);
    if (isLeft(page)) return page;
    for (const row of page.right.rows) for (const value of row) canonicalValue(hash, value);
    rows += page.right.rows.length;
    next = page.right.next;
  } while (next !== undefined && !signal.aborted);
  return right({ rows, sha256: hash.digest('hex') });
};
