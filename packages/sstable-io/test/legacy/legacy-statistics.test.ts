import { readFileSync } from 'node:fs';
import { sharedTest } from '@scamander-tools/testing';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { legacyFeatures } from '../../src/legacy/features.ts';
import {
  decodeLegacyStatistics,
  type LegacyStatistics,
  summarizeLegacyStatistics,
} from '../../src/legacy/legacy-statistics.ts';
import { readLegacyStatistics } from '../../src/legacy/open-legacy.ts';
import { componentPath } from '../../src/naming/file-name.ts';
import { histogramCount } from '../../src/statistics/histograms.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { legacyFixture, legacyFixtures } from './legacy-fixtures.ts';
import { oldestFixtures, whoseOf } from './oldest-fixtures.ts';

const statisticsOf = async (files: SSTableFiles): Promise<LegacyStatistics> => {
  const read = await readLegacyStatistics(files);
  if (read._tag === 'Left') throw read.left;
  return read.right;
};

sharedTest(test, 'every Statistics.db of 2.0 to 2.2 decodes to its last byte', async () => {
  for (const files of legacyFixtures) {
    const statistics = await statisticsOf(files);
    const { version } = files.descriptor;
    assert.match(
      statistics.partitionerClass ?? '',
      /^org\.apache\.cassandra\.dht\.\w+Partitioner$/,
    );
    assert.ok(histogramCount(statistics.estimatedPartitionSize) > 0n);
    assert.is(statistics.estimatedPartitionSize.offsets.length, 150);
    assert.is(statistics.estimatedColumnCount.offsets.length, 114);
    assert.is(statistics.repairedAtMs === undefined, version === 'jb');
    assert.is(statistics.hasLegacyCounterShards === undefined, version === 'jb');
    assert.is(statistics.cardinality === undefined, version === 'jb');
    assert.is(statistics.commitLogLowerBound === undefined, version !== 'lb');
    const isCompressed = files.components.has('CompressionInfo.db');
    // early 2.2 forgot the ratio
    if (version !== 'la') assert.is((statistics.compressionRatio ?? -1) >= 0, isCompressed);
  }
});

sharedTest(test, 'the statements of a table in its statistics, in three layouts', async () => {
  for (const [folder, time] of [
    ['real/2.0.17/tombs', 1795533834],
    ['real/2.1.22/tombs', 1795534122],
    ['real/2.2.19/tombs', 1795534799],
  ] as const) {
    const statistics = await statisticsOf(legacyFixture(folder));
    assert.is(statistics.minTimestamp, 1_600_000_000_000_000n);
    assert.is(statistics.maxTimestamp, 1_600_000_000_001_001n);
    assert.is(statistics.maxLocalDeletionTime, 0x7fffffff);
    assert.is(statistics.bloomFilterFpChance, 0.01);
    assert.is(statistics.sstableLevel, 0);
    assert.equal(statistics.ancestors, []);
    // what the dump of the release says of the deletions, and the TTLs of 300,000,000 seconds
    const points = statistics.estimatedTombstoneDropTime?.bins.map(({ point }) => point);
    assert.ok(points?.includes(time), `${points}`);
    const summary = summarizeLegacyStatistics(statistics);
    assert.is(summary.partitions, 13n);
    assert.is(summary.partitionerClass, 'org.apache.cassandra.dht.Murmur3Partitioner');
  }
});

/** Fields of spec: sstable-old-formats §9, from the version on that has them first. */
const SINCE = [
  ['commitLogUpperBound', 'g'],
  ['maxTimestamp', 'h'],
  ['compressionRatio', 'hb'],
  ['partitionerClass', 'hc'],
  ['estimatedTombstoneDropTime', 'ia'],
  ['minTimestamp', 'ib'],
  ['bloomFilterFpChance', 'jb'],
  ['maxLocalDeletionTime', 'jb'],
] as const;

sharedTest(test, 'every Statistics.db of 0.7 to 1.2 decodes to its last byte', async () => {
  for (const files of oldestFixtures) {
    const statistics = await statisticsOf(files);
    const { version } = files.descriptor;
    for (const [field, first] of SINCE) {
      assert.is(statistics[field] !== undefined, version >= first, `${field} in ${version}`);
    }
    const { partitions, partitionerClass } = summarizeLegacyStatistics(statistics);
    const { family } = whoseOf(files);
    if (family === 'Plain') assert.is(partitions, 150n);
    assert.match(partitionerClass, version < 'ia' ? /\.RandomP/ : /\.Murmur3P/);
    if (version >= 'h' && family === 'Plain') {
      assert.is(statistics.maxTimestamp, 1_600_000_007_000_700n);
    }
  }
});

const decode = (bytes: Uint8Array, version: string) => {
  const features = legacyFeatures('big', version, 'f');
  if (features._tag === 'Left') throw features.left;
  return decodeLegacyStatistics(bytes, features.right);
};

sharedTest(
  test,
  'property: cut or spoiled bytes are an error or other statistics, never anything else',
  () => {
    for (const folder of ['real/2.0.17/tombs', 'real/2.1.22/tombs', 'real/2.2.19/tombs']) {
      const { descriptor } = legacyFixture(folder);
      const bytes = readFileSync(componentPath(descriptor, 'Statistics.db'));
      assert.is(decode(bytes, descriptor.version)._tag, 'Right');
      assert.is(decode(Buffer.concat([bytes, Uint8Array.of(0)]), descriptor.version)._tag, 'Left');
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
          assert.is(decode(bytes.subarray(0, at), descriptor.version)._tag, 'Left');
          const spoiled = Buffer.from(bytes);
          spoiled[at] = byte;
          const result = decode(spoiled, descriptor.version);
          if (result._tag === 'Left') assert.match(result.left.code, /_CORRUPT$|_TOO_LONG$/);
        }),
        { numRuns: 300 },
      );
    }
  },
);

test.run();
