// Control plane. All rows of a table by CQL, with writetimes and expiry, in a form that can be compared. Called by the tests.
import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import type { Cql } from './nodes.ts';

/** When a cell expires, as far as a remaining TTL in whole seconds tells: between both, seconds of the machine's clock. */
type Expiry = readonly [fromSeconds: number, toSeconds: number] | null;

/** One row: what must be equal, and what must agree within the rounding of TTLs. */
interface ReadRow {
  readonly values: string;
  readonly expiries: readonly Expiry[];
}

/** What a table holds, in one order. */
export type TableRows = readonly ReadRow[];

const nowSeconds = (): number => Date.now() / 1000;

/** Reads the whole table; `timed` are the columns to ask the writetime and the TTL of. */
export const readRows = async (
  cql: Cql,
  table: string,
  timed: readonly string[],
): Promise<TableRows> => {
  const more = timed.map(
    (column, index) => `, writetime(${column}) AS w${index}, ttl(${column}) AS ttl${index}`,
  );
  const from = nowSeconds();
  const names = await columnNames(cql, table);
  const query = `SELECT ${names.join(', ')}${more.join('')} FROM ${table}`;
  const { rows } = await cql.execute(query, [], { prepare: true, fetchSize: 5000 });
  const to = nowSeconds();
  return rows
    .map((row): ReadRow => {
      const expiries = timed.map((_, index): Expiry => {
        const ttl: number | null = row.get(`ttl${index}`);
        // The node subtracts the whole second it is in, so the remaining TTL is up to a second too long.
        return ttl === null ? null : [Math.floor(from) + ttl, Math.floor(to) + ttl];
      });
      const values = row.keys().filter((key) => !/^ttl\d+$/.test(key));
      return {
        values: inspect(
          values.map((key) => row.get(key)),
          {
            depth: 10,
            breakLength: Number.POSITIVE_INFINITY,
            maxStringLength: null,
            maxArrayLength: null,
          },
        ),
        expiries,
      };
    })
    .sort((one, other) => (one.values < other.values ? -1 : 1));
};

const columnNames = async (cql: Cql, table: string): Promise<readonly string[]> => {
  const [keyspace, name] = table.split('.');
  const { rows } = await cql.execute(
    'SELECT column_name FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?',
    [keyspace, name],
    { prepare: true },
  );
  return rows.map((row) => `"${row.get('column_name')}"`).sort();
};

const overlap = (one: Expiry, other: Expiry): boolean =>
  one === null || other === null ? one === other : one[0] <= other[1] && other[0] <= one[1];

/** The rows are there, all of them and no others, with their writetimes and times to live. */
export const assertSameRows = (found: TableRows, expected: TableRows, table: string): void => {
  assert.is(
    found.length,
    expected.length,
    `${table}: ${found.length} rows, expected ${expected.length}`,
  );
  for (const [index, row] of expected.entries()) {
    const other = found[index];
    assert.is(other?.values, row.values, `${table}, row ${index}`);
    for (const [column, expiry] of row.expiries.entries()) {
      assert.ok(
        overlap(expiry, other?.expiries[column] ?? null),
        `${table}, row ${index}: expiry ${other?.expiries[column]} instead of ${expiry}`,
      );
    }
  }
};

/** The rows as the node writes them in JSON: for types that the driver does not read, such as a map with tuples as keys. */
export const readJsonRows = async (cql: Cql, table: string): Promise<TableRows> => {
  const { rows } = await cql.execute(`SELECT JSON * FROM ${table}`, [], { fetchSize: 5000 });
  return rows
    .map((row): ReadRow => ({ values: row.get(0), expiries: [] }))
    .sort((one, other) => (one.values < other.values ? -1 : 1));
};
