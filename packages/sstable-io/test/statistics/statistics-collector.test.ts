import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseType } from '@scamander/cql-types';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { versionFeatures } from '../../src/components/version.ts';
import { openSSTable, readStatistics } from '../../src/open.ts';
import {
  type Cell,
  type DeletionTime,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../../src/rows/model.ts';
import { NO_ENCODING_STATS, orderColumns, type RowHeader } from '../../src/rows/row-header.ts';
import { hasLegacyShards } from '../../src/statistics/counter-shards.ts';
import { makeStatistics } from '../../src/statistics/make-statistics.ts';
import {
  decodeStatistics,
  encodeStatistics,
  type Statistics,
} from '../../src/statistics/statistics.ts';
import { StatisticsCollector } from '../../src/statistics/statistics-collector.ts';
import type { StatsMetadata } from '../../src/statistics/stats.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';

const typeNamed = (name: string) => {
  const type = parseType(`org.apache.cassandra.db.marshal.${name}`);
  if (type._tag === 'Left') throw type.left;
  return type.right;
};

const columnsNamed = (columns: [name: string, type: string][], isStatic: boolean) =>
  orderColumns(
    columns.map(([name, type]) => ({ name: Buffer.from(name), type: typeNamed(type) })),
    isStatic,
  );

const HEADER: RowHeader = {
  keyType: typeNamed('UTF8Type'),
  clusteringTypes: [typeNamed('Int32Type'), typeNamed('ReversedType(UTF8Type)')],
  staticColumns: columnsNamed([['s', 'UTF8Type']], true),
  regularColumns: columnsNamed(
    [
      ['a', 'Int32Type'],
      ['m', 'SetType(Int32Type)'],
    ],
    false,
  ),
  encoding: NO_ENCODING_STATS,
};

const [a, m] = HEADER.regularColumns as [
  RowHeader['regularColumns'][0],
  RowHeader['regularColumns'][0],
];
const s = HEADER.staticColumns[0]!;

const cell = (timestamp: bigint, more: Partial<Cell> = {}): Cell => ({
  timestamp,
  ttl: 0,
  localDeletionTime: NO_DELETION_TIME,
  path: undefined,
  value: Buffer.from('v'),
  ...more,
});

const int = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const row = (more: Partial<Row> = {}): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [int(1), Buffer.from('x')],
  liveness: undefined,
  deletion: undefined,
  isShadowable: false,
  columns: [],
  ...more,
});

const deletion = (markedForDeleteAt: bigint, localDeletionTime: number): DeletionTime => ({
  markedForDeleteAt,
  localDeletionTime,
});

const featuresOf = (version: string) => {
  const features = versionFeatures(version === 'da' ? 'bti' : 'big', version, 'test');
  if (features._tag === 'Left') throw features.left;
  return features.right;
};

type Partition = {
  key: string;
  deletion?: DeletionTime;
  staticRow?: Row;
  rows?: Unfiltered[];
  bytes?: number;
};

const collect = (version: string, partitions: Partition[]) => {
  const collector = new StatisticsCollector({ header: HEADER, features: featuresOf(version) });
  for (const { key, deletion: deleted, staticRow, rows = [], bytes = 50 } of partitions) {
    collector.startPartition(Buffer.from(key), deleted, staticRow);
    for (const unfiltered of rows) collector.add(unfiltered);
    collector.endPartition(bytes);
  }
  const facts = { compressionRatio: -1, firstKey: Buffer.from('k'), lastKey: Buffer.from('l') };
  return { encoding: collector.encodingStats(), ...collector.finish(facts) };
};

const binsOf = ({ estimatedTombstoneDropTime }: StatsMetadata) =>
  estimatedTombstoneDropTime.bins.map(({ point, count }) => [point, Number(count)]);

/** Upper offset and count of the buckets that are not empty. */
const countsOf = ({ offsets, counts }: StatsMetadata['estimatedPartitionSize']) =>
  counts.flatMap((count, i) => (count === 0n ? [] : [[Number(offsets[i]), Number(count)]]));

const hexes = (values: readonly (Uint8Array | null)[] | undefined) =>
  values?.map((value) => (value === null ? null : Buffer.from(value).toString('hex')));

test('nothing recorded', () => {
  const { stats, encoding } = collect('oa', []);
  assert.is(stats.minTimestamp, -(2n ** 63n));
  assert.is(stats.maxTimestamp, 2n ** 63n - 1n);
  assert.is(stats.minLocalDeletionTime, 0xffffffff);
  assert.is(stats.maxLocalDeletionTime, 0xffffffff);
  assert.equal([stats.minTtl, stats.maxTtl], [0, 0]);
  assert.equal(stats.coveredClustering, {
    start: { kind: 'EXCL_START_BOUND', values: [] },
    end: { kind: 'EXCL_END_BOUND', values: [] },
  });
  assert.equal(encoding, NO_ENCODING_STATS);
});

test('what rows, cells and deletions are counted for', () => {
  const liveness = { timestamp: 100n, ttl: 60, localExpirationTime: 2000 };
  const { stats, encoding } = collect('nb', [
    {
      key: 'k',
      deletion: deletion(7n, 1000),
      staticRow: row({
        isStatic: true,
        clustering: [],
        columns: [{ column: s, deletion: undefined, cells: [cell(90n)] }],
      }),
      rows: [
        row({
          liveness,
          columns: [
            {
              column: a,
              deletion: undefined,
              cells: [cell(100n, { ttl: 30, localDeletionTime: 1999 })],
            },
            {
              column: m,
              deletion: deletion(99n, 1500),
              cells: [cell(100n, { path: int(1) }), cell(101n, { path: int(2) })],
            },
          ],
        }),
        // a collection that was only deleted is no column with data
        row({
          clustering: [int(2), Buffer.from('x')],
          deletion: deletion(5n, 900),
          columns: [{ column: m, deletion: deletion(6n, 901), cells: [] }],
        }),
      ],
    },
  ]);
  assert.equal([stats.minTimestamp, stats.maxTimestamp], [5n, 101n]);
  // live cells count as "none", which is the largest
  assert.equal([stats.minLocalDeletionTime, stats.maxLocalDeletionTime], [900, 0x7fffffff]);
  assert.equal([stats.minTtl, stats.maxTtl], [0, 60]);
  assert.equal([stats.totalRows, stats.totalColumnsSet], [3n, 3n]);
  assert.equal(binsOf(stats), [
    [900, 1],
    [960, 1],
    [1020, 1],
    [1500, 1],
    [2040, 2],
  ]);
  assert.equal(countsOf(stats.estimatedPartitionSize), [[50, 1]]);
  assert.equal(countsOf(stats.estimatedCellPerPartitionCount), [[4, 1]]);
  assert.is(stats.hasPartitionLevelDeletions, true);
  assert.equal(encoding, { minTimestamp: 5n, minLocalDeletionTime: 900, minTtl: 30 });
});

const marker = (
  bound: 'INCL_START_BOUND' | 'EXCL_END_BOUND' | 'EXCL_END_INCL_START_BOUNDARY',
  values: (Uint8Array | null)[],
  more: { closes?: DeletionTime; opens?: DeletionTime },
): Unfiltered => ({ kind: 'marker', bound, values, closes: undefined, opens: undefined, ...more });

test('markers count with each deletion that they have, and bound the slice', () => {
  const first = deletion(10n, 60);
  const second = deletion(20n, 120);
  const { stats } = collect('oa', [
    {
      key: 'k',
      rows: [
        marker('INCL_START_BOUND', [int(-3)], { opens: first }),
        marker('EXCL_END_INCL_START_BOUNDARY', [int(5)], { closes: first, opens: second }),
        marker('EXCL_END_BOUND', [int(9)], { closes: second }),
      ],
    },
    { key: 'l', rows: [row({ clustering: [int(0), Buffer.from('z')] })] },
  ]);
  assert.equal(binsOf(stats), [
    [60, 2],
    [120, 2],
  ]);
  assert.equal([stats.minLocalDeletionTime, stats.maxLocalDeletionTime], [60, 120]);
  const { start, end } = stats.coveredClustering!;
  assert.equal([start.kind, hexes(start.values)], ['INCL_START_BOUND', ['fffffffd']]);
  assert.equal([end.kind, hexes(end.values)], ['EXCL_END_BOUND', ['00000009']]);
  // four bins, four bytes each (pitfall P7)
  assert.is(stats.trailing.length, 8);
  assert.is(stats.minClusteringValues, undefined);
});

test('smallest and largest clustering by the order of the columns, over all partitions', () => {
  const at = (i: number, text: string) => row({ clustering: [int(i), Buffer.from(text)] });
  const { stats } = collect('nb', [
    { key: 'k', rows: [at(2, 'b'), at(2, 'a')] },
    { key: 'l', rows: [at(1, 'c'), at(1, 'b'), at(3, 'a')] },
    { key: 'm', rows: [at(1, 'd'), at(3, 'c')] },
  ]);
  // the second column descends
  assert.equal(hexes(stats.minClusteringValues), ['00000001', '64']);
  assert.equal(hexes(stats.maxClusteringValues), ['00000003', '61']);
});

test('what was handed in may change afterwards', () => {
  const key = Buffer.from('k');
  const values = [int(7), Buffer.from('mm')];
  const collector = new StatisticsCollector({ header: HEADER, features: featuresOf('nb') });
  collector.startPartition(key, undefined, undefined);
  collector.add(row({ clustering: values }));
  values[0]!.fill(0xff);
  values[1]!.fill(0xff);
  collector.endPartition(10);
  const { stats } = collector.finish({ compressionRatio: -1, firstKey: key, lastKey: key });
  key.fill(0);
  assert.equal(hexes(stats.minClusteringValues), ['00000007', '6d6d']);
  assert.equal(hexes(stats.maxClusteringValues), ['00000007', '6d6d']);
  assert.equal(hexes([stats.firstKey!, stats.lastKey!]), ['6b', '6b']);
});

test('lists end at a null; 5.0 leaves room for what stands behind it', () => {
  const rows = [row({ clustering: [null, Buffer.from('abc')] })];
  const made = (release: '4.x' | '5.0') => {
    const collector = new StatisticsCollector({
      header: HEADER,
      features: featuresOf('nb'),
      release,
    });
    collector.startPartition(Buffer.from('k'), undefined, undefined);
    for (const one of rows) collector.add(one);
    collector.endPartition(20);
    const key = Buffer.from('k');
    return collector.finish({ compressionRatio: -1, firstKey: key, lastKey: key }).stats;
  };
  assert.equal(made('4.x').minClusteringValues, []);
  assert.is(made('4.x').trailing.length, 0);
  assert.is(made('5.0').trailing.length, 2 * (2 + 2 + 3));
});

test('an expiring cell alone leaves no "none" as largest deletion time', () => {
  const cells = [cell(1n, { ttl: 5, localDeletionTime: 77 })];
  const { stats } = collect('oa', [
    { key: 'k', rows: [row({ columns: [{ column: a, deletion: undefined, cells }] })] },
  ]);
  assert.equal([stats.minLocalDeletionTime, stats.maxLocalDeletionTime], [77, 77]);
});

test('a deletion time beyond 2038 is capped before oa', () => {
  const far = [{ key: 'k', deletion: deletion(1n, 4_000_000_000) }];
  assert.is(collect('nb', far).stats.maxLocalDeletionTime, 0x7ffffffe);
  assert.is(collect('oa', far).stats.maxLocalDeletionTime, 4_000_000_000);
});

/** Spec: sstable-data §5. */
const CONTEXTS: [name: string, hex: string, isLegacy: boolean][] = [
  ['no shards', '0000', false],
  ['one global shard', `00018000${'11'.repeat(32)}`, false],
  ['one local shard', `00010000${'11'.repeat(32)}`, true],
  ['one local shard, to be cleared', `ffff0000${'11'.repeat(32)}`, true],
  ['one remote shard', `0000${'11'.repeat(32)}`, true],
  ['a global and a remote shard', `00018000${'11'.repeat(64)}`, true],
  ['no context at all', '', false],
  ['a cut header', '00058000', false],
];

for (const [name, hex, isLegacy] of CONTEXTS) {
  test(`counter with ${name}`, () => {
    assert.is(hasLegacyShards(Buffer.from(hex, 'hex')), isLegacy);
  });
}

for (const version of ['me', 'nb', 'oa', 'da']) {
  test(`${version}: statistics from scratch are read as they are`, () => {
    const features = featuresOf(version);
    const collector = new StatisticsCollector({ header: HEADER, features });
    collector.startPartition(Buffer.from('k'), deletion(3n, 120), undefined);
    collector.add(
      row({ liveness: { timestamp: 9n, ttl: 0, localExpirationTime: NO_DELETION_TIME } }),
    );
    collector.endPartition(40);
    const intervals = [
      { start: { segmentId: 5n, position: 6 }, end: { segmentId: 7n, position: 8 } },
    ];
    const hostId = 'd3f2ae60-5d4f-4a3b-9c1d-0123456789ab';
    const { stats, compaction } = collector.finish({
      compressionRatio: 0.5,
      firstKey: Buffer.from('k'),
      lastKey: Buffer.from('k'),
      sstableLevel: 2,
      repairedAtMs: 1234n,
      originatingHostId: hostId,
      commitLogIntervals: intervals,
    });
    const made = makeStatistics({
      features,
      validation: {
        partitionerClass: 'org.apache.cassandra.dht.Murmur3Partitioner',
        bloomFilterFpChance: 0.01,
      },
      compaction,
      stats,
      header: {
        minTimestamp: 3n,
        minLocalDeletionTime: 120n,
        minTtl: 0n,
        keyType: 'org.apache.cassandra.db.marshal.UTF8Type',
        clusteringTypes: ['org.apache.cassandra.db.marshal.Int32Type'],
        staticColumns: [],
        regularColumns: [],
      },
    });
    const bytes = encodeStatistics(made);
    const decoded = decodeStatistics(bytes, features);
    if (decoded._tag === 'Left') throw decoded.left;
    const read = decoded.right;
    assert.equal(encodeStatistics(read), bytes);
    assert.equal(
      read.parts.map(({ type, offset, bytes: part }) => [type, offset, Buffer.from(part)]),
      made.parts.map(({ type, offset, bytes: part }) => [type, offset, Buffer.from(part)]),
    );
    assert.equal(read.validation, made.validation);
    assert.equal(read.header, made.header);
    assert.is(read.stats.sstableLevel, 2);
    assert.is(read.stats.repairedAtMs, 1234n);
    assert.is(read.stats.originatingHostId, hostId);
    assert.equal(read.stats.commitLogIntervals, intervals);
    assert.equal(read.stats.commitLogLowerBound, intervals[0]!.start);
    assert.equal(read.stats.commitLogUpperBound, intervals[0]!.end);
  });
}

/** What a fixture says, and what its rows say. */
const recomputed = async (
  files: SSTableFiles,
): Promise<{ stored: Statistics; made: Statistics }> => {
  const read = await readStatistics(files);
  if (read._tag === 'Left') throw read.left;
  const stored = read.right;
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  const sstable = opened.right;
  const rows = await sstable.rows({ strict: false });
  if (rows._tag === 'Left') throw rows.left;
  const reader = rows.right;
  const { features, stats, validation, header } = stored;
  const collector = new StatisticsCollector({
    header: reader.header,
    features,
    // 5.0 writes nb too
    ...(nameOf(files).startsWith('5.') ? { release: '5.0' } : {}),
  });
  for (;;) {
    const head = await reader.nextPartition();
    if (head === undefined) break;
    collector.startPartition(head.key, head.deletion, head.staticRow);
    for (;;) {
      const batch = await reader.nextBatch();
      if (batch.length === 0) break;
      for (const unfiltered of batch) collector.add(unfiltered);
    }
    collector.endPartition(reader.position - head.position);
  }
  const made = collector.finish({
    ...stats,
    isTransient: stats.isTransient ?? false,
    firstKey: sstable.firstKey,
    lastKey: sstable.lastKey,
    commitLogIntervals: stats.commitLogIntervals ?? [],
    tokenSpaceCoverage: stats.tokenSpaceCoverage ?? Number.NaN,
  });
  await reader.close();
  await sstable.close();
  return { stored, made: makeStatistics({ features, validation, header, ...made }) };
};

/** Fields that rows do not tell, and why. */
const fieldsNotOfRows = (name: string): (keyof StatsMetadata)[] => {
  const fields: (keyof StatsMetadata)[] = [];
  // 3.0 to 3.11.3 and early 4.0 have four buckets less, and 3.x counted "no deletion time" as a time (spec §3.4, §3.5)
  if (/^(ma|mc|na)\//.test(name)) fields.push('estimatedCellPerPartitionCount');
  if (/^(ma|mc)\//.test(name)) fields.push('estimatedTombstoneDropTime');
  // ma has an upper bound without intervals; na of that time has no isTransient
  if (name.startsWith('ma/')) fields.push('commitLogUpperBound');
  if (name.startsWith('na/')) fields.push('isTransient');
  if (name.includes('inaccurate_min_max')) fields.push('minClusteringValues');
  // a collection whose name is not ASCII loses its deletion when it is written, but was counted (sstable-data §4.6)
  if (/^(4|5)\..*quoted\//.test(name)) {
    fields.push('minLocalDeletionTime', 'estimatedTombstoneDropTime', 'trailing');
  }
  return fields;
};

for (const files of fixtureSSTables) {
  const name = nameOf(files);
  sharedTest(test, `${name}: statistics recomputed from the rows`, async () => {
    const { stored, made } = await recomputed(files);
    const except = fieldsNotOfRows(name);
    if (except.length === 0) {
      const { directory, prefix } = files.descriptor;
      const bytes = readFileSync(join(directory, `${prefix}Statistics.db`));
      assert.ok(bytes.equals(encodeStatistics(made)), 'the bytes of Statistics.db');
      return;
    }
    for (const field of Object.keys(stored.stats) as (keyof StatsMetadata)[]) {
      if (stored.stats[field] === undefined || except.includes(field)) continue;
      assert.equal(made.stats[field], stored.stats[field], field);
    }
    assert.equal(made.compaction, stored.compaction);
  });
}

/** Flushes whose header is lower than what is left in the file, because updates were replaced in memory; compactions have that of their inputs. */
const HEADER_IS_LOWER = /counters\/|merged\/|quoted\/|4.0.19-nb\/dels\//;

sharedTest(test, 'bases of the header are the minima of a flush', async () => {
  let compared = 0;
  for (const files of fixtureSSTables) {
    if (HEADER_IS_LOWER.test(nameOf(files))) continue;
    const read = await readStatistics(files);
    if (read._tag === 'Left') throw read.left;
    const { header } = read.right;
    const opened = await openSSTable(files);
    if (opened._tag === 'Left') throw opened.left;
    const rows = await opened.right.rows({ strict: false });
    if (rows._tag === 'Left') throw rows.left;
    const reader = rows.right;
    const collector = new StatisticsCollector({
      header: reader.header,
      features: read.right.features,
    });
    for (;;) {
      const head = await reader.nextPartition();
      if (head === undefined) break;
      collector.startPartition(head.key, head.deletion, head.staticRow);
      for (
        let batch = await reader.nextBatch();
        batch.length > 0;
        batch = await reader.nextBatch()
      ) {
        for (const unfiltered of batch) collector.add(unfiltered);
      }
    }
    await reader.close();
    await opened.right.close();
    const encoding = collector.encodingStats();
    assert.equal(
      [encoding.minTimestamp, BigInt(encoding.minLocalDeletionTime), BigInt(encoding.minTtl)],
      [header.minTimestamp, header.minLocalDeletionTime, header.minTtl],
      nameOf(files),
    );
    compared += 1;
  }
  assert.ok(compared > 450, `${compared} SSTables`);
});

test.run();
