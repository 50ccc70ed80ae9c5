// Pieces of the gathering that need no network: clocks, addresses, words of gossip by CQL, many at once.

import { ClusterError } from '@scamander/cluster';
import { memoryNetwork } from '@scamander/transport';
import { VirtualClock } from '@scamander-tools/testing';
import { left, right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clockOf } from '../../src/doctor/gather/cql.ts';
import { statesByCql } from '../../src/doctor/gather/gossip.ts';
import { bytesText, rateText, timeText } from '../../src/doctor/words.ts';
import { atOnce } from '../../src/jobs/at-once.ts';
import { nativeDial } from '../../src/target/cql-access.ts';
import { partsWith } from '../harness.ts';
import { state } from './fake-facts.ts';

const queryError = new ClusterError({ code: 'SCM_CLUSTER_QUERY', query: 'q', reason: 'no' });

test('the clock of a node: the shortest of three round trips, counted to its middle', async () => {
  let now = 1000;
  const trips = [40, 10, 100];
  const cluster = {
    time: async () => {
      now += trips.shift() ?? 0;
      return right(now + 5000);
    },
  };
  // Asked at 1040, answered at 1050: the node's 6050 belongs to 1045.
  assert.equal(await clockOf(cluster, () => now), { offsetMs: 5005, uncertaintyMs: 5 });
});

test('a node that does not tell its time', async () => {
  const cluster = { time: async () => left(queryError) };
  assert.is(await clockOf(cluster, () => 0), undefined);
});

test('where CQL is dialled: the map of storage addresses gives the host, not the port', () => {
  const native = { host: '10.0.0.1', port: 9042 };
  const dialled = (...pairs: readonly (readonly [string, string])[]) =>
    nativeDial(native, { addressMap: new Map(pairs) });
  assert.equal(nativeDial(native, {}), native);
  assert.equal(dialled(['10.0.0.1', '192.0.2.1']), { host: '192.0.2.1', port: 9042 });
  assert.equal(dialled(['10.0.0.1', '192.0.2.1:17000']), { host: '192.0.2.1', port: 9042 });
  assert.equal(dialled(['10.0.0.1:9042', '192.0.2.1:19042']), { host: '192.0.2.1', port: 19_042 });
});

test('words of gossip by CQL: two looks tell whose heart beats', async () => {
  const clock = new VirtualClock();
  const asking = {
    parts: partsWith(memoryNetwork().transport('10.0.0.9'), clock),
    signal: new AbortController().signal,
  };
  const unknown = { alive: undefined };
  const looks = [
    [state(1, { ...unknown, heartbeatVersion: 7 }), state(2, { ...unknown, heartbeatVersion: 7 })],
    [state(1, { ...unknown, heartbeatVersion: 9 }), state(2, { ...unknown, heartbeatVersion: 7 })],
  ];
  const cluster = { gossipInfo: async () => right(looks.shift()) };
  const telling = statesByCql(cluster, asking, true);
  await clock.advance(4000);
  assert.equal(
    (await telling).map(({ alive }) => alive),
    [true, false],
  );
  assert.equal(await statesByCql(cluster, asking, true), [], 'a release without the table');
  const mute = { gossipInfo: async () => left(queryError) };
  assert.equal(await statesByCql(mute, asking, true), []);
  assert.is(clock.pendingTimers, 0);
});

test('many at once, no more than are allowed, in their order; who fails, fails after the others', async () => {
  let [running, most] = [0, 0];
  const ended: number[] = [];
  const work = async (item: number): Promise<number> => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < 5 - item; turn++) await Promise.resolve();
    running -= 1;
    ended.push(item);
    return item * 2;
  };
  assert.equal(await atOnce([1, 2, 3, 4], 2, work), [2, 4, 6, 8]);
  assert.is(most, 2);
  assert.equal(await atOnce([], 2, work), []);
  ended.length = 0;
  const failing = async (item: number): Promise<number> => {
    if (item === 1) throw new Error('one');
    return work(item);
  };
  try {
    await atOnce([1, 2, 3], 2, failing);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'one');
  }
  assert.equal(ended, [2, 3]);
});

test('sizes, rates and times in words', () => {
  assert.equal([0, 1023, 1024, 1_610_612_736].map(bytesText), [
    '0 B',
    '1023 B',
    '1 KiB',
    '1.5 GiB',
  ]);
  assert.equal([0, 25_165_824].map(rateText), ['no limit', '24 MiB/s']);
  assert.equal([3, 1500, 180_000, 18_000_000, 9 * 86_400_000, -1500].map(timeText), [
    '3 ms',
    '1.5 s',
    '3 min',
    '5 h',
    '9 days',
    '1.5 s',
  ]);
});

test.run();
