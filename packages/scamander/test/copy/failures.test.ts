// What goes wrong while a copy runs: targets that die or stand still, a source that dies or sends damaged data, and a copy that is given up.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@scamander/throttle';
import { type FaultPlan, faultyTransport, type Transport } from '@scamander/transport';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copy } from '../../src/copy/copy.ts';
import type { CopyEvent } from '../../src/copy/copy-types.ts';
import type { FrontDoorParts } from '../../src/parts.ts';
import type { RetryPolicy } from '../../src/retry/policy.ts';
import { componentBytes, sstablesBelow } from '../harness.ts';
import { writeLargeSSTable } from '../stories/large-sstable.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { type CopyWorld, copied, OURS, sourceAt, targetAt, withCopyWorld } from './copies.ts';

const AT_ONCE: RetryPolicy = { attempts: 3, firstDelayMs: 1, factor: 1, maxDelayMs: 1, jitter: 0 };
const ONCE: RetryPolicy = { ...AT_ONCE, attempts: 1 };

/** Our network, where connections to or from some hosts break as their plan says. */
const brokenTowards = (
  { network, parts }: CopyWorld,
  plans: Readonly<Record<string, FaultPlan>>,
): FrontDoorParts => {
  const inner = network.transport(OURS);
  const faults = { clock: systemClock, random: seededRandom(5) };
  const towards = new Map(
    Object.entries(plans).map(([host, plan]) => [host, faultyTransport(inner, plan, faults)]),
  );
  const transport: Transport = {
    name: 'broken',
    connect: (to, options) => (towards.get(to.host) ?? inner).connect(to, options),
    listen: (at) => inner.listen(at),
  };
  return { ...parts, transport: () => transport };
};

/** One table of 4 MB. */
const large = (dataDirectory: string): void => {
  writeLargeSSTable(dataDirectory, 4_000, 1_000);
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );

/** When the node has ended its sessions, which it does a moment after we heard of it. */
const assertNothingAt = async ({ targets, dataOf }: CopyWorld, target: number): Promise<void> => {
  await targets[target]?.close();
  assert.equal(filesBelow(dataOf(target)), []);
};

const dataIn = async (folder: string): Promise<readonly string[]> =>
  (await sstablesBelow(folder))
    .map((files) => componentBytes(files, 'Data.db').toString('base64'))
    .sort();

const typesOf = (events: readonly CopyEvent[], type: CopyEvent['type']) =>
  events.filter((event) => event.type === type);

const CUT_FILES: FaultPlan = { others: { out: { cut: { atByte: 100_000, how: 'reset' } } } };

test('a target that dies in the middle of a file is cut off, and the others have everything', () =>
  withCopyWorld({ targets: 3, fill: large }, async (world) => {
    const parts = brokenTowards(world, { [targetAt(1).host]: CUT_FILES });
    const { report } = await copied(world.options({ retry: ONCE }), parts);
    assert.is(report.verdict, 'partial');
    const expected = await dataIn(join(world.folder, 'source-0'));
    assert.equal(await dataIn(world.dataOf(0)), expected);
    assert.equal(await dataIn(world.dataOf(2)), expected);
    await assertNothingAt(world, 1);
    const failed = report.receipt.deliveries.filter(({ status }) => status !== 'acknowledged');
    assert.equal(
      failed.map(({ replica }) => replica),
      [`${targetAt(1).host}:7000`],
    );
    assert.match(failed[0]?.reason ?? '', 'reset');
    assert.equal(
      report.repairCommands.map((command) => command.split(' ').slice(0, 4).join(' ')),
      [`nodetool -h ${targetAt(1).host} repair`],
    );
    assert.match(report.consistency ?? '', `missing: ${targetAt(1).host}:7000 (failed)`);
  }));

test('what one target missed is sent again, to it alone', () =>
  withCopyWorld({ targets: 3, fill: large }, async (world) => {
    // the handshake that asks for its version, the session, and the file
    const cutOnce: FaultPlan = {
      dialled: { 2: { out: { cut: { atByte: 100_000, how: 'reset' } } } },
    };
    const parts = brokenTowards(world, { [targetAt(2).host]: cutOnce });
    const { report, events } = await copied(world.options({ retry: AT_ONCE }), parts);
    assert.is(report.verdict, 'complete');
    assert.is(typesOf(events, 'Retrying').length, 1);
    const statuses = (target: number) =>
      report.receipt.deliveries
        .filter(({ replica }) => replica.startsWith(targetAt(target).host))
        .map(({ status }) => status);
    assert.equal(statuses(0), ['acknowledged']);
    assert.equal(statuses(1), ['acknowledged']);
    assert.equal(statuses(2).at(-1), 'acknowledged');
    assert.is(statuses(2).length, 2);
    const expected = await dataIn(join(world.folder, 'source-0'));
    for (const target of [0, 1, 2]) assert.equal(await dataIn(world.dataOf(target)), expected);
  }));

test('the only target fails at one file of several: all of them are sent again', () =>
  withCopyWorld({}, async (world) => {
    const cutOnce: FaultPlan = { dialled: { 2: { out: { cut: { atByte: 500, how: 'end' } } } } };
    const parts = brokenTowards(world, { [targetAt(0).host]: cutOnce });
    const names = [{ keyspace: 'demo', table: 'readings' }];
    const { report } = await copied(world.options({ names, retry: AT_ONCE }), parts);
    assert.is(report.verdict, 'complete', JSON.stringify(report.problems));
    assert.is(new Set(await dataIn(world.dataOf(0))).size, 2);
  }));

test('a target that is down at first is waited for, and gets everything then', () =>
  withCopyWorld({ targets: 2, fill: large }, async (world) => {
    const late: FaultPlan = { dialled: { 0: { refuse: true }, 1: { refuse: true } } };
    const parts = brokenTowards(world, { [targetAt(1).host]: late });
    const { report, events } = await copied(world.options({ retry: AT_ONCE }), parts);
    assert.is(report.verdict, 'complete', JSON.stringify(report.problems));
    assert.is(typesOf(events, 'Retrying').length, 2);
    for (const target of [0, 1])
      assert.equal(
        await dataIn(world.dataOf(target)),
        await dataIn(join(world.folder, 'source-0')),
      );
    assert.is(report.receipt.deliveries.length, 2, 'one each');
  }));

test('a target that takes nothing more is given up, and the others go on', () =>
  withCopyWorld({ targets: 2, fill: large }, async (world) => {
    const silent: FaultPlan = { dialled: { 2: { out: { vanishAtByte: 100_000 } } } };
    const parts = brokenTowards(world, { [targetAt(1).host]: silent });
    const { report } = await copied(
      world.options({ retry: ONCE, silenceTimeoutMs: 300, consistency: 'ONE' }),
      parts,
    );
    assert.is(report.verdict, 'partial');
    assert.equal(await dataIn(world.dataOf(0)), await dataIn(join(world.folder, 'source-0')));
    await assertNothingAt(world, 1);
  }));

test('when every target fails the source is told, and what it is asked next it answers', () =>
  withCopyWorld({ targets: 2, fill: large }, async (world) => {
    const plans = { [targetAt(0).host]: CUT_FILES, [targetAt(1).host]: CUT_FILES };
    const { report } = await copied(world.options({ retry: ONCE }), brokenTowards(world, plans));
    assert.is(report.verdict, 'failed');
    const [problem] = report.problems;
    assert.is(problem?.code, 'SCM_COPY_NO_REPLICA');
    assert.match(problem?.message ?? '', targetAt(0).host);
    const again = await copied(world.options(), world.parts);
    assert.is(again.report.verdict, 'complete');
  }));

test('a source that dies is not needed where another one has the ranges', () =>
  withCopyWorld({ sources: 2, targets: 2 }, async (world) => {
    const inner = world.network.transport(OURS);
    let cut = 0;
    const transport: Transport = {
      name: 'dying source',
      connect: (to, options) => inner.connect(to, options),
      listen: async (at) => {
        const listening = await inner.listen(at);
        if (listening._tag === 'Left') return listening;
        const { connections$ } = listening.right;
        connections$.subscribe((connection) => {
          if (connection.remote.host !== sourceAt(0).host) return;
          // every file connection of the first source is gone before it brings anything
          cut += 1;
          connection.destroy();
        });
        return listening;
      },
    };
    const { report, events } = await copied(
      world.options({ retry: AT_ONCE, dialBackTimeoutMs: 1_000, silenceTimeoutMs: 500 }),
      { ...world.parts, transport: () => transport },
    );
    assert.ok(cut > 0);
    assert.is(report.verdict, 'complete', JSON.stringify(report.problems));
    const rerouted = typesOf(events, 'Rerouted');
    assert.ok(rerouted.length > 0);
    const expected = await rowsOf(await sstablesBelow(join(world.folder, 'source-0')));
    for (const target of [0, 1])
      assert.equal(await rowsOf(await sstablesBelow(world.dataOf(target))), expected);
  }));

test('data that its digest denies reaches no target', () =>
  withCopyWorld({ targets: 2, fill: large }, async (world) => {
    const source = join(world.folder, 'source-0', 'demo');
    const [table = ''] = readdirSync(source);
    const path = join(source, table, 'nb-1-big-Data.db');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(2_000_000) ^ 1, 2_000_000);
    writeFileSync(path, bytes);
    const { report } = await copied(world.options({ retry: ONCE }), world.parts);
    assert.is(report.verdict, 'failed');
    assert.equal(
      report.problems.map(({ code, kind }) => [code, kind]),
      [['SCM_COPY_DIGEST', 'bad-data']],
    );
    for (const target of [0, 1]) await assertNothingAt(world, target);
  }));

test('a copy that is given up tells its peers, and leaves nothing behind', () =>
  withCopyWorld({ targets: 2, fill: large }, async (world) => {
    const told = [...world.sources, ...world.targets].map(
      ({ events$ }) =>
        new Promise<void>((resolve) => {
          events$.subscribe(({ type }) => {
            if (type === 'SessionFailed') resolve();
          });
        }),
    );
    const controller = new AbortController();
    const running = copy(world.options(), { parts: world.parts, signal: controller.signal });
    running.events$.subscribe((event) => {
      if (event.type === 'FileChunk' && event.chunk.direction === 'out') controller.abort();
    });
    const result = await running.result;
    assert.is(result._tag === 'Right' && result.right.verdict, 'failed');
    await Promise.all(told);
    for (const target of [0, 1]) await assertNothingAt(world, target);
  }));

test('a copy that was given up goes on where it was, and one that ended begins anew', () =>
  withCopyWorld({ targets: 2 }, async (world) => {
    const ledger = join(world.folder, 'ledger.jsonl');
    const controller = new AbortController();
    const first = copy(world.options({ ledger, sessions: 1 }), {
      parts: world.parts,
      signal: controller.signal,
    });
    let relayed = 0;
    first.events$.subscribe((event) => {
      if (event.type === 'Relayed') relayed += 1;
      if (relayed === 3) controller.abort();
    });
    const ended = await first.result;
    if (ended._tag === 'Left') throw new Error(ended.left.message);
    const done = new Set(ended.right.receipt.deliveries.map(({ table }) => table));
    const second = await copied(world.options({ ledger }), world.parts);
    assert.is(second.report.verdict, 'complete');
    const resumed = second.events.find((event) => event.type === 'Resumed');
    assert.is(
      resumed?.type === 'Resumed' && resumed.acknowledged,
      6,
      'three units at two replicas',
    );
    const rest = new Set(second.report.receipt.deliveries.map(({ table }) => table));
    assert.is(rest.size + 3, world.names.length);
    for (const table of rest) if (table !== [...done].at(-1)) assert.not.ok(done.has(table), table);
    const expected = await dataIn(join(world.folder, 'source-0'));
    for (const target of [0, 1])
      assert.equal([...new Set(await dataIn(world.dataOf(target)))], [...new Set(expected)]);
    const third = await copied(world.options({ ledger }), world.parts);
    assert.is(third.report.receipt.deliveries.length, 2 * expected.length, 'everything anew');
  }));

test.run();
