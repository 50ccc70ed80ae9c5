// Sections of SSTables between two programs of our own: the rows arrive, in the version of the node, with all of their table or not at all.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from '@scamander/cql-types';
import type { TokenRange } from '@scamander/ring';
import { discover, type SSTableFiles, SSTableWriter } from '@scamander/sstable-io';
import { systemClock } from '@scamander/throttle';
import {
  type Connection,
  type ConnectionFaults,
  faultyTransport,
  memoryNetwork,
  type Transport,
} from '@scamander/transport';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadOptions } from '../../src/load/options.ts';
import type { FrontDoorParts } from '../../src/parts.ts';
import type { ServedVersion } from '../../src/serve/incoming-sections.ts';
import {
  copyTable,
  loaded,
  networks,
  ONE_TRY,
  opened,
  partsWith,
  sampleFolders,
  sampleTable,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';
import { rowsOf } from './rows-of.ts';

const assertSound = async (sstables: readonly SSTableFiles[]): Promise<void> => {
  for (const files of sstables) {
    await opened(files, async (sstable) => {
      const { errors, warnings } = await sstable.verify('deep');
      assert.equal([errors.map(({ message }) => message), warnings], [[], []]);
    });
  }
};

for (const [{ name, at, make }, version] of [
  [networks[0]!, 'nb'],
  [networks[0]!, 'oa'],
  [networks[0]!, 'da'],
  [networks[1]!, 'nb'],
] as const) {
  test(`every sample arrives as sections over ${name} and is written as ${version}`, () =>
    withTempFolder(async (data) => {
      const { from, to } = make(memoryNetwork());
      const tables = await tablesOf(sampleFolders);
      const node = await startNode(
        { dataDirectory: data, listen: at, tables, sstableVersion: version },
        to,
      );
      try {
        const { report } = await loaded(
          {
            paths: sampleFolders,
            target: { kind: 'direct', nodes: [node.endpoint] },
            entire: 'never',
          },
          from,
        );
        assert.is(report.verdict, 'complete');
        const { deliveries } = report.receipt;
        assert.ok(
          deliveries.every(({ mode, status }) => mode === 'sections' && status === 'acknowledged'),
        );
        const sources = await sstablesBelow(...sampleFolders);
        const received = await sstablesBelow(data);
        assert.is(received.length, sources.length);
        assert.ok(received.every(({ descriptor }) => descriptor.version === version));
        assert.equal(await rowsOf(received), await rowsOf(sources));
        await assertSound(received);
      } finally {
        await node.close();
      }
      assert.ok(snapshot(data).every(([path]) => !path.includes('scamander-incoming')));
    }));
}

/** Of a data directory that may be empty. */
const sstablesIn = async (data: string): Promise<readonly SSTableFiles[]> =>
  (await discover([data])).tables.flatMap(({ sstables }) => sstables);

/** A node in memory and a load into it; what is in its folder afterwards. */
const story = (
  options: Omit<LoadOptions, 'target'>,
  check: (
    result: Awaited<ReturnType<typeof loaded>>,
    received: readonly SSTableFiles[],
    data: string,
  ) => Promise<void>,
  more: { version?: ServedVersion; from?: FrontDoorParts; schema?: string } = {},
): Promise<void> =>
  withTempFolder(async (folder) => {
    const { from, to } = networks[0]!.make(memoryNetwork());
    const data = join(folder, 'data');
    const tables = (await tablesOf(options.paths)).map((table) => {
      if (more.schema === undefined) return table;
      const schema = parseSchema(more.schema);
      if (schema._tag === 'Left') throw schema.left;
      return { ...table, schema: schema.right.tables[0] };
    });
    const node = await startNode(
      {
        dataDirectory: data,
        listen: networks[0]!.at,
        tables,
        sstableVersion: more.version ?? 'nb',
      },
      to,
    );
    try {
      const target = { kind: 'direct', nodes: [node.endpoint] } as const;
      const result = await loaded({ ...options, target }, more.from ?? from);
      await node.close();
      await check(result, await sstablesIn(data), data);
    } finally {
      await node.close();
    }
  });

/** Tokens of an SSTable, in order. */
const tokensOf = (files: SSTableFiles): Promise<bigint[]> =>
  opened(files, async (sstable) => {
    const tokens: bigint[] = [];
    for await (const { key } of sstable.keys()) {
      const token = sstable.partitioner.tokenOf(key);
      if (typeof token !== 'bigint') throw new Error('a token of bytes');
      tokens.push(token);
    }
    return tokens;
  });

/** Two ranges of tokens, each in the middle of what there is. */
const someRanges = (tokens: readonly bigint[]): readonly TokenRange[] => {
  const at = (share: number): bigint => tokens[Math.floor(tokens.length * share)]!;
  return [
    { left: at(0.2), right: at(0.4) },
    { left: at(0.55), right: at(0.9) },
  ];
};

const rangeTexts = (ranges: readonly TokenRange[]): string[] =>
  ranges.map(({ left, right }) => `${left}:${right}`);

for (const table of ['with_none', 'with_lz4', 'readings']) {
  for (const release of ['4.1.10-nb', '5.0.6-da']) {
    test(`ranges of ${release} ${table}: their rows and no others`, async () => {
      const paths = [sampleTable(release, table)];
      const sources = await sstablesBelow(...paths);
      const tokens = (await Promise.all(sources.map(tokensOf)))
        .flat()
        .sort((a, b) => (a < b ? -1 : 1));
      const ranges = someRanges(tokens);
      await story({ paths, ranges: rangeTexts(ranges) }, async ({ report }, received) => {
        assert.is(report.verdict, 'complete');
        const expected = await rowsOf(sources, ranges);
        assert.ok(expected.length > 0);
        assert.equal(await rowsOf(received), expected);
      });
    });
  }
}

/** An SSTable of the partitions from `first` to `last` of another one, beside it. */
const writeExcerpt = (files: SSTableFiles, first: number, last: number): Promise<void> =>
  opened(files, async (sstable) => {
    const { directory, keyspace, table, tableId } = files.descriptor;
    const writer = await SSTableWriter.create({
      directory,
      keyspace,
      table,
      tableId,
      version: 'nb',
      id: '77',
      partitioner: sstable.partitioner,
      header: sstable.header,
      compression: undefined,
      bloomFilterFpChance: 0.01,
      minIndexInterval: 128,
    });
    const rows = await sstable.rows();
    if (rows._tag === 'Left') throw rows.left;
    const reader = rows.right;
    for (let i = 0; i <= last; i++) {
      const head = await reader.nextPartition();
      if (head === undefined) throw new Error('too few partitions');
      if (i < first) continue;
      await writer.startPartition(head.key, head.deletion, head.staticRow);
      for (;;) {
        const batch = await reader.nextBatch();
        if (batch.length === 0) break;
        for (const unfiltered of batch) await writer.append(unfiltered);
      }
      await writer.endPartition();
    }
    await reader.close();
    await writer.finish();
  });

test('whole SSTables and sections of one table appear together', () =>
  withTempFolder(async (folder) => {
    const path = copyTable('4.1.10-nb', 'with_none', folder);
    const [files] = await sstablesBelow(path);
    if (files === undefined) throw new Error('no sample');
    await writeExcerpt(files, 3, 8);
    const sources = await sstablesBelow(path);
    assert.is(sources.length, 2);
    const tokens = await tokensOf(files);
    const ranges = [{ left: tokens[2]!, right: tokens[8]! }];
    await story({ paths: [path], ranges: rangeTexts(ranges) }, async ({ report }, received) => {
      assert.is(report.verdict, 'complete');
      const modes = report.receipt.deliveries.map(({ mode }) => mode).sort();
      assert.equal(modes, ['entire', 'sections']);
      assert.is(received.length, 2);
      assert.equal(await rowsOf(received), await rowsOf(sources, ranges));
    });
  }));

test('a column that the table does not have: refused, and nothing is left', async () => {
  const paths = [sampleTable('4.1.10-nb', 'with_none')];
  const schema = 'CREATE TABLE demo.with_none (id int PRIMARY KEY, other text)';
  await story(
    { paths, entire: 'never', retry: ONE_TRY },
    async (result, received, data) => {
      assert.is(result.report.verdict, 'failed');
      assert.equal(received, []);
      assert.ok(snapshot(data).every(([path]) => /^\/demo(\/with_none-\w+)?$/.test(path)));
    },
    { schema },
  );
});

/** What the sender dials after it has asked the node for its version. */
const DIALLED = { control: 1, file: 2 } as const;
type Dialled = keyof typeof DIALLED;

/** Loads with faults on one connection of the sender. */
const withFaults = async (
  paths: readonly string[],
  dialled: Dialled,
  faults: ConnectionFaults,
  watched: (transport: Transport) => Transport = (transport) => transport,
): Promise<'complete' | 'nothing'> => {
  let outcome: 'complete' | 'nothing' | undefined;
  await withTempFolder(async (folder) => {
    const network = memoryNetwork();
    const data = join(folder, 'data');
    mkdirSync(data);
    const node = await startNode(
      { dataDirectory: data, listen: networks[0]!.at, tables: await tablesOf(paths) },
      partsWith(network.transport('10.0.0.1')),
    );
    const before = snapshot(data);
    const transport = faultyTransport(
      network.transport('10.0.0.9'),
      { dialled: { [DIALLED[dialled]]: faults } },
      { clock: systemClock, random: seededRandom(1) },
    );
    try {
      const { report } = await loaded(
        {
          paths,
          target: { kind: 'direct', nodes: [node.endpoint] },
          entire: 'never',
          connections: 1,
          silenceTimeoutMs: 2000,
          retry: ONE_TRY,
        },
        partsWith(watched(transport)),
      );
      await node.close();
      if (report.verdict === 'complete') {
        assert.equal(
          await rowsOf(await sstablesBelow(data)),
          await rowsOf(await sstablesBelow(...paths)),
        );
        outcome = 'complete';
      } else {
        assert.equal(snapshot(data), before);
        outcome = 'nothing';
      }
    } finally {
      await node.close();
    }
  });
  return outcome!;
};

/** Bytes that the sender's connection carries when nothing goes wrong. */
const bytesOf = async (paths: readonly string[], dialled: Dialled): Promise<number> => {
  const connections: Connection[] = [];
  const outcome = await withFaults(paths, dialled, {}, (transport) => ({
    ...transport,
    connect: async (...to) => {
      const connected = await transport.connect(...to);
      if (connected._tag === 'Right') connections.push(connected.right);
      return connected;
    },
  }));
  assert.is(outcome, 'complete');
  return connections[DIALLED[dialled]]!.bytesWritten;
};

const HANDSHAKE_BYTES = 19;
/** The handshake, its end, the first message; the others are left to chance. */
const FIRST_BYTES = [0, 1, 18, 19, 20, 21];

for (const table of ['with_none', 'with_lz4']) {
  for (const dialled of ['control', 'file'] as const) {
    test(`${table}: the ${dialled} connection is cut anywhere, the folder is as before`, async () => {
      const paths = [sampleTable('4.1.10-nb', table)];
      const bytes = await bytesOf(paths, dialled);
      const random = seededRandom(bytes);
      const places = [...FIRST_BYTES, bytes - 2, bytes - 1];
      for (let i = 0; i < 8; i++) places.push(Math.floor(random() * bytes));
      for (const atByte of places) {
        const how = random() < 0.5 ? 'end' : 'reset';
        const outcome = await withFaults(paths, dialled, { out: { cut: { atByte, how } } });
        // all or nothing in any case; a file connection on which nothing was sent yet may be dialled again
        if (dialled === 'file' && atByte <= HANDSHAKE_BYTES) continue;
        assert.is(outcome, 'nothing', `${how} at ${atByte} of ${bytes}`);
      }
    });
  }
}

test('a changed byte of a chunk is found, wherever it is', async () => {
  const paths = [sampleTable('4.1.10-nb', 'with_lz4')];
  const bytes = await bytesOf(paths, 'file');
  const random = seededRandom(bytes + 1);
  // the last third is payload, whatever the length of the header
  for (let i = 0; i < 12; i++) {
    const atByte = bytes - 1 - Math.floor(random() * (bytes / 3));
    const outcome = await withFaults(paths, 'file', { out: { corrupt: { atByte } } });
    assert.is(outcome, 'nothing', `byte ${atByte} of ${bytes}`);
  }
});

test.run();
