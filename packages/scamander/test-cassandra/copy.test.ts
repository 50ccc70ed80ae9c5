// Copies out of real nodes into real nodes while they are read: into another keyspace of the same cluster, between releases and rings, in every
// format that both sides take. Rows are compared by CQL, and by the copy's own verification.
import {
  type Node,
  parseRelease,
  type Release,
  releases,
  startRing,
} from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assertCopied,
  assertSameTables,
  type CopiedTables,
  copyBetween,
  makeSampleTables,
} from './support/copying.ts';
import { type Cql, executeAll, withLoadNode, withOtherNode } from './support/nodes.ts';
import { sampleTables } from './support/sample-tables.ts';
import { KEYSPACE, writtenBy } from './support/written.ts';

const NAMES = [{ keyspace: KEYSPACE, table: undefined }];

/** Into two keyspaces of the same node: whole, and as sections that are made on the way. */
const withinOneCluster = (release: Release): Promise<void> =>
  withLoadNode(release, async (node) => {
    await writtenBy(node);
    const cql = await node.cql();
    await makeSampleTables(cql, 'whole');
    const whole = await copyBetween(node, node, {
      names: NAMES,
      keyspace: 'whole',
      verify: 'rows',
    });
    assertCopied(whole);
    assert.is(whole.report.sections, 0);
    assert.ok(whole.report.entire >= sampleTables.length);
    await assertSameTables(cql, KEYSPACE, cql, 'whole');
    await makeSampleTables(cql, 'cut');
    const cut = await copyBetween(node, node, { names: NAMES, keyspace: 'cut', entire: 'never' });
    assertCopied(cut);
    assert.is(cut.report.entire, 0);
    await assertSameTables(cql, KEYSPACE, cql, 'cut');
    await changedRow(node, node, [KEYSPACE, 'whole'], 'statics', ['pk', 'pk = 3 AND c = 3']);
  });

/** A row is changed at the target: the comparison names its range, and no other. */
const changedRow = async (
  from: Node,
  to: Node,
  [keyspace, target]: readonly [string, string],
  table: string,
  key: readonly [column: string, where: string],
): Promise<void> => {
  const cql = await to.cql();
  const [column, where] = key;
  await cql.execute(`UPDATE ${target}.${table} SET v = 'changed' WHERE ${where}`);
  const query = `SELECT token(${column}) AS t FROM ${target}.${table} WHERE ${where}`;
  const { rows } = await cql.execute(query);
  const token = BigInt(String(rows[0]?.get('t')));
  const { report } = await copyBetween(from, to, {
    names: [{ keyspace, table }],
    keyspace: target,
    verify: 'rows',
  });
  assert.is(report.verdict, 'failed');
  const [difference, ...more] = report.comparison?.differences ?? [];
  assert.equal(more, []);
  const [low = 0n, high = 0n] = (difference?.range ?? '').split(':').map(BigInt);
  const isIn = low < high ? low < token && token <= high : token > low || token <= high;
  assert.ok(isIn, `${token} in ${difference?.range}`);
};

/** The stories below are longer, and say the same of these releases' formats; pa is told of nowhere else. */
const isAlone = ({ family }: Release): boolean =>
  family === '6.0' || process.env['SCAMANDER_LANES'] === 'whole';

for (const release of releases().filter(isAlone))
  test(`${release.name}: into other keyspaces of the same cluster`, () =>
    withinOneCluster(release));

const ROWS = 400;

/** Rows in both compressions, so that replicas get chunks and blocks. */
const writeBoth = async (node: Node, keyspace: string): Promise<void> => {
  const cql = await node.cql();
  for (const [name, compression] of [
    ['compressed', "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}"],
    ['plain', "{'enabled': 'false'}"],
  ]) {
    await cql.execute(
      `CREATE TABLE ${keyspace}.${name} (k int PRIMARY KEY, v text) WITH compression = ${compression}`,
    );
    const rows = Array.from(
      { length: ROWS },
      (_, k) =>
        `INSERT INTO ${keyspace}.${name} (k, v) VALUES (${k}, '${'value '.repeat(20)}${k}')`,
    );
    await executeAll(cql, rows);
  }
};

/** Tables that are missing: each error says how its table is made. */
const createAsAdvised = async (cql: Cql, { report }: CopiedTables): Promise<void> => {
  assert.is(report.verdict, 'refused');
  assert.is(report.problems.length, 2);
  for (const { code, advice } of report.problems) {
    assert.is(code, 'SCM_CLUSTER_UNKNOWN_TABLE');
    const statement = advice.slice(advice.indexOf('CREATE TABLE moved.'));
    await cql.execute(statement.replace(/;\s*$/, ''));
  }
};

const RF2 = "{'class': 'NetworkTopologyStrategy', 'dc1': 2}";

/** A ring of two with both replicas, and a node of 5.0 with tokens of its own: there, and back under another name. */
const betweenReleases = async (release: Release): Promise<void> => {
  const ring = await startRing({
    version: release.version,
    nodes: 2,
    yaml: { ...release.yaml, flush_compression: 'table' },
  });
  try {
    await withLoadNode(parseRelease('5.0.6'), async (five) => {
      const old = await ring.first.cql();
      await old.execute(`CREATE KEYSPACE ring WITH replication = ${RF2}`);
      await writeBoth(ring.first, 'ring');
      const newer = await five.cql();
      await newer.execute('DROP KEYSPACE IF EXISTS moved');
      await newer.execute(
        "CREATE KEYSPACE moved WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      );
      const names = [{ keyspace: 'ring', table: undefined }];
      await createAsAdvised(
        newer,
        await copyBetween(ring.first, five, { names, keyspace: 'moved' }),
      );
      assertCopied(
        await copyBetween(ring.first, five, { names, keyspace: 'moved', verify: 'rows' }),
      );
      await changedRow(ring.first, five, ['ring', 'moved'], 'compressed', ['k', 'k = 3']);
      await writtenBy(five);
      await makeSampleTables(old, 'back', RF2);
      const back = await copyBetween(five, ring.first, {
        names: NAMES,
        keyspace: 'back',
        verify: 'rows',
        consistency: 'ALL',
      });
      assertCopied(back);
      const replicas = new Set(back.report.receipt.deliveries.map(({ replica }) => replica));
      assert.is(replicas.size, 2);
      await assertSameTables(newer, KEYSPACE, old, 'back');
    });
  } finally {
    await ring.stop();
  }
};

/** Files of an index go along where the target has the same one; where the source has none, sections let the node build it. */
const withIndex = async (from: Node, to: Node): Promise<void> => {
  const [source, target] = [await from.cql(), await to.cql()];
  for (const cql of [source, target]) {
    await cql.execute('DROP KEYSPACE IF EXISTS indexed');
    await cql.execute(
      "CREATE KEYSPACE indexed WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    );
    for (const name of ['both', 'one'])
      await cql.execute(`CREATE TABLE indexed.${name} (k int PRIMARY KEY, v int)`);
    await cql.execute("CREATE INDEX by_v ON indexed.both (v) USING 'sai'");
  }
  await target.execute("CREATE INDEX of_one ON indexed.one (v) USING 'sai'");
  for (const name of ['both', 'one'])
    for (const k of [1, 2, 3])
      await source.execute(`INSERT INTO indexed.${name} (k, v) VALUES (${k}, ${k * 10})`);
  for (const [name, mode] of [
    ['both', 'entire'],
    ['one', 'sections'],
  ] as const) {
    const copied = await copyBetween(from, to, { names: [{ keyspace: 'indexed', table: name }] });
    assertCopied(copied);
    assert.equal(
      copied.report.receipt.deliveries.map((delivery) => delivery.mode),
      [mode],
    );
    const { rows } = await target.execute(`SELECT k FROM indexed.${name} WHERE v = 20`);
    assert.equal(
      rows.map((row) => row.get('k')),
      [2],
    );
  }
};

/** One writes oa, the other da; each takes the other's. */
const betweenFormats = (release: Release): Promise<void> =>
  withLoadNode(release, (big) =>
    withOtherNode(release, { sstable: { selected_format: 'bti' } }, async (bti) => {
      for (const [from, to] of [
        [big, bti],
        [bti, big],
      ] as const) {
        await writtenBy(from);
        await makeSampleTables(await to.cql(), 'other');
        for (const entire of ['auto', 'never'] as const) {
          const asked = { names: NAMES, keyspace: 'other', entire };
          const copied = await copyBetween(from, to, asked);
          assertCopied(copied);
          await assertSameTables(await from.cql(), KEYSPACE, await to.cql(), 'other');
        }
      }
      await withIndex(big, bti);
    }),
  );

for (const release of releases()) {
  if (release.family === '4.1')
    test(`${release.name}: a ring of two to 5.0.6 and back`, () => betweenReleases(release));
  if (release.name.endsWith('-none'))
    test(`${release.name}: oa and da, each into the other`, () => betweenFormats(release));
}

test.run();
