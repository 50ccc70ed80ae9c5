// A ring of three nodes, two replicas, 16 tokens each: every replica gets exactly its ranges, checked in each node's own files; with all
// nodes up, with one down, and with a fourth that is joining.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { discover, openSSTable } from '@scamander/sstable-io';
import { OutboundThrottle } from '@scamander/throttle';
import {
  type Node,
  type Release,
  type Ring,
  releases,
  startRing,
} from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { transfer } from '../src/load/transfer.ts';
import { sectionFile, sectionTransferSize } from '../src/outgoing/section-file.ts';
import { systemParts } from '../src/parts.ts';
import type { TargetNode } from '../src/target/target.ts';
import { assertComplete, type Loaded, loadInto, ONE_TRY } from './support/loading.ts';
import { executeAll, freshKeyspace } from './support/nodes.ts';
import { describedRanges, keysOnDisk, keysOwed, tokensOf } from './support/ring-check.ts';
import { tableFolder } from './support/written.ts';

const KEYS = 400;
const REPLICAS = 2;
const SOURCE = 'source';
/** One with chunks, one with blocks of CRC.db: sections are cut from both in other ways. */
const TABLES = {
  compressed: "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
  plain: "{'enabled': 'false'}",
} as const;
const NAMES = Object.keys(TABLES);

const createTables = async (node: Node, keyspace: string, factor: number): Promise<void> => {
  const cql = await node.cql();
  await freshKeyspace(cql, keyspace, factor);
  for (const [name, compression] of Object.entries(TABLES)) {
    await cql.execute(
      `CREATE TABLE ${keyspace}.${name} (k int PRIMARY KEY, v text) WITH compression = ${compression} AND compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`,
    );
  }
};

/** With as many replicas as nodes, the first node has every key. */
const writeSource = async (ring: Ring): Promise<readonly string[]> => {
  const node = ring.first;
  await createTables(node, SOURCE, ring.nodes.length);
  for (const name of NAMES) {
    await executeAll(
      await node.cql(),
      Array.from(
        { length: KEYS },
        (_, k) =>
          `INSERT INTO ${SOURCE}.${name} (k, v) VALUES (${k}, '${`value ${k} `.repeat(20)}')`,
      ),
    );
  }
  await node.nodetool('flush', SOURCE);
  await node.nodetool('snapshot', '-t', 'all', SOURCE);
  const folders = await Promise.all(NAMES.map((name) => tableFolder(node, SOURCE, name)));
  return folders.map((folder) => join(folder, 'snapshots', 'all'));
};

/** Each of these nodes has, in its files, the keys it owes and no others. */
const assertExactly = async (
  ring: Ring,
  nodes: readonly Node[],
  keyspace: string,
): Promise<void> => {
  const ranges = await describedRanges(ring.first, keyspace);
  for (const name of NAMES) {
    const tokens = await tokensOf(ring.first, `${SOURCE}.${name}`);
    assert.is(tokens.size, KEYS);
    for (const node of nodes) {
      const owed = keysOwed(node.address, ranges, tokens);
      assert.ok(owed.length > 0 && owed.length < KEYS, 'a part of the keys');
      const found = await keysOnDisk(ring.first, node, keyspace, name);
      assert.equal(found, owed, `keys of ${keyspace}.${name} in the files of ${node.name}`);
    }
  }
};

/** Each replica's part of a load, by address. */
const deliveredTo = ({ report }: Loaded, node: Node) =>
  report.receipt.deliveries.filter(({ replica }) => replica.startsWith(`${node.address}:`));

const allUp = async (ring: Ring, paths: readonly string[]): Promise<void> => {
  await createTables(ring.first, 'all_up', REPLICAS);
  const loaded = await loadInto(ring.first, { paths, keyspace: 'all_up' });
  assertComplete(loaded, ring.nodes.length * NAMES.length);
  assert.ok(loaded.report.receipt.deliveries.every(({ mode }) => mode === 'sections'));
  await assertExactly(ring, ring.nodes, 'all_up');
  const cql = await ring.first.cql();
  for (const name of NAMES) {
    const { rows } = await cql.execute(`SELECT count(*) AS n FROM all_up.${name}`);
    assert.is(String(rows[0]?.get('n')), String(KEYS));
  }
};

/** Where a replica owns everything it gets the whole SSTable, and only there. */
const wholeCopies = async (ring: Ring, paths: readonly string[]): Promise<void> => {
  await createTables(ring.first, 'whole', ring.nodes.length);
  const loaded = await loadInto(ring.first, { paths, keyspace: 'whole' });
  assertComplete(loaded, ring.nodes.length * NAMES.length);
  assert.ok(loaded.report.receipt.deliveries.every(({ mode }) => mode === 'entire'));
};

const oneDown = async (ring: Ring, paths: readonly string[]): Promise<void> => {
  const [first, second, down] = ring.nodes as [Node, Node, Node];
  await createTables(first, 'one_down', REPLICAS);
  await createTables(first, 'one_enough', REPLICAS);
  await down.kill();
  const short = await loadInto(first, { paths, keyspace: 'one_down', retry: ONE_TRY });
  assert.is(short.report.verdict, 'failed', 'QUORUM of two is two');
  assert.match(short.report.consistency ?? '', `missing: ${down.address}`);
  assert.equal(deliveredTo(short, down), []);
  for (const node of [first, second])
    assert.ok(deliveredTo(short, node).every(({ status }) => status === 'acknowledged'));
  const skipped = short.report.plan.tables.flatMap(({ replicas }) =>
    replicas.filter(({ replica }) => replica.startsWith(down.address)),
  );
  assert.is(skipped.length, NAMES.length);
  for (const replica of skipped) assert.match(replica.skipped ?? '', /refused|connect/i);
  await assertExactly(ring, [first, second], 'one_down');

  const enough = await loadInto(first, {
    paths,
    keyspace: 'one_enough',
    consistency: 'ONE',
    retry: ONE_TRY,
  });
  assert.is(enough.report.verdict, 'partial');
  assert.match(enough.report.consistency ?? '', `passed over: ${down.address}`);
  await down.start();
  await ring.waitUntilSettled();
};

/** Slow enough that a node is killed, or another joins, while bytes are on their way. */
const SLOWLY = { entire: 40_000, outbound: 40_000 };
const TWO_QUICK_TRIES = { ...ONE_TRY, attempts: 2, firstDelayMs: 500 };

/** The others finish; what the report says to run gives the node what it missed, and so does the same load with its ledger. */
const oneKilled = (ring: Ring, paths: readonly string[]): Promise<void> =>
  withTempFolder(async (folder) => {
    const [first, second, victim] = ring.nodes as [Node, Node, Node];
    await createTables(first, 'one_killed', ring.nodes.length);
    const ledger = join(folder, 'ledger');
    let killing: Promise<void> | undefined;
    const loaded = await loadInto(
      first,
      { paths, keyspace: 'one_killed', rates: SLOWLY, retry: TWO_QUICK_TRIES, ledger },
      (event, run) => {
        if (event.type !== 'FileChunk' || event.session.peer.host !== victim.address) return;
        killing ??= victim.kill().then(() => run.throttle.setRates({ entire: 0, outbound: 0 }));
      },
    );
    await killing;
    const { report } = loaded;
    assert.is(report.verdict, 'partial', report.consistency);
    assert.match(report.consistency ?? '', /^consistency QUORUM is reached/);
    for (const node of [first, second])
      assert.ok(deliveredTo(loaded, node).every(({ status }) => status === 'acknowledged'));
    const lost = deliveredTo(loaded, victim);
    assert.ok(lost.length > 0 && lost.every(({ status }) => status !== 'acknowledged'));
    assert.match(lost[0]?.reason ?? '', /tried 2 times$/);
    const command = (name: string): string =>
      `nodetool -h ${victim.address} repair -full one_killed ${name}`;
    assert.equal([...report.repairCommands].sort(), [...NAMES].sort().map(command));
    await victim.start();
    await ring.waitUntilSettled();
    await victim.nodetool(...command('plain').split(' ').slice(3));
    const repaired = await keysOnDisk(first, victim, 'one_killed', 'plain');
    assert.is(new Set(repaired).size, KEYS, 'repaired');
    await someRepaired(ring);
    const again = await loadInto(first, { paths, keyspace: 'one_killed', ledger });
    assertComplete(again, ring.nodes.length * NAMES.length);
    for (const node of [first, second])
      assert.ok(deliveredTo(again, node).every(({ earlierRun }) => earlierRun === 1));
    assert.ok(deliveredTo(again, victim).every(({ earlierRun }) => earlierRun === undefined));
    const keys = await keysOnDisk(first, victim, 'one_killed', 'compressed');
    assert.is(keys.length, KEYS, 'sent again, once');
  });

/** Commands for single ranges are ones that nodetool takes. */
const someRepaired = async (ring: Ring): Promise<void> => {
  const node = ring.nodes[1] as Node;
  const ranges = await describedRanges(ring.first, 'one_killed');
  const inside = ranges.find(({ start, end }) => start < 0n && end > start);
  if (inside === undefined) throw new Error('no range below zero');
  const flags = ['-full', '-st', `${inside.start}`, '-et', `${inside.end}`];
  const said = await node.nodetool('repair', ...flags, 'one_killed', 'plain');
  assert.match(said, /Repair completed successfully/);
};

/** A transfer that load() never plans: everything to one node, whoever owns it. */
const everythingTo = async (node: Node, keyspace: string, path: string) => {
  const { tables } = await discover([path]);
  const files = tables[0]?.sstables[0];
  if (files === undefined) throw new Error(`no SSTable in ${path}`);
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  const { dataLengthBytes, partitioner } = opened.right;
  const sections = [{ lower: 0n, upper: dataLengthBytes }];
  const chunks = await opened.right.chunksFor(sections);
  if (chunks._tag === 'Left') throw chunks.left;
  await opened.right.close();
  const cql = await node.cql();
  const { rows } = await cql.execute(
    `SELECT id FROM system_schema.tables WHERE keyspace_name = '${keyspace}' AND table_name = 'compressed'`,
  );
  const transferSizeBytes = sectionTransferSize(sections, chunks.right);
  const tableId = String(rows[0]?.get('id'));
  const endpoint = { host: node.address, port: node.storagePort };
  const target: TargetNode = {
    ...{ endpoint, dial: endpoint, dc: 'dc1', rack: 'rack1', status: 'normal' },
    releaseVersion: node.version,
  };
  const assignment = {
    ...{ sstable: path, mode: 'sections' as const, modeReason: undefined, ranges: [] },
    files: [sectionFile({ files, tableId, sections, transferSizeBytes })],
  };
  return { assignment, partitioner, target };
};

/** What a node says to partitions that are not its own, and what we make of it. */
const notItsOwn = async (ring: Ring, paths: readonly string[]): Promise<void> => {
  const node = ring.nodes[1] as Node;
  await createTables(ring.first, 'not_its_own', REPLICAS);
  const { assignment, partitioner, target } = await everythingTo(
    node,
    'not_its_own',
    paths[NAMES.indexOf('compressed')] as string,
  );
  const throttle = new OutboundThrottle(
    { clock: systemParts.clock },
    { outbound: 0, interDc: 0, entire: 0, interDcEntire: 0 },
  );
  const { deliveries } = await transfer(
    {
      ...{ keyspace: 'not_its_own', table: 'compressed', assignments: [assignment], throttle },
      peer: target.endpoint,
      target: { nodes: [target], localDc: 'dc1', partitioner },
      transport: systemParts.transport(undefined),
      announce: { host: '127.0.0.1', port: node.storagePort },
      ...{ connections: 1, silenceTimeoutMs: 20_000, versions: { min: 12, max: 14 } },
      signal: new AbortController().signal,
      emit: () => undefined,
    },
    systemParts,
  );
  throttle.close();
  // The last byte had left before the node refused: by the rule for late failures that is not a "failed" (streaming-4.0-plus §5.3).
  assert.is(deliveries[0]?.status, 'unknown');
  assert.match(deliveries[0]?.reason ?? '', 'a partition lies outside its ranges');
  assert.equal(await keysOnDisk(ring.first, node, 'not_its_own', 'compressed'), []);
};

const LOOK_EVERY_MS = 200;

const untilLogged = async (node: Node, text: string): Promise<void> => {
  while (!node.log().includes(text)) {
    assert.is(node.hasEnded(), undefined, node.logTail());
    await delay(LOOK_EVERY_MS);
  }
};

/** In write survey mode a node has its tokens and streamed its ranges, but stays in the state of joining until it is told. */
const oneJoining = async (ring: Ring, paths: readonly string[]): Promise<void> => {
  await createTables(ring.first, 'one_joining', REPLICAS);
  const members = [...ring.nodes];
  const joining = await ring.add({
    waitFor: 'storage',
    jvmProperties: { 'cassandra.write_survey': 'true' },
  });
  await untilLogged(joining, 'write survey mode is active');
  assert.match(await ring.first.nodetool('status'), new RegExp(`UJ +${joining.address} `));
  const loaded = await loadInto(ring.first, { paths, keyspace: 'one_joining' });
  assertComplete(loaded, ring.nodes.length * NAMES.length);
  const [planned] = loaded.report.plan.tables;
  const replica = planned?.replicas.find((one) => one.replica.startsWith(joining.address));
  assert.is(replica?.status, 'joining');
  // The members still owe what they own now …
  await assertExactly(ring, members, 'one_joining');
  // … and the new one has what Cassandra says it owns once it is a member, which it becomes while another load is under way.
  await createTables(ring.first, 'joined_meanwhile', REPLICAS);
  let becoming: Promise<unknown> | undefined;
  const meanwhile = await loadInto(
    ring.first,
    { paths, keyspace: 'joined_meanwhile', rates: { outbound: 1_000, entire: 1_000 } },
    (event, run) => {
      if (event.type === 'FileChunk') becoming ??= joining.nodetool('join');
      if (event.type === 'RingChanged') run.throttle.setRates({ outbound: 0, entire: 0 });
    },
  );
  await becoming;
  assert.match(
    meanwhile.events.flatMap((event) => (event.type === 'RingChanged' ? [event.message] : []))[0] ??
      '',
    `${joining.address}:${joining.storagePort} is normal, it was joining`,
  );
  assert.is(meanwhile.report.verdict, 'complete');
  await ring.waitUntilSettled();
  await assertExactly(ring, [joining], 'joined_meanwhile');
  await assertExactly(ring, [joining], 'one_joining');
};

/** 5.0 takes partitions that are not its own and logs it (streaming-4.0-plus §5.1). */
const refusesForeign = ({ family }: Release): boolean => family !== '5.0';

const always = (): boolean => true;

const stories: readonly (readonly [string, typeof allUp, (release: Release) => boolean])[] = [
  ['every replica gets exactly its ranges', allUp, always],
  ['replicas of everything get whole SSTables', wholeCopies, always],
  ['partitions that are not its own are refused, and that is said', notItsOwn, refusesForeign],
  [
    'with one node down the others get theirs, and the report says who misses what',
    oneDown,
    always,
  ],
  ['a node killed while it gets data', oneKilled, always],
  ['a joining node gets its future ranges, and becomes a member during a load', oneJoining, always],
];

const asRing = async (
  release: Release,
  body: (ring: Ring, paths: readonly string[]) => Promise<void>,
): Promise<void> => {
  const ring = await startRing({
    version: release.version,
    nodes: 3,
    yaml: { ...release.yaml, flush_compression: 'table' },
  });
  try {
    await body(ring, await writeSource(ring));
  } finally {
    await ring.stop();
  }
};

/** Rings take a minute or two each: one where sections become nb, one where they become oa. */
const hasRing = ({ name, family }: Release): boolean =>
  family === '4.1' || (family === '5.0' && name.endsWith('-none'));

for (const release of releases().filter(hasRing))
  test(`${release.name}: a ring of three`, () =>
    asRing(release, async (ring, paths) => {
      for (const [name, story, isIn] of stories) {
        if (!isIn(release)) continue;
        const start = performance.now();
        await story(ring, paths);
        console.log(`  ${release.name}: ${name} (${Math.round(performance.now() - start)} ms)`);
      }
    }));

test.run();
