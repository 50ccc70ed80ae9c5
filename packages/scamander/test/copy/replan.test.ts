// A ring that changes while a table is copied: what runs comes to its end, the rest is planned anew, and nothing is copied twice.
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import { OutboundThrottle, unlimitedRates } from '@scamander/throttle';
import { endpointText } from '@scamander/wire-codec';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Copied } from '../../src/copy/copied.ts';
import { copyTable } from '../../src/copy/copy-table.ts';
import type { CopyEvent } from '../../src/copy/copy-types.ts';
import { TargetStalls } from '../../src/copy/stalls.ts';
import { pairTables } from '../../src/copy/table-pair.ts';
import { openTargetSide } from '../../src/copy/target-side.ts';
import { openListening } from '../../src/pull/source/listening.ts';
import { resolveNames } from '../../src/pull/source/names.ts';
import { openSource } from '../../src/pull/source/source.ts';
import { Probes } from '../../src/target/probes.ts';
import type { RingWatch } from '../../src/target/ring-watch.ts';
import { sstablesBelow } from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { type CopyWorld, withCopyWorld } from './copies.ts';

const must = <T>(either: { _tag: 'Left'; left: unknown } | { _tag: 'Right'; right: T }): T => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either.left));
  return either.right;
};

/** A watch whose ring has changed as often as the test says. */
const fakeWatch = (): RingWatch & { version: number } =>
  ({ version: 0, look: async () => undefined }) as never;

/** The parts of a copy of `users`, opened by hand. */
const opened = async (world: CopyWorld, emit: (event: CopyEvent) => void) => {
  const { parts } = world;
  const { signal } = new AbortController();
  const options = world.options({ names: [{ keyspace: 'demo', table: 'users' }], sessions: 1 });
  const throttle = new OutboundThrottle({ clock: parts.clock }, unlimitedRates);
  const source = must(await openSource(options, parts, emit));
  const sourceProbes = new Probes(parts, {
    transport: source.transport,
    announce: { host: '127.0.0.1', port: 7000 },
    versions: source.versions,
    timeoutMs: 5_000,
    signal,
    emit,
  });
  await sourceProbes.ask(source.target.nodes);
  const side = must(await openTargetSide({ options, source, throttle, signal, emit }, parts));
  const listening = must(await openListening(source, sourceProbes.all, parts));
  const question = { names: options.names, probes: sourceProbes.all, signal };
  const [table] = must(await resolveNames(source, question, parts));
  if (table === undefined) throw new Error('no table');
  const pair = must(await pairTables(table, source.target, side.target, options));
  const stalls = new TargetStalls(5_000, parts.unixMs);
  const context = { options, source, listening, side, stalls, throttle, parts, signal, emit };
  const close = async (): Promise<void> => {
    await listening.close();
    await side.close();
    await source.close();
    throttle.close();
  };
  return { context, sourceProbes, pair, close };
};

test('units that have not begun are planned anew, and those that are done stay done', () =>
  withCopyWorld({ sources: 3, targets: 2 }, async (world) => {
    const watch = fakeWatch();
    const relayed: string[] = [];
    let asked = 0;
    const parts = await opened(world, (event) => {
      if (event.type === 'SessionPrepared' && event.receiving.length > 0) asked += 1;
      if (event.type !== 'Relayed') return;
      relayed.push(`${event.unit.from} ${event.unit.ranges.join(' ')}`);
      // after the first unit the ring is another one
      if (relayed.length === 1) watch.version += 1;
    });
    const copied = new Copied(Murmur3Partitioner, undefined, world.parts.unixMs, false);
    const { context, sourceProbes, pair } = parts;
    const looked: number[] = [];
    watch.look = async () => {
      looked.push(relayed.length);
    };
    const table = await copyTable(pair, { context, copied, sourceProbes, watches: [watch] });
    await parts.close();
    assert.equal(table.problems, []);
    assert.equal(looked, [1], 'looked again after the unit that ran, before the next');
    assert.is(new Set(relayed).size, relayed.length, 'no unit twice');
    assert.is(asked, relayed.length);
    assert.ok(relayed.length >= 2);
    for (const unit of table.plan?.units ?? [])
      for (const node of unit.to)
        assert.equal(
          copied.missing(pair, unit.from, node, unit.ranges),
          [],
          endpointText(node.endpoint),
        );
    const all = await rowsOf(await sstablesBelow(join(world.folder, 'source-0')));
    const users = all.filter((line) => line.startsWith('users '));
    for (const target of [0, 1])
      assert.equal(await rowsOf(await sstablesBelow(world.dataOf(target))), users);
  }));

test.run();
