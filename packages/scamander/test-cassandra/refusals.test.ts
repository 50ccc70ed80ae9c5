// What does not fit is refused before a byte moves, and said plainly; what fits is loaded under whatever name.
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Node, type Release, releases } from '@scamander-tools/real-cassandra';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertComplete, dataFilesIn, loadInto, modesOf, ONE_TRY } from './support/loading.ts';
import { type Cql, freshKeyspace, withLoadNode, withOtherNode } from './support/nodes.ts';
import { copyOfSample, sampleTable } from './support/samples.ts';
import { tableFolder } from './support/written.ts';

const KEYSPACE = 'refusing';

/** A table that the sample `users` (id int PRIMARY KEY, body text) or `readings` does or does not fit. */
interface Fit {
  readonly name: string;
  readonly sample?: 'users' | 'readings';
  /** As between the parentheses, and what follows. */
  readonly table: string;
  readonly alter?: string;
  /** Part of the message; undefined where it fits. */
  readonly refused?: RegExp;
  readonly rows?: number;
}

const readings = (place: string, order: string): string =>
  `(sensor int, at int, place ${place}, value bigint, note text, tags set<text>, attributes map<text, int>, history list<int>, PRIMARY KEY (sensor, at)) WITH CLUSTERING ORDER BY (at ${order})`;

const fits: readonly Fit[] = [
  { name: 'same_table', table: '(id int PRIMARY KEY, body text)', rows: 400 },
  { name: 'more_columns', table: '(id int PRIMARY KEY, body text, more blob)', rows: 400 },
  { name: 'wider_type', table: '(id int PRIMARY KEY, body blob)', rows: 400 },
  {
    name: 'dropped_column',
    table: '(id int PRIMARY KEY, body text, more int)',
    alter: 'DROP body',
    rows: 400,
  },
  {
    name: 'no_column',
    table: '(id int PRIMARY KEY, other text)',
    refused: /has no column body \(text\)/,
  },
  {
    name: 'other_type',
    table: '(id int PRIMARY KEY, body int)',
    refused: /column body is text in the SSTable and int in the table/,
  },
  {
    name: 'other_key',
    table: '(id bigint PRIMARY KEY, body text)',
    refused: /partition key is int, the table's is bigint/,
  },
  {
    name: 'more_clustering',
    table: '(id int, c int, body text, PRIMARY KEY (id, c))',
    refused: /clustering columns are \(\), the table's are \(int\)/,
  },
  { name: 'counter_instead', table: '(id int PRIMARY KEY, body counter)', refused: /counter/ },
  { name: 'same_readings', sample: 'readings', table: readings('text STATIC', 'DESC'), rows: 309 },
  {
    name: 'other_order',
    sample: 'readings',
    table: readings('text STATIC', 'ASC'),
    refused: /clustering columns are \(int descending\), the table's are \(int\)/,
  },
  {
    name: 'not_static',
    sample: 'readings',
    table: readings('text', 'DESC'),
    refused: /place is static in the SSTable only/,
  },
];

const countOf = async (cql: Cql, table: string): Promise<number> => {
  const { rows } = await cql.execute(`SELECT count(*) AS n FROM ${table}`);
  return Number(rows[0]?.get('n'));
};

const checkFit = async (node: Node, release: Release, fit: Fit): Promise<void> => {
  const cql = await node.cql();
  const at = `${KEYSPACE}.${fit.name}`;
  await cql.execute(`CREATE TABLE ${at} ${fit.table}`);
  if (fit.alter !== undefined) await cql.execute(`ALTER TABLE ${at} ${fit.alter}`);
  const loaded = await loadInto(node, {
    paths: [sampleTable(release, fit.sample ?? 'users')],
    keyspace: KEYSPACE,
    table: fit.name,
  });
  if (fit.refused === undefined) {
    assertComplete(loaded, 2);
    assert.is(await countOf(cql, at), fit.rows, `rows of ${fit.name}`);
    return;
  }
  const { report } = loaded;
  assert.is(report.verdict, 'refused', fit.name);
  assert.ok(report.problems.length > 0);
  for (const problem of report.problems) {
    assert.is(problem.code, 'SCM_LOAD_SCHEMA');
    assert.match(problem.message, fit.refused);
  }
  assert.equal(report.receipt.deliveries, []);
  assert.equal(dataFilesIn(await tableFolder(node, KEYSPACE, fit.name)), []);
};

const checkNames = async (node: Node, release: Release): Promise<void> => {
  const cql = await node.cql();
  await cql.execute(`CREATE TABLE ${KEYSPACE}.base (id int PRIMARY KEY, body text)`);
  await cql.execute(
    `CREATE MATERIALIZED VIEW ${KEYSPACE}.base_view AS SELECT * FROM ${KEYSPACE}.base WHERE body IS NOT NULL AND id IS NOT NULL PRIMARY KEY (body, id)`,
  );
  const names = [
    ['nowhere', 'users', 'SCM_CLUSTER_UNKNOWN_KEYSPACE'],
    [KEYSPACE, 'nothing', 'SCM_CLUSTER_UNKNOWN_TABLE'],
    ['system', 'peers', 'SCM_LOAD_SYSTEM_KEYSPACE'],
    [KEYSPACE, 'base_view', 'SCM_LOAD_VIEW'],
  ] as const;
  for (const [keyspace, table, code] of names) {
    const { report } = await loadInto(node, {
      paths: [sampleTable(release, 'users')],
      keyspace,
      table,
    });
    assert.is(report.verdict, 'refused', `${keyspace}.${table}`);
    assert.equal(
      report.problems.map((problem) => problem.code),
      [code],
    );
    assert.equal(report.receipt.deliveries, []);
  }
};

/** Inverts one byte in the middle. */
const flipByte = (path: string): void => {
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, bytes);
};

const damages: readonly (readonly [string, string, (path: string) => void])[] = [
  ['flipped', 'Data.db', flipByte],
  ['cut', 'Data.db', (path) => truncateSync(path, readFileSync(path).length - 7)],
  ['missing', 'CompressionInfo.db', (path) => rmSync(path)],
  ['flipped', 'Statistics.db', flipByte],
];

/** One damaged SSTable among good ones of two tables. */
const checkDamage = async (
  node: Node,
  release: Release,
  [how, component, damage]: (typeof damages)[number],
): Promise<void> =>
  withTempFolder(async (temporary) => {
    const cql = await node.cql();
    for (const name of ['users', 'readings']) await cql.execute(`TRUNCATE demo.${name}`);
    const users = copyOfSample(release, 'users', temporary);
    copyOfSample(release, 'readings', temporary);
    const [victim, sound] = dataFilesIn(users) as [string, string];
    damage(victim.replace('Data.db', component));
    const { report } = await loadInto(node, { paths: [join(temporary, 'demo')] });
    const what = `${how} ${component}`;
    assert.is(report.verdict, 'bad-data', what);
    const delivered = report.receipt.deliveries.map(({ sstable }) => basename(sstable));
    assert.is(report.receipt.deliveries.length, 3, `${what}: ${delivered.join(', ')}`);
    assert.ok(report.receipt.deliveries.every(({ status }) => status === 'acknowledged'));
    assert.not.ok(report.receipt.deliveries.some(({ sstable }) => sstable === victim));
    assert.ok(report.receipt.deliveries.some(({ sstable }) => sstable === sound));
    assert.ok(
      report.problems.some(
        ({ kind, where }) => kind === 'bad-data' && where.startsWith(victim.replace('Data.db', '')),
      ),
      `${what} is named: ${report.problems.map(({ where }) => where).join(', ')}`,
    );
    assert.is(await countOf(cql, 'demo.readings'), 309);
    assert.ok((await countOf(cql, 'demo.users')) > 0);
  });

/** A filter that cannot be trusted stays behind; the node makes a new one, and still finds every row. */
const checkFilter = (node: Node, release: Release): Promise<void> =>
  withTempFolder(async (temporary) => {
    const cql = await node.cql();
    await cql.execute('TRUNCATE demo.users');
    const users = copyOfSample(release, 'users', temporary);
    for (const path of dataFilesIn(users)) truncateSync(path.replace('Data.db', 'Filter.db'), 0);
    const loaded = await loadInto(node, { paths: [users] });
    assertComplete(loaded, 2);
    assert.equal(modesOf(loaded), ['entire']);
    for (let id = 0; id < 400; id += 17) {
      const { rowLength } = await cql.execute(`SELECT * FROM demo.users WHERE id = ${id}`);
      assert.is(rowLength, 1, `row ${id}`);
    }
  });

const createDemo = async (cql: Cql): Promise<void> => {
  await freshKeyspace(cql, 'demo');
  await cql.execute('CREATE TABLE demo.users (id int PRIMARY KEY, body text)');
  await cql.execute(`CREATE TABLE demo.readings ${readings('text STATIC', 'DESC')}`);
};

const check = (release: Release): Promise<void> =>
  withLoadNode(release, async (node) => {
    await freshKeyspace(await node.cql(), KEYSPACE);
    for (const fit of fits) await checkFit(node, release, fit);
    await checkNames(node, release);
  });

const checkDamages = (release: Release): Promise<void> =>
  withLoadNode(release, async (node) => {
    await createDemo(await node.cql());
    for (const damage of damages) await checkDamage(node, release, damage);
    await checkFilter(node, release);
  });

const partitioners = { bo_many: /ByteOrderedPartitioner/, rp_many: /RandomPartitioner/ };

/** As a whole SSTable it would make 4.0 and 4.1 exit (streaming-4.0-plus §4.3). */
const checkPartitioners = (release: Release): Promise<void> =>
  withLoadNode(release, async (node) => {
    const cql = await node.cql();
    await freshKeyspace(cql, 'fx');
    for (const [name, message] of Object.entries(partitioners)) {
      const folder = fixture('real', '4.1.10-nb', name);
      const schema = readFileSync(join(folder, 'schema.cql'), 'utf8');
      const create = schema.split('\n').find((line) => line.startsWith('CREATE TABLE'));
      await cql.execute(
        (create ?? '').replace('CREATE TABLE ', 'CREATE TABLE fx.').replace(';', ''),
      );
      const { report } = await loadInto(node, { paths: [folder], keyspace: 'fx', table: name });
      assert.is(report.verdict, 'refused');
      assert.match(report.problems[0]?.message ?? '', message);
      assert.equal(dataFilesIn(await tableFolder(node, 'fx', name)), []);
    }
    assert.ok(node.isRunning());
  });

/** The guardrail of 6.0 answers with a bare SESSION_FAILED; what can be known from that is said. */
const checkBulkLoadDisabled = (release: Release): Promise<void> =>
  withOtherNode(release, { bulk_load_enabled: false }, async (node) => {
    await createDemo(await node.cql());
    const { report } = await loadInto(node, {
      paths: [sampleTable(release, 'users')],
      retry: ONE_TRY,
    });
    assert.is(report.verdict, 'failed');
    const [delivery] = report.receipt.deliveries;
    assert.is(delivery?.status, 'failed');
    assert.match(delivery?.reason ?? '', 'bulk_load_enabled');
    assert.equal(dataFilesIn(await tableFolder(node, 'demo', 'users')), []);
  });

for (const release of releases()) {
  test(`${release.name}: a table that does not fit is refused, one that does is loaded under its name`, () =>
    check(release));
  test(`${release.name}: a damaged SSTable is refused, the others go on`, () =>
    checkDamages(release));
  sharedTest(test, `${release.name}: SSTables of another partitioner are refused`, () =>
    checkPartitioners(release),
  );
  if (release.family === '6.0')
    test(`${release.name}: bulk loading disabled on the node is reported as that`, () =>
      checkBulkLoadDisabled(release));
}

test.run();
