// Sizes of tables of embedded nodes, asked and not moved: they are what lies on the nodes' disks and what a request then brings; nodes that fail
// are asked again, then others are.
import { join } from 'node:path';
import { fullRing, Murmur3Partitioner, normalize, parseRange } from '@scamander/ring';
import type { StreamEvent } from '@scamander/session';
import { systemClock } from '@scamander/throttle';
import {
  type ConnectionFaults,
  faultyTransport,
  memoryNetwork,
  type Transport,
} from '@scamander/transport';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { seededRandom, VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { du } from '../../src/du/du.ts';
import type { DuEvent, DuOptions, DuReport } from '../../src/du/du-types.ts';
import type { FrontDoorParts } from '../../src/parts.ts';
import {
  copyTable,
  networks,
  ONE_TRY,
  partsWith,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';
import { nodeAt } from '../pull/asking.ts';
import { askFor } from './pulls.ts';

const RELEASE = '4.1.10-nb';
const US = '10.0.0.9';
const AT_ONCE = { ...ONE_TRY, attempts: 2, firstDelayMs: 0 };

const asking = (nodes: readonly Endpoint[], more: Partial<DuOptions> = {}): DuOptions => ({
  names: ['users', 'readings'].map((table) => ({ keyspace: 'demo', table })),
  source: { kind: 'direct', nodes },
  retry: ONE_TRY,
  ...more,
});

interface Asked {
  readonly report: DuReport;
  readonly events: readonly DuEvent[];
}

const answer = async (options: DuOptions, parts: FrontDoorParts): Promise<Asked> => {
  const events: DuEvent[] = [];
  const job = du(options, { parts });
  job.events$.subscribe((event) => events.push(event));
  const result = await job.result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return { report: result.right, events };
};

const refused = async (options: DuOptions, parts: FrontDoorParts) => {
  const result = await du(options, { parts }).result;
  assert.ok(result._tag === 'Left');
  return result.left;
};

/** Sizes of the components that travel, all but the list of them (spec: streaming-4.0-plus §4.3). */
const onDisk = async (data: string, table: string) => {
  const sstables = (await sstablesBelow(data)).filter(
    ({ descriptor }) => descriptor.table === table,
  );
  const sizes = sstables
    .flatMap(({ components }) => [...components])
    .filter(([component]) => component !== 'TOC.txt')
    .map(([, size]) => size);
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
};

/** What a request of these ranges brings, by table id. */
const brought = async (
  peer: Endpoint,
  at: Endpoint,
  data: string,
  into: string,
  ranges: readonly string[],
  from: FrontDoorParts,
) => {
  const bytes = new Map<string, number>();
  const events: StreamEvent[] = [];
  await askFor(
    {
      ...{ peer, at, tables: await tablesOf([data]), dataDirectory: into },
      requests: [
        { keyspace: 'demo', fullRanges: normalize(Murmur3Partitioner, ranges.map(rangeOf)) },
      ],
      onEvent: (event) => events.push(event),
    },
    from,
  );
  for (const event of events)
    if (event.type === 'FileReceived')
      bytes.set(event.tableId, (bytes.get(event.tableId) ?? 0) + Number(event.received.bytes));
  return bytes;
};

const rangeOf = (text: string) => {
  const parsed = parseRange(Murmur3Partitioner, text);
  assert.ok(parsed._tag === 'Right');
  return parsed.right;
};

const MIN = String(-(2n ** 63n));
const LOWER = `${MIN}:0`;

for (const network of networks) {
  const at = network.name === 'TCP' ? { host: '127.0.0.1', port: 0 } : { host: US, port: 7000 };

  test(`over ${network.name}: what lies on disk, as components of whole SSTables; nothing is changed`, () =>
    withTempFolder(async (data) => {
      const { from, to } = network.make(memoryNetwork());
      for (const table of ['users', 'readings', 'with_lz4']) copyTable(RELEASE, table, data);
      const before = snapshot(data);
      const node = await startNode({ dataDirectory: data, listen: network.at }, to);
      const { report, events } = await answer(asking([node.endpoint]), from);
      await node.close();
      assert.is(report.verdict, 'complete');
      assert.equal(
        report.entries.map(({ table, files, bytes }) => ({ table, files, bytes })),
        [
          { table: 'readings', ...(await onDisk(data, 'readings')) },
          { table: 'users', ...(await onDisk(data, 'users')) },
        ],
      );
      const [first] = report.entries;
      assert.equal(first?.replica, endpointText(node.endpoint));
      assert.equal(first?.ranges, [`${MIN}:${MIN}`]);
      assert.is(first?.keys, undefined, 'embedded nodes have no estimates');
      assert.is(
        report.bytes,
        report.entries.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      assert.equal([report.silent, report.missing], [[], []]);
      const told = events.flatMap((event) => (event.type === 'Sized' ? [event.entry] : []));
      assert.is(told.length, 2);
      assert.equal(snapshot(data), before);
    }));

  test(`over ${network.name}: ranges, together and each by itself, as large as what a request of them brings`, () =>
    withTempFolder(async (folder) => {
      const { from, to } = network.make(memoryNetwork());
      const data = join(folder, 'data');
      for (const table of ['users', 'readings']) copyTable(RELEASE, table, data);
      const node = await startNode({ dataDirectory: data, listen: network.at }, to);
      const { endpoint } = node;
      const pulled = (into: string, ranges: readonly string[]) =>
        brought(endpoint, at, data, join(folder, into), ranges, from);
      // a gap between them, or they were one
      const asked = [LOWER, `1:${MIN}`];
      const [lower, upper, both] = [
        await pulled('lower', [LOWER]),
        await pulled('upper', [`1:${MIN}`]),
        await pulled('both', asked),
      ];
      const together = await answer(asking([endpoint], { ranges: asked }), from);
      assert.is(together.report.entries.length, 2);
      for (const { tableId, bytes } of together.report.entries)
        assert.is(bytes, both.get(tableId) ?? 0);
      const single = await answer(asking([endpoint], { ranges: asked, byRange: true }), from);
      assert.is(single.report.entries.length, 4);
      for (const { tableId, ranges, bytes } of single.report.entries) {
        assert.is(ranges.length, 1);
        assert.is(bytes, (ranges[0] === LOWER ? lower : upper).get(tableId) ?? 0);
      }
      await node.close();
    }));
}

/** Counts the connections that are dialled. */
const counted = (inner: Transport) => {
  const count = { dialled: 0 };
  const transport: Transport = {
    name: inner.name,
    connect: (to, options) => {
      count.dialled += 1;
      return inner.connect(to, options);
    },
    listen: (at) => inner.listen(at),
  };
  return { count, transport };
};

/** Two nodes with the same tables. `lastDialled` is the connection of a session with one of them, after probes and questions for ids. */
const withTwo = (
  body: (told: {
    readonly nodes: readonly Endpoint[];
    readonly lastDialled: number;
    partsWhere(faults: Readonly<Record<number, ConnectionFaults>>): FrontDoorParts;
  }) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const running = await Promise.all(
      [1, 2].map(async (number) => {
        const data = join(folder, String(number));
        for (const table of ['users', 'readings']) copyTable(RELEASE, table, data);
        const { host } = nodeAt(number);
        return startNode(
          { dataDirectory: data, listen: nodeAt(number) },
          partsWith(network.transport(host)),
        );
      }),
    );
    const partsWhere = (faults: Readonly<Record<number, ConnectionFaults>>) =>
      partsWith(
        faultyTransport(
          network.transport(US),
          { dialled: faults },
          { clock: systemClock, random: seededRandom(3) },
        ),
      );
    const nodes = running.map(({ endpoint }) => endpoint);
    const { count, transport } = counted(network.transport(US));
    await answer(asking(nodes), partsWith(transport));
    await body({ nodes, lastDialled: count.dialled - 1, partsWhere });
    for (const node of running) await node.close();
  });

/** A node accepts with 12 bytes (spec: streaming-4.0-plus §1.3). */
const BEHIND_HANDSHAKE = 12;

/** The handshake passes, the answer does not. */
const CUT: ConnectionFaults = { in: { cut: { atByte: BEHIND_HANDSHAKE, how: 'reset' } } };

const rangesOf = ({ entries }: DuReport, table: string) =>
  normalize(
    Murmur3Partitioner,
    entries.filter((entry) => entry.table === table).flatMap(({ ranges }) => ranges.map(rangeOf)),
  );

test('with two replicas each range is asked of one; all of it adds up to the ring', () =>
  withTwo(async ({ nodes, partsWhere }) => {
    const { report } = await answer(asking(nodes), partsWhere({}));
    assert.is(report.entries.length, 4);
    assert.equal(rangesOf(report, 'users'), [fullRing(Murmur3Partitioner)]);
    const each = await answer(asking(nodes, { allReplicas: true }), partsWhere({}));
    assert.ok(each.report.entries.every(({ ranges }) => ranges[0] === `${MIN}:${MIN}`));
    assert.is(each.report.entries.length, 4);
  }));

test('a session that is cut is asked again', () =>
  withTwo(async ({ nodes, lastDialled, partsWhere }) => {
    const { report, events } = await answer(
      asking(nodes, { retry: AT_ONCE }),
      partsWhere({ [lastDialled]: CUT }),
    );
    const retrying = events.filter((event) => event.type === 'Retrying');
    assert.is(retrying.length, 1);
    assert.equal([report.verdict, report.silent], ['complete', []]);
    assert.equal(rangesOf(report, 'users'), [fullRing(Murmur3Partitioner)]);
  }));

test('what a node does not tell another one does, and the silent one is named', () =>
  withTwo(async ({ nodes, lastDialled, partsWhere }) => {
    const { report, events } = await answer(asking(nodes), partsWhere({ [lastDialled]: CUT }));
    assert.is(report.verdict, 'complete');
    assert.is(report.silent.length, 1);
    assert.equal(rangesOf(report, 'users'), [fullRing(Murmur3Partitioner)]);
    const [silent] = report.silent;
    const rerouted = events.filter((event) => event.type === 'Rerouted');
    assert.equal(
      new Set(rerouted.map(({ table, from }) => `${table} ${from}`)),
      new Set(['demo.users', 'demo.readings'].map((table) => `${table} ${silent?.replica}`)),
    );
    assert.ok(rerouted.every(({ from, to }) => from !== to));
    assert.ok(report.entries.every(({ replica }) => replica !== silent?.replica));
  }));

test('of all replicas, one that is down is missing', () =>
  withTwo(async ({ nodes, partsWhere }) => {
    const down = nodeAt(3);
    const { report } = await answer(
      asking([...nodes, down], { allReplicas: true }),
      partsWhere({}),
    );
    assert.is(report.verdict, 'partial');
    assert.equal(
      report.silent.map(({ replica }) => replica),
      [endpointText(down)],
    );
    assert.equal(
      report.missing.map(({ table, ranges }) => [table, ranges]),
      [
        ['demo.users', [`${MIN}:${MIN}`]],
        ['demo.readings', [`${MIN}:${MIN}`]],
      ],
    );
    assert.match(report.missing[0]?.reason ?? '', /10\.0\.0\.3/);
    // with one replica a range it is not needed
    const one = await answer(asking([...nodes, down]), partsWhere({}));
    assert.equal([one.report.verdict, one.report.silent.length], ['complete', 1]);
  }));

test('a node that falls silent in the session is given up when its time is over', () =>
  withTempFolder(async (data) => {
    copyTable(RELEASE, 'users', data);
    const network = memoryNetwork();
    const clock = new VirtualClock();
    const node = await startNode(
      { dataDirectory: data, listen: nodeAt(1) },
      partsWith(network.transport('10.0.0.1'), clock),
    );
    let prepared = 0;
    node.events$.subscribe(({ type }) => {
      if (type === 'SessionPrepared') prepared += 1;
    });
    const options = asking([node.endpoint], {
      names: [{ keyspace: 'demo', table: 'users' }],
      silenceTimeoutMs: 60_000,
    });
    const { count, transport } = counted(network.transport(US));
    await answer(options, partsWith(transport, clock));
    const answered = prepared;
    const silent = faultyTransport(
      network.transport(US),
      { dialled: { [count.dialled - 1]: { in: { vanishAtByte: BEHIND_HANDSHAKE } } } },
      { clock, random: seededRandom(4) },
    );
    const asked = answer(options, partsWith(silent, clock));
    let over = false;
    const done = () => {
      over = true;
    };
    asked.then(done, done);
    // No time passes before the node has answered, what nobody will hear: its disk has another clock.
    while (!over && prepared < 2 * answered) await clock.advance(0);
    while (!over && clock.nowMs() < 3_600_000) await clock.advance(1000);
    const { report } = await asked;
    assert.is(report.verdict, 'incomplete');
    assert.match(
      report.silent[0]?.reason ?? '',
      /silent for 300000 ms \(waiting for PREPARE_SYNACK\)/,
    );
    assert.equal([report.entries, report.bytes], [[], 0]);
    await node.close();
    assert.is(clock.pendingTimers, 0);
  }));

test('nobody there, a table nobody has, ranges and names that are none, and giving up', () =>
  withTwo(async ({ nodes, partsWhere }) => {
    const parts = partsWhere({});
    const nobody = await refused(asking([nodeAt(7)]), parts);
    assert.equal([nobody.kind, nobody.lost], ['refused', 'nothing']);
    assert.match(nobody.where, /10\.0\.0\.7:7000/);
    const unknown = await refused(
      asking(nodes, { names: [{ keyspace: 'demo', table: 'x' }] }),
      parts,
    );
    assert.is(unknown.code, 'SCM_PULL_NO_TABLE_ID');
    const range = await refused(asking(nodes, { ranges: ['zero:one'] }), parts);
    assert.equal([range.code, range.kind], ['SCM_PULL_RANGE', 'usage']);
    const host = await refused(asking(nodes, { only: ['10.0.0.8'] }), parts);
    assert.is(host.code, 'SCM_PLAN_UNKNOWN_NAME');
    const job = du(asking(nodes), { parts });
    job.cancel();
    const given = await job.result;
    assert.ok(given._tag === 'Left' && given.left.code === 'SCM_DU_ABORTED');
  }));

test.run();
