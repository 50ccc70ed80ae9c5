// An embedded node as a source (spec: streaming-4.0-plus §2.6, §5.1, §6.4, §6.9): it answers requests as nodes do, or better where they hang.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Murmur3Partitioner, normalize } from '@scamander/ring';
import type { SessionSnapshot, StreamEvent } from '@scamander/session';
import {
  changeStatistics,
  decodeStatistics,
  discover,
  encodeStatistics,
  type SSTableFiles,
  versionFeatures,
} from '@scamander/sstable-io';
import { memoryNetwork } from '@scamander/transport';
import type { PreviewKind, WireTokenRange } from '@scamander/wire-codec';
import { seededRandom, VirtualClock, withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FrontDoorParts } from '../../src/parts.ts';
import type { EmbeddedNode, ServeOptions } from '../../src/serve/serve.ts';
import {
  componentBytes,
  copyTable,
  loaded,
  networks,
  opened,
  partsWith,
  sampleTable,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';
import { type Asking, askFor, WHOLE_RING } from './pulls.ts';
import { rowsOf } from './rows-of.ts';

const RELEASE = '4.1.10-nb';
const TABLES = ['users', 'readings', 'with_none', 'with_lz4'] as const;
const US = '10.0.0.9';

interface Story {
  /** The node's data directory. */
  readonly data: string;
  readonly folder: string;
  readonly node: EmbeddedNode;
  readonly from: FrontDoorParts;
  /** What went wrong at the node. */
  readonly failures: { readonly code: string; readonly fileCode: string; readonly text: string }[];
  readonly events: StreamEvent[];
  /** Asks for ranges of the keyspace and receives into the folder of that name. */
  ask(
    into: string,
    request: Partial<Asking['requests'][number]>,
    more?: Partial<Asking>,
  ): Promise<SessionSnapshot>;
}

const sstablesIn = async (data: string): Promise<readonly SSTableFiles[]> =>
  (await discover([data])).tables.flatMap(({ sstables }) => sstables);

/** A node that has tables of the samples, over one of the networks. */
const story = (
  tables: readonly string[],
  tell: (story: Story) => Promise<void>,
  {
    network = networks[0],
    ...options
  }: Partial<ServeOptions> & {
    network?: (typeof networks)[number] | undefined;
  } = {},
): Promise<void> =>
  withTempFolder(async (folder) => {
    if (network === undefined) throw new Error('no network');
    const { from, to } = network.make(memoryNetwork());
    const data = join(folder, 'data');
    for (const table of tables) copyTable(RELEASE, table, data);
    const node = await startNode({ dataDirectory: data, listen: network.at, ...options }, to);
    const failures: Story['failures'] = [];
    const events: StreamEvent[] = [];
    node.events$.subscribe((event) => {
      events.push(event);
      if (event.type !== 'SessionFailed') return;
      const { error } = event;
      failures.push({
        code: error.code,
        fileCode: error.code === 'SCM_STREAM_FILE' ? error.fileCode : '',
        text: 'reason' in error ? error.reason : '',
      });
    });
    const at = network.name === 'TCP' ? { host: '127.0.0.1', port: 0 } : { host: US, port: 7000 };
    const known = await tablesOf([data]);
    const ask: Story['ask'] = (into, request, more = {}) =>
      askFor(
        {
          peer: node.endpoint,
          at,
          requests: [{ keyspace: 'demo', ...request }],
          tables: known,
          dataDirectory: join(folder, into),
          ...more,
        },
        from,
      );
    try {
      await tell({ data, folder, node, from, failures, events, ask });
    } finally {
      await node.close();
    }
    const rests = snapshot(folder).filter(([path]) => /incoming|txn/.test(path));
    assert.equal(rests, [], 'staging folders');
  });

const dataBytes = (sstables: readonly SSTableFiles[]): readonly string[] =>
  sstables.map((files) => componentBytes(files, 'Data.db').toString('base64')).sort();

const assertComplete = ({ state, outcome, error }: SessionSnapshot): void =>
  assert.equal([state, outcome, error], ['COMPLETE', 'applied', undefined]);

for (const network of networks) {
  test(`all tables of a keyspace over ${network.name}: every SSTable whole, byte for byte`, () =>
    story(
      TABLES,
      async ({ data, folder, ask, events }) => {
        assertComplete(await ask('pulled', {}));
        const [there, here] = [
          await sstablesBelow(data),
          await sstablesBelow(join(folder, 'pulled')),
        ];
        assert.ok(there.length >= TABLES.length);
        assert.equal(dataBytes(here), dataBytes(there));
        const sent = events.filter((event) => event.type === 'FileStarted');
        assert.ok(sent.every((event) => event.type === 'FileStarted' && event.entire));
      },
      { network },
    ));

  test(`with entire: never the same rows come as sections over ${network.name}`, () =>
    story(
      TABLES,
      async ({ data, folder, ask, events }) => {
        assertComplete(await ask('pulled', {}));
        const sent = events.filter((event) => event.type === 'FileStarted');
        assert.ok(sent.length > 0);
        assert.ok(sent.every((event) => event.type === 'FileStarted' && !event.entire));
        assert.equal(
          await rowsOf(await sstablesBelow(join(folder, 'pulled'))),
          await rowsOf(await sstablesBelow(data)),
        );
      },
      { network, entire: 'never' },
    ));
}

test('named tables come alone; a name twice is a name', () =>
  story(TABLES, async ({ folder, ask }) => {
    assertComplete(await ask('pulled', { tables: ['users', 'readings', 'users'] }));
    const names = (await sstablesBelow(join(folder, 'pulled'))).map(
      ({ descriptor }) => descriptor.table,
    );
    assert.equal([...new Set(names)].sort(), ['readings', 'users']);
  }));

for (const [what, request, preview] of [
  ['keyspace', { keyspace: 'nowhere' }, 'NONE'],
  ['keyspace, in a preview', { keyspace: 'nowhere' }, 'ALL'],
  ['table', { tables: ['users', 'nothing'] }, 'NONE'],
  ['table, in a preview', { tables: ['users', 'nothing'] }, 'UNREPAIRED'],
] as const) {
  test(`an unknown ${what} fails the session at once, with words on both sides`, () =>
    story(TABLES, async ({ ask, failures }) => {
      const session = await ask('pulled', request, { preview });
      assert.is(session.error?.code, 'SCM_STREAM_PEER_FAILED');
      assert.equal(
        failures.map(({ fileCode }) => fileCode),
        ['SCM_SERVE_UNKNOWN_TABLE'],
      );
    }));
}

test('no ranges, no SSTables, or none of them in the ranges: nothing is announced, and that is complete', () =>
  story(['users'], async ({ folder, node, ask }) => {
    const empty = await node.addTable('demo', 'empty', '5ca3a000-0000-11ee-8000-0000000000aa');
    assert.is(empty.table, 'empty');
    const nobody = { left: 1n, right: 2n };
    for (const request of [
      { tables: ['users'], fullRanges: [] },
      { tables: ['empty'] },
      { tables: ['users'], fullRanges: [nobody] },
    ]) {
      const session = await ask('pulled', request);
      assert.equal([session.state, session.receiving], ['COMPLETE', []]);
    }
    assert.equal(await sstablesIn(join(folder, 'pulled')), []);
  }));

test('previews: ALL and a pull announce the same sums; kinds select by repair', () =>
  story(TABLES, async ({ data, ask }) => {
    const [repaired] = await sstablesBelow(sampleIn(data, 'users'));
    if (repaired === undefined) throw new Error('no SSTable');
    changeStanding(repaired, { repairedAtMs: 1_700_000_000_123n, sstableLevel: 3 });
    const sums = async (preview: PreviewKind, tables: string[] = []) => {
      const { receiving, state } = await ask('pulled', { tables }, { preview });
      assert.is(state, 'COMPLETE');
      return receiving.map(({ tableId, files, totalSizeBytes }) => [
        tableId,
        files,
        totalSizeBytes,
      ]);
    };
    const all = await sums('ALL');
    assert.is(all.length, TABLES.length);
    assert.equal(all, await sums('NONE'));
    const repairedOnes = await sums('REPAIRED');
    assert.is(repairedOnes.length, 1, 'one table has a repaired SSTable');
    const bytesOf = (rows: typeof all) =>
      rows.reduce((sum, [, , bytes]) => sum + BigInt(bytes ?? 0), 0n);
    assert.is(bytesOf(repairedOnes) + bytesOf(await sums('UNREPAIRED')), bytesOf(all));
    assert.equal(await sums('REPAIRED', ['readings']), []);
  }));

const sampleIn = (data: string, table: string): string =>
  join(data, 'demo', sampleTable(RELEASE, table).split('/').at(-1) ?? '');

const changeStanding = (
  files: SSTableFiles,
  change: Parameters<typeof changeStatistics>[1],
): void => {
  const path = join(files.descriptor.directory, `${files.descriptor.prefix}Statistics.db`);
  const { format, version } = files.descriptor;
  const features = versionFeatures(format, version, path);
  if (features._tag === 'Left') throw features.left;
  const read = decodeStatistics(readFileSync(path), features.right, path);
  if (read._tag === 'Left') throw read.left;
  writeFileSync(path, encodeStatistics(changeStatistics(read.right, change)));
};

for (const entire of ['auto', 'never'] as const) {
  for (const [operation, level] of [
    ['Rebuild', 3],
    ['Bootstrap', 3],
    ['Bulk Load', 0],
    ['Repair', 0],
  ] as const) {
    test(`${operation}, entire ${entire}: repairedAt comes with the SSTable, the level is ${level}`, () =>
      story(
        ['with_none'],
        async ({ data, folder, ask }) => {
          const [there] = await sstablesBelow(data);
          if (there === undefined) throw new Error('no SSTable');
          changeStanding(there, { repairedAtMs: 1_700_000_000_123n, sstableLevel: 3 });
          assertComplete(await ask('pulled', {}, { operation }));
          const [here] = await sstablesBelow(join(folder, 'pulled'));
          if (here === undefined) throw new Error('nothing came');
          await opened(here, ({ statistics }) => {
            assert.is(statistics.repairedAtMs, 1_700_000_000_123n);
            assert.is(statistics.sstableLevel, level);
          });
        },
        { entire },
      ));
  }
}

test('a session of a repair gets what belongs to that repair, and nothing else', () =>
  story(['users'], async ({ data, folder, ask }) => {
    const pendingRepair = '11111111-1111-11ee-8000-000000000001';
    const [first] = await sstablesBelow(data);
    if (first === undefined) throw new Error('no SSTable');
    changeStanding(first, { pendingRepair });
    assertComplete(await ask('pulled', {}, { pendingRepair, operation: 'Repair' }));
    const here = await sstablesBelow(join(folder, 'pulled'));
    assert.equal(dataBytes(here), dataBytes([first]));
    const other = await ask('other', {}, { pendingRepair: '11111111-1111-11ee-8000-000000000002' });
    assert.equal([other.state, other.receiving], ['COMPLETE', []]);
  }));

test('of repaired SSTables transient ranges ask nothing', () =>
  story(['users'], async ({ data, ask }) => {
    const [first, second] = await sstablesBelow(data);
    if (first === undefined || second === undefined) throw new Error('no SSTables');
    changeStanding(first, { repairedAtMs: 1n });
    const request = { fullRanges: [], transientRanges: [WHOLE_RING] };
    const session = await ask('pulled', request);
    assertComplete(session);
    assert.is(session.filesReceived, 1);
  }));

test('one that was deleted between selection and sending: a typed failure on both sides, nothing is kept', () =>
  story(['users'], async ({ data, folder, ask, failures }) => {
    const session = await ask(
      'pulled',
      {},
      {
        // the node prepared the session; its files leave only after our PREPARE_ACK
        onEvent: ({ type }) => {
          if (type === 'SessionPrepared') rmSync(join(data, 'demo'), { recursive: true });
        },
      },
    );
    assert.is(session.state, 'FAILED');
    assert.is(session.outcome, 'nothing-applied');
    assert.equal(
      failures.map(({ fileCode }) => fileCode),
      ['SCM_SERVE_SSTABLE_GONE'],
    );
    assert.match(failures[0]?.text ?? '', /ask again/);
    assert.equal(await sstablesIn(join(folder, 'pulled')), []);
  }));

test('an SSTable that lacks a component is no answer: the peer would miss its rows', () =>
  story(['users'], async ({ data, ask, failures }) => {
    const [first] = await sstablesBelow(data);
    if (first === undefined) throw new Error('no SSTable');
    rmSync(join(first.descriptor.directory, `${first.descriptor.prefix}Statistics.db`));
    const session = await ask('pulled', {});
    assert.is(session.error?.code, 'SCM_STREAM_PEER_FAILED');
    assert.equal(
      failures.map(({ fileCode }) => fileCode),
      ['SCM_SSTABLE_MISSING_COMPONENT'],
    );
  }));

test('snapshots and foreign files beside the SSTables are not sent', () =>
  story(['with_none'], async ({ data, folder, ask }) => {
    const [files] = await sstablesBelow(data);
    if (files === undefined) throw new Error('no SSTable');
    const tag = join(files.descriptor.directory, 'snapshots', 'before');
    mkdirSync(tag, { recursive: true });
    for (const name of files.components.keys())
      writeFileSync(join(tag, `${files.descriptor.prefix}${name}`), componentBytes(files, name));
    writeFileSync(join(files.descriptor.directory, 'note.txt'), 'mine');
    assertComplete(await ask('pulled', {}));
    assert.is((await sstablesBelow(join(folder, 'pulled'))).length, 1);
  }));

test('nobody listens where the peer said: three dials, each told, then the session fails on both sides', () =>
  story(['users'], async ({ folder, ask, failures, events }) => {
    const announce = { host: US, port: 7999 };
    const session = await ask('pulled', {}, { announce });
    assert.is(session.error?.code, 'SCM_STREAM_PEER_FAILED');
    assert.equal(
      failures.map(({ code }) => code),
      ['SCM_STREAM_UNREACHABLE'],
    );
    const attempts = events.flatMap((event) =>
      event.type === 'FileRetried' ? [[event.attempt, event.reason.includes('10.0.0.9:7999')]] : [],
    );
    // two connections are dialled side by side
    assert.equal(attempts.toSorted(), [
      [2, true],
      [2, true],
      [3, true],
      [3, true],
    ]);
    assert.equal(await sstablesIn(join(folder, 'pulled')), []);
  }));

test('a peer behind NAT is dialled where the map says', () =>
  story(
    ['users'],
    async ({ folder, ask }) => {
      const announce = { host: '198.51.100.1', port: 7000 };
      assertComplete(await ask('pulled', {}, { announce }));
      assert.is((await sstablesBelow(join(folder, 'pulled'))).length, 2);
    },
    { addressMap: new Map([['198.51.100.1', `${US}:7000`]]) },
  ));

test('who is known by another address than its own calls itself so', () =>
  story(
    ['users'],
    async ({ node, folder, ask }) => {
      const peer = { host: '198.51.100.2', port: 7001 };
      const session = await ask('pulled', {}, { peer, addressMap: () => node.endpoint });
      assertComplete(session);
      assert.is((await sstablesBelow(join(folder, 'pulled'))).length, 2);
    },
    { announce: { host: '198.51.100.2', port: 7001 } },
  ));

test('asked while it receives: what is committed by then is sent, the rest is not', () =>
  story(['users'], async ({ data, folder, node, from, ask }) => {
    const before = dataBytes(await sstablesBelow(data));
    const pulls: Promise<SessionSnapshot>[] = [];
    const { report } = await loaded(
      {
        paths: [sampleTable(RELEASE, 'users')],
        target: { kind: 'direct', nodes: [node.endpoint] },
      },
      from,
      ({ type }) => {
        // its files are under way, and not yet the table's
        if (type === 'FileStarted' && pulls.length === 0) pulls.push(ask('pulled', {}));
      },
    );
    assert.is(report.verdict, 'complete');
    for (const session of await Promise.all(pulls)) assertComplete(session);
    const pulled = dataBytes(await sstablesBelow(join(folder, 'pulled')));
    const after = dataBytes(await sstablesBelow(data));
    assert.is(after.length, before.length * 2);
    assert.ok(
      [before, after].some((whole) => JSON.stringify(whole) === JSON.stringify(pulled)),
      'the table before or after the load, nothing between',
    );
  }));

test('what is sent to who asks is held back by the rates of the node, which may change meanwhile', () =>
  withTempFolder(async (folder) => {
    const clock = new VirtualClock();
    const network = memoryNetwork();
    const data = join(folder, 'data');
    copyTable(RELEASE, 'users', data);
    const at = { host: '10.0.0.1', port: 7000 };
    const node = await startNode(
      { dataDirectory: data, listen: at, rates: { entire: 2000 } },
      partsWith(network.transport(at.host), clock),
    );
    let [moved, over] = [0, false];
    node.events$.subscribe((event) => {
      if (event.type === 'FileChunk') moved += event.chunk.lengthBytes;
    });
    const asked = askFor(
      {
        peer: at,
        at: { host: US, port: 7000 },
        requests: [{ keyspace: 'demo' }],
        tables: await tablesOf([data]),
        dataDirectory: join(folder, 'pulled'),
      },
      partsWith(network.transport(US), clock),
    ).finally(() => {
      over = true;
    });
    const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    while (moved === 0) await breathe();
    for (let second = 1; second <= 5; second += 1) {
      await clock.advance(1000);
      // a second's worth at the start, and one piece for each of two connections
      const bound = 2000 * (second + 1) + 2 * 32_768;
      assert.ok(moved <= bound, `${moved} bytes after ${second} s, ${bound} allowed`);
    }
    assert.not.ok(over, 'the throttle holds it back');
    node.throttle.setRates({ entire: 0 });
    while (!over) await breathe();
    assertComplete(await asked);
    await node.close();
    assert.is(clock.pendingTimers, 0, 'timers');
  }));

const token = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const someRanges: fc.Arbitrary<readonly WireTokenRange[]> = fc.array(
  fc.oneof(
    fc.record({ left: token, right: token }),
    // ends on keys that are there, so that ranges adjoin, and (x, x]
    fc.record({ left: fc.nat(40), right: fc.nat(40) }).map(({ left, right }) => ({
      left: BigInt(left - 20) * 2n ** 58n,
      right: BigInt(right - 20) * 2n ** 58n,
    })),
  ),
  { minLength: 1, maxLength: 6 },
);

test('property: whatever ranges are asked, exactly the partitions in them arrive, once', () =>
  story(['users', 'readings'], async ({ data, folder, ask }) => {
    const there = await sstablesBelow(data);
    let run = 0;
    const random = seededRandom(11);
    await fc.assert(
      fc.asyncProperty(someRanges, async (fullRanges) => {
        run += 1;
        const into = `pulled-${run}`;
        const session = await ask(into, { fullRanges });
        assert.is(session.state, 'COMPLETE');
        const ranges = normalize(Murmur3Partitioner, fullRanges);
        const here = await sstablesIn(join(folder, into));
        assert.equal(await rowsOf(here), await rowsOf(there, ranges));
        rmSync(join(folder, into), { recursive: true, force: true });
      }),
      { numRuns: 25, seed: Math.floor(random() * 2 ** 31) },
    );
  }));

test.run();
