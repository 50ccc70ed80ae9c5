// What goes wrong on the way: connections that break or spoil bytes, nodes that die, nodes that do not reach us, a disk that is full.

import { nodeFileSystem } from '@scamander/sstable-io';
import { systemClock } from '@scamander/throttle';
import { type FaultPlan, faultyTransport } from '@scamander/transport';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PullEvent } from '../../src/pull/events.ts';
import { partsWith } from '../harness.ts';
import { nodeAt, US } from './asking.ts';
import { contentsOf, dataFilesIn, partitionsIn, type Scene, withScene } from './asking-many.ts';
import { explained, pulled } from './pulled.ts';

/** At once, so that stories are short; the number of tries is the default's. */
const AT_ONCE = { attempts: 5, firstDelayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0 };

const throughFaults = ({ network }: Scene, plan: FaultPlan) =>
  partsWith(
    faultyTransport(network.transport(US), plan, {
      clock: systemClock,
      random: seededRandom(7),
    }),
  );

const typesOf = (events: readonly PullEvent[]): readonly string[] => events.map(({ type }) => type);

/** Connections that come in, from the first; those after them are sound. */
const accepted = (faults: readonly FaultPlan['others'][]): FaultPlan => ({
  accepted: Object.fromEntries(faults.map((one, index) => [index, one ?? {}])),
});

for (const [name, faults] of [
  ['cut in the middle of a file', { in: { cut: { atByte: 3_000, how: 'reset' } } }],
  ['ended in the middle of a file', { in: { cut: { atByte: 5_000, how: 'end' } } }],
  ['with a byte spoilt in the middle of a file', { in: { corrupt: { atByte: 4_000 } } }],
  ['cut before the first file', { in: { cut: { atByte: 30, how: 'reset' } } }],
] as const) {
  test(`a file connection ${name}: tried again, and everything is there once`, () =>
    withScene(1, async (scene) => {
      const { options, there, into } = scene;
      const { report, events } = await pulled(
        { ...options, retry: AT_ONCE },
        throughFaults(scene, accepted([faults, faults])),
      );
      assert.is(report.verdict, 'complete', explained(report));
      assert.ok(typesOf(events).includes('Retrying'));
      assert.equal(await partitionsIn(into), await partitionsIn(there));
      assert.is(report.known, 0);
    }));
}

test('a network that spoils every file: given up after the tries, and nothing stays', () =>
  withScene(1, async (scene) => {
    const { options, into } = scene;
    const { report, events } = await pulled(
      { ...options, retry: AT_ONCE },
      throughFaults(scene, { others: { in: { corrupt: { atByte: 4_000 } } } }),
    );
    assert.is(report.verdict, 'failed');
    assert.is(
      typesOf(events).filter((type) => type === 'Retrying').length,
      2 * (AT_ONCE.attempts - 1),
    );
    assert.is(report.missing.length, 2);
    assert.ok(
      report.missing.every(({ reason }) => /after 5 tries/.test(reason)),
      explained(report),
    );
    assert.equal(dataFilesIn(into), []);
  }));

for (const [when, isMoment] of [
  ['after a unit', ({ type }: PullEvent) => type === 'UnitReceived'],
  [
    'while it sends, and others send other tables',
    (event: PullEvent) =>
      event.type === 'FileStarted' && event.session.peer.host === nodeAt(3).host,
  ],
] as const)
  test(`a node that dies gives its ranges to others at once: ${when}`, () =>
    withScene(3, async ({ options, parts, nodes, there, into }) => {
      let closing: Promise<void> | undefined;
      const asked = { ...options, sessions: when === 'after a unit' ? 1 : 3, retry: AT_ONCE };
      const { report, events } = await pulled(asked, parts, (event) => {
        if (isMoment(event)) closing ??= nodes[2]?.close();
      });
      await closing;
      assert.is(report.verdict, 'complete', explained(report));
      assert.ok(events.some(({ type }) => type === 'Rerouted'));
      assert.equal(await partitionsIn(into), await partitionsIn(there));
    }));

test('the only node dies: what is missing is said, and comes with the next run', () =>
  withScene(1, async (scene) => {
    const { options, parts, nodes, network, into, there } = scene;
    let closing: Promise<void> | undefined;
    const { report } = await pulled({ ...options, sessions: 1, retry: AT_ONCE }, parts, (event) => {
      if (event.type === 'UnitReceived') closing ??= nodes[0]?.close();
    });
    await closing;
    assert.is(report.verdict, 'partial');
    assert.is(report.missing.length, 1);
    assert.match(report.missing[0]?.reason ?? '', /10\.0\.0\.1:7000/);
    const { startNode } = await import('../harness.ts');
    const back = await startNode(
      { dataDirectory: there, listen: nodeAt(1) },
      partsWith(network.transport('10.0.0.1')),
    );
    const again = await pulled(options, parts);
    await back.close();
    assert.is(again.report.verdict, 'complete', explained(again.report));
    assert.equal(await partitionsIn(into), await partitionsIn(there));
  }));

test('a node that was down at the beginning is passed over, and said where nobody else has its ranges', () =>
  withScene(2, async ({ options, parts, nodes, there, into }) => {
    await nodes[1]?.close();
    const { report } = await pulled(options, parts);
    assert.is(report.verdict, 'complete', explained(report));
    assert.equal([...new Set(report.plan.units.map(({ replica }) => replica))], ['10.0.0.1:7000']);
    assert.equal(await partitionsIn(into), await partitionsIn(there));
    const every = await pulled({ ...options, allReplicas: true }, parts);
    assert.is(every.report.verdict, 'partial');
    assert.is(every.report.missing.length, 2);
    assert.match(every.report.missing[0]?.reason ?? '', /10\.0\.0\.2:7000/);
  }));

test('no node reaches us: refused, with the address, and not tried again', () =>
  withScene(2, async ({ options, parts, into }) => {
    const { report, events } = await pulled(
      { ...options, announce: { host: '203.0.113.7', port: 7000 } },
      parts,
    );
    assert.is(report.verdict, 'refused');
    assert.ok(report.problems.every(({ code }) => code === 'SCM_PULL_NO_DIAL_BACK'));
    assert.equal([...new Set(report.problems.map(({ where }) => where))], ['203.0.113.7:7000']);
    assert.not.ok(typesOf(events).includes('Retrying'));
    assert.equal(dataFilesIn(into), []);
  }));

test('the disk is full while files come: everything stops, nothing half-written stays, and it goes on later', () =>
  withScene(1, async (scene) => {
    const { options, network, parts, there, into } = scene;
    let renames = 0;
    const full = {
      ...partsWith(network.transport(US)),
      fileSystem: {
        ...nodeFileSystem,
        rename: async (from: string, to: string): Promise<void> => {
          renames += 1;
          if (renames > 3)
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          await nodeFileSystem.rename(from, to);
        },
      },
    };
    const { report } = await pulled(options, full);
    assert.is(report.verdict, 'failed');
    assert.equal(
      report.problems.map(({ code }) => code),
      ['SCM_PULL_DISK'],
    );
    assert.equal(dataFilesIn(into), []);
    assert.equal(
      contentsOf(into).filter(([path]) => path.includes('incoming') || path.endsWith('.log')),
      [],
    );
    const again = await pulled(options, parts);
    assert.is(again.report.verdict, 'complete', explained(again.report));
    assert.equal(await partitionsIn(into), await partitionsIn(there));
  }));

test.run();
