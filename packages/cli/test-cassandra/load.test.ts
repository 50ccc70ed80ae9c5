// `scamander load` against real nodes: plan, events, receipt, exit codes, Ctrl-C in the middle.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type Release, releases, withNode } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, run, start } from './support/command.ts';
import {
  assertLoaded,
  emptyTables,
  rowsIn,
  sampleOf,
  samplesOf,
  setFolder,
  setsFor,
  toNode,
} from './support/samples.ts';

type Receipt = {
  readonly format: string;
  readonly sources: readonly { readonly verdict: string; readonly components: object }[];
  readonly deliveries: readonly {
    readonly replica: string;
    readonly mode: string;
    readonly status: string;
    readonly bytes: number;
    readonly finishedAt?: string;
  }[];
};

/** All tables of a set: exit 0, every row there, every line an event, the result last, and the receipt says what went where. */
const checkSet = (node: Node, set: string): Promise<void> =>
  withTempFolder(async (folder) => {
    const samples = samplesOf(set);
    await emptyTables(node, samples);
    const receiptPath = join(folder, 'receipt.json');
    const ran = await start(
      ...['load', setFolder(set), ...toNode(node), '--json', '--receipt', receiptPath],
    ).ended;
    assert.is(ran.code, 0, ran.err);
    await assertLoaded(node, samples);
    const lines = linesOf(ran);
    const types = lines.map(({ type }) => type);
    assert.equal(types.slice(-1), ['result']);
    assert.is(types.filter((type) => type === 'result').length, 1);
    for (const type of ['Discovered', 'ClusterSeen', 'ReplicaProbed', 'Verified', 'Planned'])
      assert.ok(types.includes(type), type);
    assert.is(types.filter((type) => type === 'SessionComplete').length, samples.length);
    const result = lines.at(-1) as unknown as {
      readonly exitCode: number;
      readonly receipt: Receipt;
    };
    assert.is(result.exitCode, 0);
    const receipt = JSON.parse(readFileSync(receiptPath, 'utf8')) as Receipt;
    assert.equal(receipt, result.receipt);
    assert.is(receipt.format, 'scamander-receipt-2');
    const sstables = samples.reduce((sum, sample) => sum + sample.sstables, 0);
    assert.is(receipt.sources.length, sstables);
    assert.is(receipt.deliveries.length, sstables);
    for (const { replica, status, bytes, finishedAt } of receipt.deliveries) {
      assert.is(replica, `${node.address}:${node.storagePort}`);
      assert.is(status, 'acknowledged');
      assert.ok(bytes > 0 && finishedAt !== undefined);
    }
  });

const checkDryRun = async (node: Node, set: string): Promise<void> => {
  const sample = sampleOf(set, 'users');
  await emptyTables(node, [sample]);
  const ran = await run('load', sample.path, ...toNode(node), '--dry-run');
  assert.is(ran.code, 0, ran.err);
  assert.match(ran.out, 'demo.users');
  assert.match(ran.out, `${node.address}:${node.storagePort}`);
  assert.match(ran.out, /entire/);
  assert.is(await rowsIn(node, 'users'), 0, 'nothing was sent');
};

/** What ends with which code, and the one shape of an error. */
const checkCodes = async (node: Node, set: string): Promise<void> => {
  const { path } = sampleOf(set, 'users');
  const cases = [
    { code: 2, args: [path], error: 'SCM_USAGE' },
    { code: 2, args: [path, ...toNode(node), '--entire', 'sometimes'], error: 'SCM_USAGE' },
    { code: 3, args: [path, ...toNode(node), '--keyspace', 'nowhere'], error: 'UNKNOWN_KEYSPACE' },
    { code: 3, args: [path, '--to', `${node.address}:1`], error: 'SCM_CLUSTER_UNREACHABLE' },
  ] as const;
  for (const { code, args, error } of cases) {
    const ran = await run('load', ...args);
    assert.is(ran.code, code, `${args.join(' ')}\n${ran.err}`);
    assert.match(
      ran.err,
      new RegExp(`^error \\S*${error}\\S*: .+\n  where: .+\n  lost: .+\n  try: .+`, 'm'),
    );
  }
};

/** Slow enough to be in the middle when it is interrupted. */
const SLOW = '0.002MiB/s';

const checkInterrupt = async (node: Node, set: string): Promise<void> => {
  const sample = sampleOf(set, 'users');
  await emptyTables(node, [sample]);
  const cql = await node.cql();
  await cql.execute("INSERT INTO demo.users (id, body) VALUES (-1, 'before')");
  const running = start('load', sample.path, ...toNode(node), '--json', '--throttle', SLOW);
  await running.untilOut('"FileStarted"');
  running.interrupt();
  const ran = await running.ended;
  assert.is(ran.code, 130, ran.err);
  const result = linesOf(ran).at(-1);
  assert.is(result?.type, 'result');
  assert.is(result?.['exitCode'], 130);
  const { rows } = await cql.execute('SELECT id, body FROM demo.users');
  assert.equal(
    rows.map((row) => [row.get('id'), row.get('body')]),
    [[-1, 'before']],
  );
  const netstats = await node.nodetool('netstats');
  assert.match(netstats, 'Not sending any streams', 'the node has no session left');
};

const checks: readonly (readonly [
  string,
  (release: Release) => readonly string[],
  typeof checkSet,
])[] = [
  ['loads', setsFor, checkSet],
  ['plans without sending', (release) => [setsFor(release)[0]], checkDryRun],
  ['says with its exit code what is wrong', (release) => [setsFor(release)[0]], checkCodes],
  ['ends in order on Ctrl-C', (release) => [setsFor(release)[0]], checkInterrupt],
];

for (const release of releases()) {
  for (const [name, sets, check] of checks)
    for (const set of sets(release))
      test(`${release.name}: ${name} (${set})`, () =>
        withNode(release, (node) => check(node, set)));
}

test.run();
