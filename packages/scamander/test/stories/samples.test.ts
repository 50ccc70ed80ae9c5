// The main job between two programs of our own: every sample of every release arrives, byte by byte, over both networks.

import { crc32 } from 'node:zlib';
import {
  changeStatistics,
  decodeStatistics,
  encodeStatistics,
  type SSTableFiles,
  versionFeatures,
} from '@scamander/sstable-io';
import { memoryNetwork } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadEvent } from '../../src/load/events.ts';
import {
  componentBytes,
  copyTable,
  loaded,
  networks,
  opened,
  sampleFolders,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';

const statisticsOf = (files: SSTableFiles) => {
  const { format, version } = files.descriptor;
  const features = versionFeatures(format, version, 'Statistics.db');
  if (features._tag === 'Left') throw features.left;
  const statistics = decodeStatistics(componentBytes(files, 'Statistics.db'), features.right);
  if (statistics._tag === 'Left') throw statistics.left;
  return statistics.right;
};

/** The same rows may have been written by two nodes. */
const keyOf = (files: SSTableFiles): string =>
  [
    files.descriptor.tableId,
    files.descriptor.version,
    crc32(componentBytes(files, 'Data.db')),
    statisticsOf(files).stats.originatingHostId,
  ].join(' ');

/** The four fields that every receiver sets (sstable-index-and-stats §9) made the same: the rest must be the same already. */
const withoutReceiverFields = (files: SSTableFiles): Uint8Array =>
  encodeStatistics(
    changeStatistics(statisticsOf(files), {
      sstableLevel: 0,
      repairedAtMs: 0n,
      pendingRepair: null,
      isTransient: false,
    }),
  );

const checkTwin = async (source: SSTableFiles, twin: SSTableFiles): Promise<void> => {
  assert.equal([...twin.components.keys()].sort(), [...source.components.keys()].sort());
  for (const component of source.components.keys()) {
    if (component === 'Statistics.db' || component === 'TOC.txt') continue;
    const same = Buffer.compare(componentBytes(source, component), componentBytes(twin, component));
    assert.is(same, 0, `${component} of ${source.descriptor.table}`);
  }
  const differ = Buffer.compare(withoutReceiverFields(twin), withoutReceiverFields(source));
  assert.is(differ, 0, `Statistics.db of ${source.descriptor.table}`);
  const { stats } = statisticsOf(twin);
  assert.equal([stats.sstableLevel, stats.repairedAtMs, stats.pendingRepair], [0, 0n, undefined]);
  assert.equal(
    componentBytes(twin, 'TOC.txt').toString().trimEnd().split('\n').sort(),
    [...source.components.keys()].sort(),
  );
  await opened(twin, async (sstable) => {
    const report = await sstable.verify('quick');
    assert.equal(report.errors, []);
  });
};

for (const { name, at, make } of networks) {
  test(`every sample arrives whole over ${name}, and the receipt says so`, () =>
    withTempFolder(async (data) => {
      const { from, to } = make(memoryNetwork());
      const node = await startNode(
        { dataDirectory: data, listen: at, tables: await tablesOf(sampleFolders) },
        to,
      );
      try {
        const { report } = await loaded(
          { paths: sampleFolders, target: { kind: 'direct', nodes: [node.endpoint] } },
          from,
        );
        assert.is(report.verdict, 'complete');
        const sources = await sstablesBelow(...sampleFolders);
        const received = await sstablesBelow(data);
        assert.is(received.length, sources.length);
        assert.equal(received.map(keyOf).sort(), sources.map(keyOf).sort());
        const twins = new Map(received.map((files) => [keyOf(files), files]));
        for (const source of sources) {
          const twin = twins.get(keyOf(source));
          if (twin === undefined) throw new Error('unreachable');
          await checkTwin(source, twin);
        }
        const { receipt } = report;
        assert.is(receipt.planIds.length, 8, 'one plan a table');
        assert.equal(
          receipt.deliveries.map(({ sstable }) => sstable).sort(),
          receipt.sources.map(({ sstable }) => sstable).sort(),
        );
        assert.is(receipt.deliveries.length, sources.length);
        for (const delivery of receipt.deliveries) {
          const { status, mode, replica, startedAt, finishedAt } = delivery;
          assert.equal(
            [status, mode, replica],
            ['acknowledged', 'entire', `${node.endpoint.host}:${node.endpoint.port}`],
          );
          assert.ok(delivery.bytes > 0 && startedAt !== undefined && finishedAt !== undefined);
          assert.ok((startedAt ?? '') <= (finishedAt ?? ''), 'times in order');
        }
        // CRC-32 of Data.db as an independent program computes it
        for (const source of sources) {
          const { directory, prefix } = source.descriptor;
          const record = receipt.sources.find(
            ({ sstable }) => sstable === `${directory}/${prefix}Data.db`,
          );
          assert.is(record?.verdict, 'sound');
          assert.is(record?.components['Data.db']?.crc32, crc32(componentBytes(source, 'Data.db')));
        }
        const bytes = receipt.deliveries.reduce((sum, delivery) => sum + delivery.bytes, 0);
        assert.equal([report.plan.bytes, report.acknowledgedBytes], [bytes, bytes]);
      } finally {
        await node.close();
      }
      assert.ok(
        !snapshot(data).some(([path]) => /incoming|txn/.test(path)),
        'nothing is left over',
      );
    }));
}

const { make } = networks[0] ?? {
  make: () => {
    throw new Error('no network');
  },
};
const AT = { host: '10.0.0.1', port: 7000 };

const typesOf = (events: readonly LoadEvent[]): readonly string[] => events.map(({ type }) => type);

test('news come in order: found, asked, verified, planned, and then file by file', () =>
  withTempFolder(async (folder) => {
    const { from, to } = make(memoryNetwork());
    const table = copyTable('4.1.10-nb', 'users', `${folder}/source`);
    const node = await startNode(
      { dataDirectory: `${folder}/data`, listen: AT, tables: await tablesOf([table]) },
      to,
    );
    const { events, report } = await loaded(
      { paths: [table], target: { kind: 'direct', nodes: [AT] } },
      from,
    );
    await node.close();
    const types = typesOf(events);
    const order = [
      'Discovered',
      'ReplicaProbed',
      'Verified',
      'Planned',
      'SessionPrepared',
      'FileStarted',
      'FileChunk',
      'FileSent',
      'FileAcknowledged',
      'SessionComplete',
    ];
    const places = order.map((type) => types.indexOf(type));
    assert.equal(
      places,
      [...places].sort((a, b) => a - b),
      types.join(' '),
    );
    assert.ok(
      places.every((place) => place >= 0),
      types.join(' '),
    );
    assert.is(types.filter((type) => type === 'Verified').length, 2);
    for (const type of ['FileStarted', 'FileSent', 'FileAcknowledged'])
      assert.is(types.filter((one) => one === type).length, 2, type);
    const chunks = events.flatMap((event) => (event.type === 'FileChunk' ? [event.chunk] : []));
    assert.is(
      chunks.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
      report.plan.bytes,
      'progress adds up to the plan',
    );
    const progress = events.flatMap((event) => (event.type === 'Verifying' ? [event] : []));
    assert.ok(progress.every(({ bytes, totalBytes }) => bytes <= totalBytes));
  }));

test('a dry run sends nothing and makes nothing, and says what would be sent', () =>
  withTempFolder(async (folder) => {
    const { from, to } = make(memoryNetwork());
    const table = copyTable('5.0.6-da', 'users', `${folder}/source`);
    const node = await startNode(
      { dataDirectory: `${folder}/data`, listen: AT, tables: await tablesOf([table]) },
      to,
    );
    const before = snapshot(folder);
    const { events, report } = await loaded(
      { paths: [table], target: { kind: 'direct', nodes: [AT] }, dryRun: true },
      from,
    );
    await node.close();
    assert.equal([report.verdict, report.dryRun, report.acknowledgedBytes], ['complete', true, 0]);
    assert.equal([report.receipt.deliveries, report.receipt.planIds], [[], []]);
    assert.equal(snapshot(folder), before);
    assert.not.ok(typesOf(events).some((type) => /^(Session|File)/.test(type)));
    const replica = report.plan.tables[0]?.replicas[0];
    assert.equal(
      replica?.transfers.map(({ mode, pieces }) => [mode, pieces]),
      [
        ['entire', 1],
        ['entire', 1],
      ],
    );
    const manifest = (await sstablesBelow(table))
      .flatMap(({ components }) => [...components])
      .filter(([component]) => component !== 'TOC.txt')
      .reduce((sum, [, bytes]) => sum + bytes, 0);
    assert.is(report.plan.bytes, manifest);
  }));

test('loading twice gives two SSTables with ids of their own', () =>
  withTempFolder(async (folder) => {
    const { from, to } = make(memoryNetwork());
    const table = copyTable('4.1.10-nb', 'with_none', `${folder}/source`);
    const options = { paths: [table], target: { kind: 'direct' as const, nodes: [AT] } };
    const node = await startNode(
      { dataDirectory: `${folder}/data`, listen: AT, tables: await tablesOf([table]) },
      to,
    );
    await loaded(options, from);
    await loaded(options, from);
    await node.close();
    assert.equal(
      (await sstablesBelow(`${folder}/data`)).map(({ descriptor }) => descriptor.id),
      ['1', '2'],
    );
  }));

test('several nodes each get everything; one that does not listen makes the load partial', () =>
  withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const { from, to } = make(network);
    const table = copyTable('4.1.10-nb', 'with_lz4', `${folder}/source`);
    const nodes = [7000, 7001, 7002].map((port) => ({ host: '10.0.0.1', port }));
    const tables = await tablesOf([table]);
    const running = await Promise.all(
      nodes
        .slice(0, 2)
        .map((listen) =>
          startNode({ dataDirectory: `${folder}/${listen.port}`, listen, tables }, to),
        ),
    );
    const { report } = await loaded({ paths: [table], target: { kind: 'direct', nodes } }, from);
    for (const node of running) await node.close();
    assert.is(report.verdict, 'partial');
    assert.match(report.consistency ?? '', /QUORUM is reached; passed over: 10\.0\.0\.1:7002/);
    for (const { port } of nodes.slice(0, 2))
      assert.is((await sstablesBelow(`${folder}/${port}`)).length, 1);
  }));

test.run();
