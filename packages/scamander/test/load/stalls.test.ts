// A load that stands still says who is waited for, since when, and what is done about it. Time is virtual.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConnectionFaults,
  faultyTransport,
  fileCrc32,
  memoryNetwork,
} from '@scamander/transport';
import { seededRandom, VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StallVerdict } from '../../src/jobs/news.ts';
import { LATE_DIGEST_BYTES_MIN } from '../../src/limits.ts';
import type { LoadEvent } from '../../src/load/events.ts';
import { load } from '../../src/load/load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import type { FrontDoorParts } from '../../src/parts.ts';
import { DEFAULT_RETRY } from '../../src/retry/policy.ts';
import { copyTable, partsWith, startNode, tablesOf } from '../harness.ts';
import { writeLargeSSTable } from '../stories/large-sstable.ts';

const AT = { host: '10.0.0.1', port: 7000 };
const TWICE = { ...DEFAULT_RETRY, attempts: 2, jitter: 0 };
const SILENCE_MS = 60_000;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface World {
  readonly clock: VirtualClock;
  readonly events: readonly LoadEvent[];
  readonly stalls: readonly StallVerdict[];
  /** Pieces so far. */
  moved(): number;
  setRate(bytesPerSecond: number): void;
  until(fits: (event: LoadEvent) => boolean): Promise<void>;
}

/** A load of one table with faults on its n-th connection, and time that moves by itself once the story is told. */
const standing = (
  dialled: Readonly<Record<number, ConnectionFaults>>,
  options: Partial<LoadOptions>,
  story: (world: World) => Promise<void>,
  source: (folder: string) => string = (folder) => copyTable('4.1.10-nb', 'users', folder),
  more: Partial<FrontDoorParts> = {},
): Promise<void> =>
  withTempFolder(async (folder) => {
    const clock = new VirtualClock();
    const network = memoryNetwork();
    const table = source(join(folder, 'source'));
    const node = await startNode(
      { dataDirectory: join(folder, 'data'), listen: AT, tables: await tablesOf([table]) },
      partsWith(network.transport(AT.host), clock),
    );
    const parts = { clock, random: seededRandom(5) };
    const faulty = faultyTransport(network.transport('10.0.0.9'), { dialled }, parts);
    const running = load(
      {
        ...{ paths: [table], target: { kind: 'direct', nodes: [AT] }, connections: 1 },
        ...{ silenceTimeoutMs: SILENCE_MS, retry: TWICE, ...options },
      },
      { parts: { ...partsWith(faulty, clock), ...more } },
    );
    const events: LoadEvent[] = [];
    const stalls: StallVerdict[] = [];
    running.events$.subscribe((event) => {
      events.push(event);
      if (event.type === 'Stalled') stalls.push(event.verdict);
    });
    let over = false;
    const result = running.result.finally(() => {
      over = true;
    });
    await story({
      ...{ clock, events, stalls },
      moved: () => events.filter(({ type }) => type === 'FileChunk').length,
      setRate: (entire) => running.throttle.setRates({ entire }),
      until: async (fits) => {
        while (!events.some(fits)) await breathe();
      },
    });
    // the second try needs no time of its own; what it waits for is the disk
    while (!over) await breathe();
    const report = await result;
    assert.is(report._tag === 'Right' && report.right.verdict, 'complete', 'by the second try');
    const closing = node.close();
    await clock.advance(5_000);
    await closing;
    assert.is(clock.pendingTimers, 0, 'no timer is left');
  });

test('a node that does not answer what is announced to it', () =>
  // its answer to the handshake comes, nothing after it
  standing({ 1: { in: { vanishAtByte: 12 } } }, {}, async ({ clock, stalls, until }) => {
    await until((event) => event.type === 'SessionConnected');
    await clock.advance(29_000);
    assert.is(stalls.length, 0);
    await clock.advance(2_000);
    assert.is(stalls.length, 1);
    const [stall] = stalls;
    assert.equal(
      [stall?.peer, stall?.who, stall?.sinceMs, stall?.lastAcknowledgement],
      ['10.0.0.1:7000', 'peer', 30_000, undefined],
    );
    assert.match(stall?.waitingFor ?? '', /^PREPARE_SYNACK: /);
    assert.is(stall?.action, 'given up after 300 s of silence, then tried again in a new session');
    await clock.advance(280_000);
    await until(({ type }) => type === 'Retrying');
    await clock.advance(TWICE.firstDelayMs);
  }));

test('a limit of ours that is low is no fault of the node', () =>
  standing(
    {},
    // a piece of 20 KB takes more than a minute
    { rates: { entire: 300 } },
    async ({ clock, stalls, setRate, until }) => {
      await until((event) => event.type === 'FileChunk');
      for (let seconds = 0; seconds < 150 && stalls.length === 0; seconds += 1)
        await clock.advance(1_000);
      assert.equal([...new Set(stalls.map(({ who }) => who))], ['throttle']);
      assert.match(stalls[0]?.waitingFor ?? '', /^its turn for .*-Data\.db$/);
      assert.match(stalls[0]?.action ?? '', /^none: /);
      setRate(0);
    },
    // one SSTable: there is no other whose answer is waited for
    (folder) => copyTable('4.1.10-nb', 'with_none', folder),
  ));

test('last bytes that wait for the checksum of a large SSTable wait for our disk', () => {
  let read = (): void => undefined;
  const unread = new Promise<void>((resolve) => {
    read = resolve;
  });
  const isLarge = (path: string): boolean => statSync(path).size > LATE_DIGEST_BYTES_MIN;
  return standing(
    {},
    {},
    async ({ clock, stalls, moved, until }) => {
      await until((event) => event.type === 'FileChunk');
      // until nothing moves any more
      for (let before = -1; before !== moved(); ) {
        before = moved();
        for (let turn = 0; turn < 200; turn += 1) await breathe();
      }
      await clock.advance(31_000);
      assert.equal([...new Set(stalls.map(({ who }) => who))], ['disk']);
      assert.match(stalls[0]?.waitingFor ?? '', /^the checksum of .*-Data\.db, /);
      read();
    },
    (folder) => writeLargeSSTable(folder, Math.ceil(LATE_DIGEST_BYTES_MIN / 4000), 4000),
    {
      sourceCrc32: async (path, options) => {
        if (isLarge(path)) await unread;
        return await fileCrc32(path, options);
      },
    },
  );
});

test('the last acknowledgement is told with the stall that follows it', () =>
  standing(
    // the second session: what the node says is lost behind its handshake
    { 3: { in: { vanishAtByte: 12 } } },
    { sessionBytes: 1 },
    async ({ clock, stalls, events, until }) => {
      await until((event) => event.type === 'SessionComplete');
      while (events.filter(({ type }) => type === 'SessionConnected').length < 2) await breathe();
      await clock.advance(31_000);
      assert.is(stalls.length, 1);
      assert.type(stalls[0]?.lastAcknowledgement, 'string');
      await clock.advance(280_000);
      await until(({ type }) => type === 'Retrying');
      await clock.advance(TWICE.firstDelayMs);
    },
  ));

test.run();
