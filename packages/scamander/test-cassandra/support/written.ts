// Control plane. SSTables written by a real node: the sample tables, flushed and snapshot, with their rows as that node gives them.
// Called by the tests; each node writes them once.
import { join } from 'node:path';
import type { Node } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';
import { type Cql, executeAll, freshKeyspace } from './nodes.ts';
import { readRows, type TableRows } from './rows.ts';
import { type SampleTable, sampleTables } from './sample-tables.ts';

export const KEYSPACE = 'trip';
const SNAPSHOT = 'back';

/** What a node wrote. */
export interface Written {
  /** One snapshot folder a table. */
  readonly paths: readonly string[];
  /** By table name. */
  readonly rows: ReadonlyMap<string, TableRows>;
  readonly sstables: number;
}

/** The folder of a table below the node's data folder; one that was dropped has left another. */
export const tableFolder = async (node: Node, keyspace: string, table: string): Promise<string> => {
  const cql = await node.cql();
  const { rows } = await cql.execute(
    'SELECT id FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?',
    [keyspace, table],
    { prepare: true },
  );
  const id = String(rows[0]?.get('id')).replaceAll('-', '');
  return join(node.dataDirectory, keyspace, `${table}-${id}`);
};

/** Makes one sample table in a keyspace. */
export const createTable = async (
  cql: Cql,
  keyspace: string,
  { name, types = [], columns, options }: SampleTable,
): Promise<void> => {
  for (const type of types)
    await cql.execute(type.replace('KS', keyspace).replace('TYPE', 'TYPE IF NOT EXISTS'));
  const compaction = "compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}";
  await cql.execute(
    `CREATE TABLE ${keyspace}.${name} (${columns}) WITH ${compaction}${options === undefined ? '' : ` AND ${options}`}`,
  );
};

/** Makes the sample tables, or empties them where they are there already. */
export const emptySampleTables = async (cql: Cql): Promise<void> => {
  const { rows } = await cql.execute(
    `SELECT table_name FROM system_schema.tables WHERE keyspace_name = '${KEYSPACE}'`,
  );
  if (rows.length === 0) await freshKeyspace(cql, KEYSPACE);
  for (const table of sampleTables) {
    if (rows.length === 0) await createTable(cql, KEYSPACE, table);
    else await cql.execute(`TRUNCATE ${KEYSPACE}.${table.name}`);
    const { rowLength } = await cql.execute(`SELECT * FROM ${KEYSPACE}.${table.name} LIMIT 1`);
    assert.is(rowLength, 0, `${table.name} is empty`);
  }
};

const fill = async (node: Node, cql: Cql): Promise<void> => {
  const phases = Math.max(...sampleTables.map((table) => table.phases.length));
  for (let phase = 0; phase < phases; phase++) {
    for (const { name, phases: statements } of sampleTables) {
      await executeAll(
        cql,
        (statements[phase] ?? []).map((statement) =>
          statement.replace(/\bT\b/, `${KEYSPACE}.${name}`),
        ),
      );
    }
    await node.nodetool('flush', KEYSPACE);
  }
};

const write = async (node: Node): Promise<Written> => {
  const cql = await node.cql();
  await emptySampleTables(cql);
  await fill(node, cql);
  await node.nodetool('snapshot', '-t', SNAPSHOT, KEYSPACE);
  const rows = new Map<string, TableRows>();
  for (const { name, timed, rows: count } of sampleTables) {
    const read = await readRows(cql, `${KEYSPACE}.${name}`, timed);
    assert.is(read.length, count, `rows of ${name} at the node that wrote them`);
    rows.set(name, read);
  }
  const folders = await Promise.all(
    sampleTables.map(({ name }) => tableFolder(node, KEYSPACE, name)),
  );
  return {
    paths: folders.map((folder) => join(folder, 'snapshots', SNAPSHOT)),
    rows,
    sstables: sampleTables.reduce((sum, { phases }) => sum + phases.length, 0),
  };
};

const writings = new WeakMap<Node, Promise<Written>>();

/** What this node wrote; it stays in snapshots, whatever becomes of the tables. */
export const writtenBy = (node: Node): Promise<Written> => {
  let writing = writings.get(node);
  if (writing === undefined) {
    writing = write(node);
    writings.set(node, writing);
  }
  return writing;
};
