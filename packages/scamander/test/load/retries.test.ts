// A load over a network that fails: tried again in new sessions until it is done, or until the policy says that it is enough.
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemClock } from '@scamander/throttle';
import {
  type FaultPlan,
  faultyTransport,
  memoryNetwork,
  type Transport,
} from '@scamander/transport';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadEvent } from '../../src/load/events.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import type { RetryPolicy } from '../../src/retry/policy.ts';
import {
  copyTable,
  type Loaded,
  loaded,
  partsWith,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';

const HOSTS = ['10.0.0.1', '10.0.0.2'];
const QUICK: RetryPolicy = {
  attempts: 4,
  firstDelayMs: 5,
  factor: 2,
  maxDelayMs: 20,
  jitter: 0.5,
};

interface Story {
  readonly faults: FaultPlan;
  readonly options?: Partial<LoadOptions>;
  readonly hosts?: readonly string[];
  /** Of these the ones where nobody listens. */
  readonly absent?: readonly string[];
  /** @default users, with two SSTables */
  readonly tables?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: LoadEvent) => void;
  readonly wrap?: (transport: Transport) => Transport;
}

const endpointOf = (host: string) => ({ host, port: 7000 });

/** Two SSTables for each of some nodes, over a network with these faults on what we dial. */
const told = async (
  story: Story,
  check: (loaded: Loaded, received: ReadonlyMap<string, number>) => void | Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const { hosts = HOSTS.slice(0, 1), absent = [] } = story;
    const paths = (story.tables ?? ['users']).map((name) =>
      copyTable('4.1.10-nb', name, join(folder, 'source')),
    );
    const tables = await tablesOf(paths);
    const nodes = await Promise.all(
      hosts
        .filter((host) => !absent.includes(host))
        .map(async (host) => {
          const dataDirectory = join(folder, host);
          const node = await startNode(
            { dataDirectory, listen: endpointOf(host), tables },
            partsWith(network.transport(host)),
          );
          return { host, dataDirectory, node };
        }),
    );
    const parts = { clock: systemClock, random: seededRandom(7) };
    const faulty = faultyTransport(network.transport('10.0.0.9'), story.faults, parts);
    try {
      const result = await loaded(
        {
          paths,
          target: { kind: 'direct', nodes: hosts.map(endpointOf) },
          ...{ retry: QUICK, connections: 1, silenceTimeoutMs: 2000 },
          ...story.options,
        },
        partsWith(story.wrap?.(faulty) ?? faulty),
        story.onEvent,
        story.signal,
      );
      const received = new Map<string, number>();
      for (const { host, dataDirectory } of nodes)
        received.set(host, (await sstablesBelow(dataDirectory).catch(() => [])).length);
      await check(result, received);
    } finally {
      for (const { node } of nodes) await node.close();
    }
  });

const retries = ({ events }: Loaded) =>
  events.flatMap((event) => (event.type === 'Retrying' ? [event] : []));

/** SSTable at replica, as often as they are acknowledged. */
const acknowledged = ({ report }: Loaded): readonly string[] =>
  report.receipt.deliveries
    .filter(({ status }) => status === 'acknowledged')
    .map(({ sstable, replica }) => `${basename(sstable)} ${replica}`)
    .sort();

const ONCE_EACH = ['nb-1-big-Data.db 10.0.0.1:7000', 'nb-2-big-Data.db 10.0.0.1:7000'];

/** Of each connection the bytes from its handshake, within which it is dialled again in the same session, to well before its end. */
const PLACES = {
  control: { index: 1, from: 25, count: 60 },
  file: { index: 2, from: 25, count: 14_000 },
};

const random = seededRandom(2026);

for (const [name, { index, from, count }] of Object.entries(PLACES))
  for (const kind of ['cut', 'corrupt'] as const)
    test(`the ${name} connection ${kind} at seeded places: the next session does it, and each SSTable is acknowledged once`, async () => {
      for (let round = 0; round < 3; round += 1) {
        const atByte = from + Math.floor(random() * count);
        const out =
          kind === 'cut' ? { cut: { atByte, how: 'reset' as const } } : { corrupt: { atByte } };
        await told({ faults: { dialled: { [index]: { out } } } }, (result, received) => {
          assert.is(result.report.verdict, 'complete', `${atByte}`);
          assert.equal(acknowledged(result), ONCE_EACH);
          assert.is(result.report.receipt.deliveries.length, 2, 'no failure is in the receipt');
          // a changed byte of a control message may change nothing that matters
          if (kind === 'cut') assert.is(retries(result).length, 1, `${atByte}`);
          assert.is(received.get('10.0.0.1'), 2);
        });
      }
    });

test('a slow, trembling network needs no second try', () => {
  const slow = { delayMs: 3, jitterMs: 8, pieceBytesMax: 900 };
  return told({ faults: { others: { out: slow, in: slow } } }, (result) => {
    assert.is(result.report.verdict, 'complete');
    assert.equal(acknowledged(result), ONCE_EACH);
    assert.is(retries(result).length, 0);
  });
});

test('what a session acknowledged is not sent again by the sessions after it', () =>
  told(
    {
      // asked, first session (control, file), control of the second, whose file connection breaks
      faults: { dialled: { 4: { out: { cut: { atByte: 3000, how: 'reset' } } } } },
      options: { sessionBytes: 1 },
    },
    (result, received) => {
      assert.is(result.report.verdict, 'complete');
      assert.equal(acknowledged(result), ONCE_EACH);
      assert.is(received.get('10.0.0.1'), 2);
      const sent = result.events.flatMap((event) =>
        event.type === 'FileSent' ? [event.file] : [],
      );
      assert.is(sent.length, 2, sent.join(' '));
      assert.is(result.report.receipt.planIds.length, 3);
      assert.is(new Set(result.report.receipt.deliveries.map(({ planId }) => planId)).size, 2);
    },
  ));

test('tries that are used up: the report has the reason and their number, and the other replica has everything', () =>
  told(
    {
      hosts: HOSTS,
      faults: {},
      wrap: (transport) => ({
        ...transport,
        // every session with the second node loses its files
        connect: async (to, options) => {
          const faulty = faultyTransport(
            transport,
            { others: to.host === HOSTS[1] ? { out: { cut: { atByte: 600, how: 'reset' } } } : {} },
            { clock: systemClock, random },
          );
          return faulty.connect(to, options);
        },
      }),
    },
    (result, received) => {
      const { report } = result;
      assert.is(report.verdict, 'failed', 'QUORUM of two is two');
      assert.equal(acknowledged(result), ONCE_EACH);
      const lost = report.receipt.deliveries.filter(({ replica }) => replica === '10.0.0.2:7000');
      assert.is(lost.length, 2);
      for (const { status, reason } of lost) {
        assert.is(status, 'failed');
        assert.match(reason ?? '', /lost .*; tried 4 times$/);
      }
      assert.equal(
        retries(result).map(({ peer, attempt, attempts }) => [peer, attempt, attempts]),
        [2, 3, 4].map((attempt) => ['10.0.0.2:7000', attempt, 4]),
      );
      assert.equal([...received.values()], [2, 0]);
      assert.equal(report.repairCommands, ['nodetool -h 10.0.0.2 repair -full demo users']);
    },
  ));

test('a replica that is down at first and up later gets its part by another plan', () => {
  const asked: string[] = [];
  return told(
    {
      hosts: HOSTS,
      faults: {},
      wrap: (transport) => ({
        ...transport,
        connect: (to, options) => {
          asked.push(to.host);
          const refuse =
            to.host === HOSTS[1] && asked.filter((host) => host === to.host).length < 3;
          const faulty = faultyTransport(
            transport,
            { others: { refuse } },
            { clock: systemClock, random },
          );
          return faulty.connect(to, options);
        },
      }),
    },
    (result, received) => {
      assert.is(result.report.verdict, 'complete');
      assert.equal([...received.values()], [2, 2]);
      assert.is(result.report.receipt.deliveries.length, 4);
      assert.is(retries(result).length, 2);
    },
  );
});

test('a replica that stays away is waited for once, not once a table', () =>
  told(
    {
      hosts: HOSTS,
      absent: HOSTS.slice(1),
      faults: {},
      tables: ['users', 'with_none', 'with_lz4'],
    },
    (result, received) => {
      assert.is(result.report.verdict, 'failed');
      assert.equal(
        retries(result).map(({ attempt }) => attempt),
        [2, 3, 4],
      );
      assert.is(received.get('10.0.0.1'), 4);
      assert.equal(
        result.report.repairCommands,
        ['users', 'with_lz4', 'with_none'].map(
          (name) => `nodetool -h 10.0.0.2 repair -full demo ${name}`,
        ),
      );
    },
  ));

test('a file that is gone when its turn comes costs its own SSTable, not the others', () =>
  told(
    {
      faults: {},
      onEvent: (event) => {
        if (event.type !== 'Planned') return;
        const [replica] = event.plan.tables[0]?.replicas ?? [];
        const gone = replica?.transfers.find(({ sstable }) => sstable.includes('nb-1-big'));
        if (gone !== undefined) rmSync(gone.sstable);
      },
    },
    (result, received) => {
      const { deliveries } = result.report.receipt;
      assert.is(result.report.verdict, 'failed');
      assert.equal(deliveries.map(({ sstable, status }) => [basename(sstable), status]).sort(), [
        ['nb-1-big-Data.db', 'failed'],
        ['nb-2-big-Data.db', 'acknowledged'],
      ]);
      assert.match(deliveries.find(({ status }) => status === 'failed')?.reason ?? '', 'nb-1-big');
      assert.is(received.get('10.0.0.1'), 1);
    },
  ));

test('a load that is given up while it waits for a try ends at once and says what it knows', async () => {
  const patient = { ...QUICK, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000 };
  const controller = new AbortController();
  await told(
    {
      faults: { dialled: { 2: { out: { cut: { atByte: 600, how: 'reset' } } } } },
      options: { retry: patient },
      onEvent: ({ type }) => {
        if (type === 'Retrying') controller.abort();
      },
      signal: controller.signal,
    },
    ({ report }) => {
      assert.is(report.verdict, 'failed');
      assert.equal(
        report.receipt.deliveries.map(({ status }) => status),
        ['failed', 'failed'],
      );
    },
  );
});

test.run();
