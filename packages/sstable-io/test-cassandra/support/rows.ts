// Control plane. All rows of a table by CQL, with writetimes and expiry, in a form that can be compared. Called by the tests.
import * as assert from 'uvu/assert';
import type { Cql } from './nodes.ts';

/** When a cell expires, as far as a remaining TTL in whole seconds tells: between both, seconds of the machine's clock. */
type Expiry = readonly [fromSeconds: number, toSeconds: number] | null;

/** One row: what must be equal, and what must agree within the rounding of TTLs. */
interface TableRow {
  readonly json: string;
  /** Microseconds. */
  readonly writetimes: readonly string[];
  readonly expiries: readonly Expiry[];
}

/** What a table holds, in the order in which the node gives it. */
export type TableRows = readonly TableRow[];

/** Columns whose writetime and TTL every release tells: neither of the key, nor collections that are not frozen, nor counters. */
const timedColumns = async (
  cql: Cql,
  keyspace: string,
  table: string,
): Promise<readonly string[]> => {
  const { rows: types } = await cql.execute(
    'SELECT type_name FROM system_schema.types WHERE keyspace_name = ?',
    [keyspace],
    { prepare: true },
  );
  const userTypes = new Set<string>(types.map((row) => row.get('type_name')));
  const { rows } = await cql.execute(
    'SELECT column_name, kind, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?',
    [keyspace, table],
    { prepare: true },
  );
  // tables with compact storage have a hidden column besides
  const { columns } = await cql.execute(`SELECT * FROM ${keyspace}.${table} LIMIT 1`);
  const shown = new Set(columns.map(({ name }) => name));
  return rows
    .filter((row) => ['regular', 'static'].includes(row.get('kind')))
    .filter((row) => shown.has(row.get('column_name')))
    .filter((row) => !/^(?:list|set|map)<|^counter$/.test(row.get('type')))
    .filter((row) => !userTypes.has(row.get('type')))
    .map((row) => `"${row.get('column_name')}"`)
    .sort();
};

const PAGE = { fetchSize: 5000 };
const nowSeconds = (): number => Date.now() / 1000;

/** Reads the whole table, at most one page. */
export const readRows = async (cql: Cql, keyspace: string, table: string): Promise<TableRows> => {
  const name = `${keyspace}.${table}`;
  const { rows: texts } = await cql.execute(`SELECT JSON * FROM ${name}`, [], PAGE);
  const timed = await timedColumns(cql, keyspace, table);
  if (timed.length === 0)
    return texts.map((row) => ({ json: row.get(0), writetimes: [], expiries: [] }));
  const from = Math.floor(nowSeconds());
  const selected = timed.flatMap((column) => [`writetime(${column})`, `ttl(${column})`]);
  const { rows } = await cql.execute(`SELECT ${selected.join(', ')} FROM ${name}`, [], PAGE);
  const to = Math.floor(nowSeconds());
  assert.is(rows.length, texts.length, `rows of ${name}, twice`);
  return texts.map((row, index) => ({
    json: row.get(0),
    writetimes: timed.map((_, i) => String(rows[index]?.get(2 * i))),
    expiries: timed.map((_, i): Expiry => {
      const ttl: number | null = rows[index]?.get(2 * i + 1) ?? null;
      // the node subtracts the whole second it is in, so the remaining TTL is up to a second too long
      return ttl === null ? null : [from + ttl, to + ttl];
    }),
  }));
};

const overlap = (one: Expiry, other: Expiry, slackSeconds: number): boolean =>
  one === null || other === null
    ? one === other
    : one[0] <= other[1] + slackSeconds && other[0] <= one[1] + slackSeconds;

/**
 * The same rows, all of them and no others, with their writetimes and expiries; these may lie apart for as long as the time between two writings
 * of the same rows.
 */
export const assertSameRows = (
  found: TableRows,
  expected: TableRows,
  what: string,
  slackSeconds = 0,
): void => {
  assert.equal(
    found.map(({ json, writetimes }) => `${json} ${writetimes.join()}`),
    expected.map(({ json, writetimes }) => `${json} ${writetimes.join()}`),
    `rows of ${what}`,
  );
  for (const [i, { json, expiries }] of expected.entries())
    for (const [column, expiry] of expiries.entries()) {
      const other = found[i]?.expiries[column] ?? null;
      assert.ok(
        overlap(expiry, other, slackSeconds),
        `${what}, ${json}: expiry ${other} instead of ${expiry}`,
      );
    }
};
