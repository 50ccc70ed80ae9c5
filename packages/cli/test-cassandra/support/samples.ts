// Control plane. The shipped sample SSTables, and their tables at a real node. Called by the tests.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Node, Release } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';

const folder = fileURLToPath(new URL('../../samples', import.meta.url));

/** One sample table. */
export interface Sample {
  readonly table: string;
  readonly path: string;
  readonly ddl: readonly string[];
  readonly rows: number;
  readonly sstables: number;
}

/** Sets of samples that a release reads, the plainest first. */
export const setsFor = ({ family }: Release): readonly [string, ...string[]] =>
  family.startsWith('4.') ? ['4.1.10-nb', '5.0.6-nb'] : ['5.0.6-nb', '5.0.6-oa', '5.0.6-da'];

/** The keyspace folder of a set. */
export const setFolder = (set: string): string => join(folder, set, 'demo');

/** Its tables. */
export const samplesOf = (set: string): readonly Sample[] =>
  readdirSync(setFolder(set)).map((name) => {
    const path = join(setFolder(set), name);
    const expected = JSON.parse(readFileSync(join(path, 'expected.json'), 'utf8')) as {
      readonly rows: number;
      readonly sstables: readonly unknown[];
    };
    return {
      table: name.slice(0, name.indexOf('-')),
      path,
      ddl: readFileSync(join(path, 'schema.cql'), 'utf8')
        .split(';')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== ''),
      rows: expected.rows,
      sstables: expected.sstables.length,
    };
  });

/** The one of that table. */
export const sampleOf = (set: string, table: string): Sample => {
  const found = samplesOf(set).find((sample) => sample.table === table);
  if (found === undefined) throw new Error(`no sample of ${table} in ${set}`);
  return found;
};

/** Makes the tables of the samples, empty. */
export const emptyTables = async (node: Node, samples: readonly Sample[]): Promise<void> => {
  const cql = await node.cql();
  for (const { table, ddl } of samples) {
    for (const statement of ddl) await cql.execute(statement);
    await cql.execute(`TRUNCATE demo.${table}`);
  }
};

export const rowsIn = async (node: Node, table: string): Promise<number> => {
  const cql = await node.cql();
  const { rows } = await cql.execute(`SELECT count(*) AS n FROM demo.${table}`);
  return Number(rows[0]?.get('n'));
};

/** Every row of every sample is there. */
export const assertLoaded = async (node: Node, samples: readonly Sample[]): Promise<void> => {
  for (const { table, rows } of samples)
    assert.is(await rowsIn(node, table), rows, `rows of ${table}`);
};

/** `--to` of a node. */
export const toNode = (node: Node): readonly string[] => [
  '--to',
  `${node.address}:${node.nativePort}`,
];
