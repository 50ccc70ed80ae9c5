// The ring changes while a load runs: what is left is planned anew, nothing is sent twice, and each node has in the end what it owns then.
import { join } from 'node:path';
import { Murmur3Partitioner, makeRing, type RingNode, type RingState } from '@scamander/ring';
import { OutboundThrottle } from '@scamander/throttle';
import { memoryNetwork } from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import { VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadEvent } from '../../src/load/events.ts';
import { findTables } from '../../src/load/find-tables.ts';
import type { LoadContext } from '../../src/load/load-context.ts';
import { loadTable, type TableResult } from '../../src/load/load-table.ts';
import { withOpenLoad } from '../../src/load/open-load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import type { Target } from '../../src/target/target.ts';
import { copyTable, ONE_TRY, partsWith, sstablesBelow, startNode, tablesOf } from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';

const HERE = { host: '10.0.0.1', port: 7000 };
const THERE = { host: '10.0.0.2', port: 7000 };
/** Bytes a second: a session takes minutes. */
const SLOW = 300;

const member = (endpoint: Endpoint, token: bigint): RingNode => ({
  ...{ endpoint, hostId: `id of ${endpoint.host}`, dc: 'dc1', rack: 'r1', tokens: [token] },
  ...{ status: 'normal', alive: true },
});

const ringOf = (...nodes: RingNode[]): RingState => {
  const ring = makeRing(Murmur3Partitioner, nodes);
  if (ring._tag === 'Left') throw new Error(ring.left.code);
  return ring.right;
};

const ALONE = ringOf(member(HERE, 0n));
const BOTH = ringOf(member(HERE, 0n), member(THERE, 2n ** 62n));

/** A cluster whose ring is what the test says. */
class FakeTarget implements Target {
  readonly name = 'fake';
  readonly partitioner = Murmur3Partitioner;
  readonly localDc = 'dc1';
  ring: RingState;
  /** What the next look shows. */
  next: RingState;

  constructor(ring: RingState) {
    this.ring = ring;
    this.next = ring;
  }

  get nodes() {
    return this.ring.nodes.map(({ endpoint, dc, rack, status }) => ({
      ...{ endpoint, dial: endpoint, dc, rack, status, releaseVersion: undefined },
    }));
  }

  async look() {
    const changed = this.next !== this.ring;
    this.ring = this.next;
    return right(changed);
  }

  async table(...[keyspace, table, source]: Parameters<Target['table']>) {
    return right({
      ...{ keyspace, table, tableId: source?.tableId ?? '', schema: undefined },
      indexes: { sai: [], other: [] },
      replication: { strategy: 'SimpleStrategy' as const, factor: { all: 1, transient: 0 } },
    });
  }

  tablesOf = async () => right([]);
  schemaText = async () => right(undefined);
  close = async () => undefined;
}

interface World {
  readonly target: FakeTarget;
  readonly clock: VirtualClock;
  readonly throttle: OutboundThrottle;
  readonly paths: readonly string[];
  readonly events: readonly LoadEvent[];
  dataOf(endpoint: Endpoint): string;
  run(options?: Partial<LoadOptions>): Promise<TableResult>;
  /** Lets the load go on until the event has come. */
  until(fits: (event: LoadEvent) => boolean): Promise<void>;
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const inWorld = (ring: RingState, story: (world: World) => Promise<void>): Promise<void> =>
  withTempFolder(async (folder) => {
    const clock = new VirtualClock();
    const network = memoryNetwork();
    const paths = [copyTable('4.1.10-nb', 'users', join(folder, 'source'))];
    const dataOf = ({ host }: Endpoint): string => join(folder, host);
    const nodes = await Promise.all(
      [HERE, THERE].map(async (listen) =>
        startNode(
          { dataDirectory: dataOf(listen), listen, tables: await tablesOf(paths) },
          partsWith(network.transport(listen.host), clock),
        ),
      ),
    );
    const target = new FakeTarget(ring);
    const throttle = new OutboundThrottle({ clock });
    const events: LoadEvent[] = [];
    const run = async (options: Partial<LoadOptions> = {}): Promise<TableResult> => {
      const { signal } = new AbortController();
      const asked: LoadOptions = {
        ...{ paths, target: { kind: 'direct', nodes: [] }, retry: ONE_TRY, connections: 1 },
        ...{ silenceTimeoutMs: 3_600_000, ...options },
      };
      const emit = (event: LoadEvent): void => void events.push(event);
      const found = await findTables(asked, emit, signal);
      if (found._tag === 'Left') throw new Error(found.left.message);
      const [table] = found.right.tables;
      if (table === undefined) throw new Error('no table');
      const result = await withOpenLoad(
        {
          ...{ options: asked, parts: partsWith(network.transport('10.0.0.9'), clock), throttle },
          ...{ emit, signal, halt: () => undefined, planned: () => undefined },
        },
        target,
        (context: LoadContext) => loadTable(table, context),
      );
      if (result._tag === 'Left') throw new Error(result.left.message);
      return result.right;
    };
    const until = async (fits: (event: LoadEvent) => boolean): Promise<void> => {
      while (!events.some(fits)) await breathe();
    };
    try {
      await story({ target, clock, throttle, paths, events, dataOf, run, until });
    } finally {
      throttle.close();
      // they wait for those who do not hang up, and time stands still
      const closing = Promise.all(nodes.map((node) => node.close()));
      await clock.advance(5_000);
      await closing;
    }
    assert.is(clock.pendingTimers, 0, 'no timer is left');
  });

const statuses = ({ outcome }: TableResult) =>
  outcome?.deliveries.map(({ replica, status }) => `${replica} ${status}`);

const startedFor = (events: readonly LoadEvent[], { host }: Endpoint): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'FileStarted' && event.session.peer.host === host ? [event.file] : [],
  );

const rangesOf = (ring: RingState, { host }: Endpoint) => {
  const tokens = ring.owners.map(({ token }) => token);
  return ring.owners.flatMap(({ node, token }, index) =>
    node.endpoint.host === host ? [{ left: tokens.at(index - 1) ?? token, right: token }] : [],
  );
};

test('a node that joins while the first session runs gets what it owns now, also of what was sent before', () =>
  inWorld(ALONE, async ({ target, clock, throttle, paths, events, dataOf, run, until }) => {
    throttle.setRates({ entire: SLOW });
    const running = run({ sessionBytes: 1 });
    await until(({ type }) => type === 'FileChunk');
    target.next = BOTH;
    await clock.advance(30_000);
    await until(({ type }) => type === 'RingChanged');
    throttle.setRates({ entire: 0 });
    const result = await running;
    assert.ok(result.outcome?.level.reached);
    assert.ok(statuses(result)?.every((text) => text.endsWith('acknowledged')));
    assert.equal(
      events.filter(({ type }) => type === 'RingChanged'),
      [{ type: 'RingChanged', message: '10.0.0.2:7000 has joined' }],
    );
    // the session that ran when the ring changed came to its end, and was not repeated
    assert.is(startedFor(events, HERE).length, 2);
    assert.is(startedFor(events, THERE).length, 2);
    const sources = await sstablesBelow(...paths);
    assert.equal(
      await rowsOf(await sstablesBelow(dataOf(THERE))),
      await rowsOf(sources, rangesOf(BOTH, THERE)),
    );
    const here = await sstablesBelow(dataOf(HERE));
    const own = await rowsOf(here, rangesOf(BOTH, HERE));
    assert.equal(own, await rowsOf(sources, rangesOf(BOTH, HERE)));
  }));

test('a session with a node that has left is ended, and its ranges go to who owns them now', () =>
  inWorld(BOTH, async ({ target, clock, throttle, paths, events, dataOf, run, until }) => {
    throttle.setRates({ outbound: SLOW });
    const running = run();
    await until((event) => event.type === 'FileChunk');
    target.next = ALONE;
    await clock.advance(30_000);
    await until(({ type }) => type === 'RingChanged');
    throttle.setRates({ outbound: 0 });
    const result = await running;
    assert.ok(result.outcome?.level.reached);
    assert.ok(
      statuses(result)?.every((text) => text === '10.0.0.1:7000 acknowledged'),
      statuses(result)?.join('\n'),
    );
    const failed = events.flatMap((event) =>
      event.type === 'SessionFailed' ? [[event.session.peer.host, event.error.code]] : [],
    );
    assert.equal(failed, [['10.0.0.2', 'SCM_STREAM_ABORTED']]);
    assert.equal(await sstablesBelow(dataOf(THERE)).catch(() => []), []);
    assert.equal(
      await rowsOf(await sstablesBelow(dataOf(HERE))),
      await rowsOf(await sstablesBelow(...paths)),
    );
  }));

test('what an earlier run delivered to a smaller ring is read again only where the new one misses some of it', () =>
  inWorld(ALONE, async ({ target, paths, events, dataOf, run }) => {
    const ledger = join(dataOf(HERE), '..', 'ledger');
    const verifying = (): number => events.filter(({ type }) => type === 'Verifying').length;
    await run({ ledger });
    const once = verifying();
    await run({ ledger });
    assert.is(verifying(), once, 'delivered everywhere: not read');
    target.next = BOTH;
    const result = await run({ ledger });
    assert.ok(verifying() > once, 'read before it is sent');
    assert.ok(result.outcome?.level.reached);
    assert.equal(
      result.outcome?.deliveries
        .map(({ replica, earlierRun, mode }) => `${replica} ${earlierRun ?? mode}`)
        .sort(),
      ['10.0.0.1:7000 1', '10.0.0.1:7000 1', '10.0.0.2:7000 sections', '10.0.0.2:7000 sections'],
    );
    const sources = await sstablesBelow(...paths);
    assert.equal(
      await rowsOf(await sstablesBelow(dataOf(THERE))),
      await rowsOf(sources, rangesOf(BOTH, THERE)),
    );
  }));

test('a ring that changed before a table is planned is seen without waiting for it', () =>
  inWorld(ALONE, async ({ target, events, run }) => {
    target.next = BOTH;
    const result = await run();
    assert.ok(result.outcome?.level.reached);
    assert.is(events.filter(({ type }) => type === 'RingChanged').length, 1);
    const replicas = new Set(result.outcome?.deliveries.map(({ replica }) => replica));
    assert.equal([...replicas].sort(), ['10.0.0.1:7000', '10.0.0.2:7000']);
  }));

test.run();
