import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable, orThrow } from '../../src/open.ts';
import type { SerializationHeader, SSTableFiles } from '../../src/types.ts';
import { rewriteSSTable } from '../../src/upgrade/rewrite-sstable.ts';
import type { WrittenVersion } from '../../src/write/writer-options.ts';
import { assertSound, filesBelow, linesOf, targetIn } from '../compact/tables.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { statisticsOf } from '../write/rewriting.ts';

const VERSIONS: readonly WrittenVersion[] = ['me', 'nb', 'oa', 'da'];

const isLate = (line: string): boolean =>
  [...line.matchAll(/"local(?:Deletion|Expiration)Time":(\d+)/g)].some(
    ([, seconds]) => Number(seconds) > 2147483646 && Number(seconds) < Number.MAX_SAFE_INTEGER,
  );

const typesOf = (header: SerializationHeader): string =>
  [
    header.keyType,
    ...header.clusteringTypes,
    ...[...header.staticColumns, ...header.regularColumns].map(({ type }) => type),
  ].join();

/** Why a version can't hold an SSTable, seen from its rows and its header. */
const refusedWhy = async (
  files: SSTableFiles,
  version: WrittenVersion,
  lines: readonly string[],
): Promise<RegExp | undefined> => {
  const sstable = orThrow(await openSSTable(files));
  const { header, compression } = sstable;
  await sstable.close();
  const isOld = version === 'me' || version === 'nb';
  if (version === 'me' && /Zstd|Noop/.test(compression?.compressor ?? ''))
    return /(Zstd|Noop)Compressor before version na/;
  if (version === 'me' && typesOf(header).includes('VectorType')) return /vector/;
  if (isOld && lines.some(isLate)) return /the local deletion time \d+, this version holds/;
  return !isOld && lines.some((line) => /^{"key".*"markedForDeleteAt":"-/.test(line))
    ? /negative timestamp/
    : undefined;
};

const rewriteTo = async (files: SSTableFiles, version: WrittenVersion): Promise<void> =>
  withTempFolder(async (folder) => {
    const label = `${nameOf(files)} as ${version}`;
    const lines = await linesOf(files);
    const result = await rewriteSSTable(files, { ...targetIn(folder), version });
    const why = await refusedWhy(files, version, lines);
    if (why !== undefined) {
      assert.is(result._tag, 'Left', `${label}: ${why}`);
      if (result._tag === 'Left') assert.match(result.left.message, why, label);
      assert.equal(filesBelow(folder), [], label);
      return;
    }
    const [output] = orThrow(result).sstables as [SSTableFiles];
    assert.is(output.descriptor.version, version);
    assert.equal(await linesOf(output), lines, label);
    await assertSound(output, label);
    const from = statisticsOf(files).stats;
    const to = statisticsOf(output).stats;
    assert.is(to.sstableLevel, from.sstableLevel, label);
    assert.is(to.repairedAtMs, from.repairedAtMs, label);
    if (version !== 'me') assert.is(to.pendingRepair, from.pendingRepair, label);
  });

/** Some of every release and kind of table. */
const sample = fixtureSSTables.filter(
  (files, i) => i % 13 === 0 || /vector|far_ttl|negdel|z_|udt/.test(nameOf(files)),
);

for (const version of VERSIONS)
  sharedTest(
    test,
    `${sample.length} SSTables of ma to da, written again as ${version}`,
    async () => {
      for (const files of sample) await rewriteTo(files, version);
    },
  );

sharedTest(
  test,
  'what can’t be held is refused with the partition, or capped on demand',
  async () => {
    const files = fixtureSSTable('real/5.0.6-oa/far_ttl');
    await withTempFolder(async (folder) => {
      const refused = await rewriteSSTable(files, { ...targetIn(folder), version: 'nb' });
      assert.is(refused._tag, 'Left');
      if (refused._tag === 'Left') {
        assert.is(refused.left.code, 'SCM_SSTABLE_UNWRITABLE');
        assert.match(refused.left.message, /partition 0x[0-9a-f]+: can not be written/);
      }
      assert.equal(filesBelow(folder), []);
      const capped = await rewriteSSTable(files, {
        ...targetIn(folder),
        version: 'nb',
        deletionTimeOverflow: 'cap',
      });
      const [output] = orThrow(capped).sstables as [SSTableFiles];
      await assertSound(output);
      const { maxLocalDeletionTime } = statisticsOf(output).stats;
      assert.ok(maxLocalDeletionTime >= 2147483646);
    });
  },
);

sharedTest(test, 'compression may change, or go', async () => {
  const files = fixtureSSTable('real/4.1.10-nb/alltypes');
  const expected = await linesOf(files);
  for (const compression of [
    'none',
    ...[
      'LZ4Compressor',
      'SnappyCompressor',
      'DeflateCompressor',
      'ZstdCompressor',
      'NoopCompressor',
    ].map((compressor) => ({
      compressor,
      options: [],
      chunkLengthBytes: 4096,
      maxCompressedLengthBytes: 3724,
    })),
    {
      compressor: 'LZ4Compressor',
      options: [['lz4_compressor_type', 'high']] as const,
      chunkLengthBytes: 65_536,
      maxCompressedLengthBytes: 2147483647,
    },
  ] as const)
    await withTempFolder(async (folder) => {
      const result = await rewriteSSTable(files, {
        ...targetIn(folder),
        version: 'nb',
        compression,
      });
      const [output] = orThrow(result).sstables as [SSTableFiles];
      assert.equal(await linesOf(output), expected);
      await assertSound(output, JSON.stringify(compression));
    });
});

sharedTest(test, 'an SSTable that the caller has opened stays open', async () => {
  const sstable = orThrow(await openSSTable(fixtureSSTable('real/4.1.10-nb/alltypes')));
  await withTempFolder(async (folder) => {
    orThrow(await rewriteSSTable(sstable, { ...targetIn(folder), version: 'da' }));
    orThrow(await sstable.rows());
  });
  await sstable.close();
});

test.run();
