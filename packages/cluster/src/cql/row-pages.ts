// Control plane. Rows of a user's table, page by page, within a range of tokens. Called by Cluster; whoever reads keeps one page at a time.
import type { Partitioner, Token, TokenRange } from '@scamander/ring';
import { types } from 'cassandra-driver';

/** How many replicas must answer. */
export type ReadConsistency = 'ONE' | 'LOCAL_QUORUM' | 'QUORUM' | 'ALL';

/** What is read. */
export interface RowQuestion {
  readonly keyspace: string;
  readonly table: string;
  readonly partitionKey: readonly string[];
  /** Their values stand in each row first, in this order. */
  readonly columns: readonly string[];
  /** Columns whose write times follow, in this order. */
  readonly writetimes: readonly string[];
  /** (left, right], not around the end of the ring; a minimum token on the right means the end. */
  readonly range: TokenRange;
  readonly consistency: ReadConsistency;
  readonly pageRows: number;
}

/** Some rows, values as the driver decodes them. */
export interface RowPage {
  readonly rows: readonly (readonly unknown[])[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** As CQL writes a value of the partitioner's token type: a number, a blob or text. */
const literal = (token: Token, { name, tokenToText }: Partitioner): string => {
  const text = tokenToText(token);
  if (typeof token === 'bigint') return text;
  return name === 'OrderPreservingPartitioner' ? `'${text.replaceAll("'", "''")}'` : `0x${text}`;
};

const bounds = ({ partitionKey, range }: RowQuestion, partitioner: Partitioner): string => {
  const { minimumToken, compare } = partitioner;
  const token = `token(${partitionKey.map(quoted).join(', ')})`;
  const lower =
    compare(range.left, minimumToken) === 0
      ? []
      : [`${token} > ${literal(range.left, partitioner)}`];
  const upper =
    compare(range.right, minimumToken) === 0
      ? []
      : [`${token} <= ${literal(range.right, partitioner)}`];
  const both = [...lower, ...upper];
  return both.length === 0 ? '' : ` WHERE ${both.join(' AND ')}`;
};

/** The statement that gives the rows in the order of their tokens. */
export const rowStatement = (question: RowQuestion, partitioner: Partitioner): string => {
  const { keyspace, table, columns, writetimes } = question;
  const selected = [
    ...columns.map(quoted),
    ...writetimes.map((column) => `WRITETIME(${quoted(column)})`),
  ];
  return `SELECT ${selected.join(', ')} FROM ${quoted(keyspace)}.${quoted(table)}${bounds(question, partitioner)}`;
};

const LEVELS = {
  ONE: types.consistencies.one,
  LOCAL_QUORUM: types.consistencies.localQuorum,
  QUORUM: types.consistencies.quorum,
  ALL: types.consistencies.all,
} as const satisfies Record<ReadConsistency, types.consistencies>;

/** The level as the driver numbers it. */
export const driverLevel = (consistency: ReadConsistency): types.consistencies =>
  LEVELS[consistency];
