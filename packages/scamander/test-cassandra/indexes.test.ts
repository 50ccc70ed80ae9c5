// Tables with indexes and views: what is loaded is found through them too. Whole SSTables only where the index files are there.
import { join } from 'node:path';
import { type Node, type Release, releases } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertComplete, type Loaded, loadInto, modesOf } from './support/loading.ts';
import { type Cql, executeAll, freshKeyspace, withLoadNode } from './support/nodes.ts';
import { sampleTable } from './support/samples.ts';
import { tableFolder } from './support/written.ts';

const KEYSPACE = 'indexed';
const LOOKUPS = 12;

/** For some of its values the index finds exactly the rows that a scan of the whole table finds. */
const assertFinds = async (cql: Cql, table: string, column: string): Promise<void> => {
  const all = await cql.execute(`SELECT ${column} AS v FROM ${table}`, [], { fetchSize: 5000 });
  const counts = new Map<string, number>();
  for (const row of all.rows) {
    const value = row.get('v');
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  assert.ok(counts.size >= LOOKUPS, `values of ${column}`);
  for (const [value, count] of [...counts].slice(0, LOOKUPS)) {
    const { rowLength } = await cql.execute(
      `SELECT * FROM ${table} WHERE ${column} = ${value}`,
      [],
      { fetchSize: 5000 },
    );
    assert.is(rowLength, count, `${table} where ${column} = ${value}`);
  }
};

const createReadings = async (cql: Cql, name: string): Promise<string> => {
  const table = `${KEYSPACE}.${name}`;
  await cql.execute(
    `CREATE TABLE ${table} (sensor int, at int, place text STATIC, value bigint, note text, tags set<text>, attributes map<text, int>, history list<int>, PRIMARY KEY (sensor, at)) WITH CLUSTERING ORDER BY (at DESC)`,
  );
  return table;
};

const loadReadings = (node: Node, release: Release, table: string): Promise<Loaded> =>
  loadInto(node, { paths: [sampleTable(release, 'readings')], keyspace: KEYSPACE, table });

const reasonsOf = ({ report }: Loaded): readonly (string | undefined)[] => [
  ...new Set(report.receipt.deliveries.map(({ modeReason }) => modeReason)),
];

const classic = async (node: Node, release: Release): Promise<void> => {
  const cql = await node.cql();
  const table = await createReadings(cql, 'classic');
  await cql.execute(`CREATE INDEX classic_value ON ${table} (value)`);
  const loaded = await loadReadings(node, release, 'classic');
  assertComplete(loaded, 2);
  assert.equal(modesOf(loaded), ['entire']);
  await assertFinds(cql, table, 'value');
};

const sasi = async (node: Node, release: Release): Promise<void> => {
  const cql = await node.cql();
  const table = await createReadings(cql, 'sasi');
  await cql.execute(
    `CREATE CUSTOM INDEX sasi_value ON ${table} (value) USING 'org.apache.cassandra.index.sasi.SASIIndex'`,
  );
  const loaded = await loadReadings(node, release, 'sasi');
  assertComplete(loaded, 2);
  assert.equal(modesOf(loaded), ['sections']);
  assert.match(reasonsOf(loaded)[0] ?? '', 'sasi_value');
  await assertFinds(cql, table, 'value');
};

const view = async (node: Node, release: Release): Promise<void> => {
  const cql = await node.cql();
  await cql.execute(`CREATE TABLE ${KEYSPACE}.viewed (id int PRIMARY KEY, body text)`);
  await cql.execute(
    `CREATE MATERIALIZED VIEW ${KEYSPACE}.by_body AS SELECT * FROM ${KEYSPACE}.viewed WHERE body IS NOT NULL AND id IS NOT NULL PRIMARY KEY (body, id)`,
  );
  const loaded = await loadInto(node, {
    paths: [sampleTable(release, 'users')],
    keyspace: KEYSPACE,
    table: 'viewed',
  });
  assertComplete(loaded, 2);
  const pairs = async (table: string): Promise<readonly string[]> => {
    const { rows } = await cql.execute(`SELECT id, body FROM ${KEYSPACE}.${table}`, [], {
      fetchSize: 5000,
    });
    return rows.map((row) => `${row.get('id')} ${row.get('body')}`).sort();
  };
  const base = await pairs('viewed');
  assert.is(base.length, 400);
  assert.equal(await pairs('by_body'), base);
};

/** The SSTable comes from a table without the index: as a whole one 5.0 fails the session (streaming-4.0-plus §4.3). */
const saiWithoutFiles = async (node: Node, release: Release): Promise<void> => {
  const cql = await node.cql();
  const table = await createReadings(cql, 'sai_without');
  await cql.execute(`CREATE INDEX sai_without_value ON ${table} (value) USING 'sai'`);
  const loaded = await loadReadings(node, release, 'sai_without');
  assertComplete(loaded, 2);
  assert.equal(modesOf(loaded), ['sections']);
  assert.match(reasonsOf(loaded)[0] ?? '', 'sai_without_value');
  await assertFinds(cql, table, 'value');
};

const saiWithFiles = async (node: Node): Promise<void> => {
  const cql = await node.cql();
  const table = `${KEYSPACE}.sai_with`;
  await cql.execute(`CREATE TABLE ${table} (id int PRIMARY KEY, n int, t text)`);
  for (const column of ['n', 't'])
    await cql.execute(`CREATE INDEX sai_with_${column} ON ${table} (${column}) USING 'sai'`);
  await executeAll(
    cql,
    Array.from(
      { length: 200 },
      (_, id) => `INSERT INTO ${table} (id, n, t) VALUES (${id}, ${id % 40}, 'text ${id % 30}')`,
    ),
  );
  await node.nodetool('flush', KEYSPACE, 'sai_with');
  await node.nodetool('snapshot', '-t', 'with', '-cf', 'sai_with', KEYSPACE);
  const snapshot = join(await tableFolder(node, KEYSPACE, 'sai_with'), 'snapshots', 'with');
  await cql.execute(`TRUNCATE ${table}`);
  const loaded = await loadInto(node, { paths: [snapshot] });
  assertComplete(loaded, 1);
  assert.equal(modesOf(loaded), ['entire']);
  await assertFinds(cql, table, 'n');
  const { rowLength } = await cql.execute(`SELECT id FROM ${table} WHERE t = 'text 7'`);
  assert.is(rowLength, 7, '7, 37, … 187');
};

const stories: readonly {
  readonly name: string;
  readonly in: (release: Release) => boolean;
  readonly run: (node: Node, release: Release) => Promise<void>;
}[] = [
  { name: 'a classic secondary index finds what was loaded whole', in: () => true, run: classic },
  {
    name: 'a SASI index is built of sections',
    in: ({ family }) => family !== '6.0',
    run: sasi,
  },
  { name: 'a materialized view gets the rows of its base table', in: () => true, run: view },
  {
    name: 'a storage-attached index without files is built of sections',
    in: ({ family }) => !family.startsWith('4.'),
    run: saiWithoutFiles,
  },
  {
    name: 'a storage-attached index travels with the whole SSTable',
    in: ({ family }) => family === '5.0',
    run: saiWithFiles,
  },
];

for (const release of releases()) {
  for (const [index, story] of stories.filter((one) => one.in(release)).entries())
    test(`${release.name}: ${story.name}`, () =>
      withLoadNode(release, async (node) => {
        if (index === 0) await freshKeyspace(await node.cql(), KEYSPACE);
        await story.run(node, release);
      }));
}

test.run();
