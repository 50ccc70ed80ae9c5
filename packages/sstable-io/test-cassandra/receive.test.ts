// What a real node makes of our transactions: a folder left by a commit that was cut off, one whose log was not removed, and a whole one.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type Release, releases, startNode } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../src/directory/discover.ts';
import { commitReceived } from '../src/receive/commit.ts';
import { planReceive, type ReceivePlan, stagingRoot } from '../src/receive/plan.ts';
import { recover } from '../src/receive/recover.ts';
import { prepareReceive } from '../src/receive/staging.ts';
import type { SSTableFiles } from '../src/types.ts';
import { fill, receive, type Sample, TRANSACTION_ID } from '../test/receive/received-sample.ts';
import { osError, stepping } from '../test/receive/stepping.ts';

const ROWS = 50;
const TABLES = ['source', 'cut', 'done', 'whole'] as const;
type Table = (typeof TABLES)[number];

const fillSource = async (node: Node): Promise<void> => {
  const cql = await node.cql();
  await cql.execute(
    `CREATE KEYSPACE receive WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
  for (const table of TABLES)
    await cql.execute(`CREATE TABLE receive.${table} (k int PRIMARY KEY, v text)`);
  for (let k = 0; k < ROWS; k++)
    await cql.execute(`INSERT INTO receive.source (k, v) VALUES (${k}, 'value ${k}')`);
  await node.nodetool('flush', 'receive');
};

const folderOf = (node: Node, table: Table): string => {
  const keyspace = join(node.dataDirectory, 'receive');
  const name = readdirSync(keyspace).find((folder) => folder.startsWith(`${table}-`)) as string;
  return join(keyspace, name);
};

const sourceOf = async (node: Node): Promise<SSTableFiles> => {
  const found = await discover([folderOf(node, 'source')]);
  assert.is(found.problems.length, 0);
  const files = found.tables[0]?.sstables[0];
  assert.ok(files);
  return files as SSTableFiles;
};

const planInto = (node: Node, table: Table, id: string, files: SSTableFiles): ReceivePlan => {
  const plan = planReceive(
    {
      tableDirectory: folderOf(node, table),
      stagingRoot: stagingRoot(node.dataDirectory),
      keyspace: 'receive',
      table,
      tableId: folderOf(node, table).slice(-32),
      nextId: () => id,
    },
    {
      sstableVersion: files.descriptor.version,
      formatName: files.descriptor.format,
      manifest: [...files.components]
        .filter(([name]) => name !== 'TOC.txt')
        .map(([name, length]) => ({ name, lengthBytes: BigInt(length) })),
      sstableLevel: 0,
      repairedAtMs: 0n,
      pendingRepair: undefined,
    },
  );
  if (plan._tag === 'Left') throw plan.left;
  return plan.right;
};

/** Leaves the folder as a process that was killed just before COMMIT. */
const cutBeforeCommit = (plan: ReceivePlan): Promise<void> =>
  new Promise((resolve, reject) => {
    const fileSystem = stepping(async (step) => {
      if (step.name === 'append') {
        resolve();
        await new Promise(() => undefined);
      }
      await step.whole();
    });
    commitReceived([plan], { transactionId: TRANSACTION_ID, fileSystem }).then(
      () => reject(new Error('the commit was not cut')),
      reject,
    );
  });

/** Leaves the log after COMMIT, as a process that was killed just then. */
const commitKeepingLog = async (plan: ReceivePlan): Promise<void> => {
  const fileSystem = stepping(async (step) => {
    if (step.name === 'remove') throw osError('EIO');
    await step.whole();
  });
  const committed = await commitReceived([plan], { transactionId: TRANSACTION_ID, fileSystem });
  assert.ok(committed._tag === 'Right' && committed.right.leftBehind.length === 1);
};

const namesIn = (node: Node, table: Table, part: string): readonly string[] =>
  readdirSync(folderOf(node, table)).filter((name) => name.includes(part));

const rowsOf = async (node: Node, table: Table): Promise<number> => {
  const cql = await node.cql();
  return (await cql.execute(`SELECT k FROM receive.${table}`, [], { fetchSize: 1000 })).rowLength;
};

const leaveTraces = async (node: Node): Promise<void> => {
  const files = await sourceOf(node);
  const from: Sample = { folder: files.descriptor.directory, prefix: files.descriptor.prefix };
  const plans = (['cut', 'done', 'whole'] as const).map((table, index) =>
    planInto(node, table, String(50 + index), files),
  );
  const [cut, done, whole] = plans as [ReceivePlan, ReceivePlan, ReceivePlan];
  for (const plan of plans) await receive(plan, from);
  await cutBeforeCommit(cut);
  await commitKeepingLog(done);
  assert.is((await commitReceived([whole], { transactionId: TRANSACTION_ID }))._tag, 'Right');
  const staged = planInto(node, 'whole', '60', files);
  await prepareReceive(staged);
  fill(staged, from);
};

const check = async (release: Release): Promise<void> => {
  const node = await startNode({ version: release.version, yaml: release.yaml });
  try {
    await fillSource(node);
    await node.shutDown();
    await leaveTraces(node);
    assert.is(namesIn(node, 'cut', '-50-').length > 5, true);
    assert.is(namesIn(node, 'cut', '.log').length, 1);
    assert.is(namesIn(node, 'done', '.log').length, 1);
    const before = node.log().length;
    await node.start('native');
    const said = node.log().slice(before);
    assert.match(said, /Unfinished transaction log, deleting .*-50-/);
    assert.not.match(said, /^ERROR/m);
    assert.equal(namesIn(node, 'cut', '-50-'), [], 'files of ADD without COMMIT are gone');
    for (const table of TABLES) assert.equal(namesIn(node, table, '.log'), [], `log of ${table}`);
    assert.is(await rowsOf(node, 'cut'), 0);
    assert.is(await rowsOf(node, 'done'), ROWS);
    assert.is(await rowsOf(node, 'whole'), ROWS);
    await node.shutDown();
    const recovered = await recover(node.dataDirectory);
    assert.ok(recovered._tag === 'Right' && recovered.right.staging.length > 0);
  } finally {
    await node.stop();
  }
};

for (const release of releases().filter(({ family }) => family !== '6.0'))
  test(`${release.name}: unfinished is deleted at start, committed is kept, staging is ignored`, () =>
    check(release));

test.run();
