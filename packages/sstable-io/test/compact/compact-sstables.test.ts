import { ByteOrderedPartitioner } from '@scamander/ring';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compactSSTables } from '../../src/compact/compact-sstables.ts';
import { MergedRowReader } from '../../src/merge/merged-row-reader.ts';
import { openSSTable, orThrow } from '../../src/open.ts';
import type { RowHeader } from '../../src/rows/row-header.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { copyRows } from '../../src/write/copy-rows.ts';
import { serializationHeaderOf } from '../../src/write/header-of.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import type { WrittenVersion } from '../../src/write/writer-options.ts';
import { fixtureSSTable, sstablesIn } from '../fixture-sstables.ts';
import { type HeldPartition, HeldRowReader, holdAll } from '../merge/held-rows.ts';
import { naiveMerge } from '../merge/naive-merge.ts';
import { textOf } from '../merge/rows-text.ts';
import { headerOf, sources } from '../merge/small-world.ts';
import { statisticsOf } from '../write/rewriting.ts';
import { assertSound, filesBelow, linesOf, targetIn } from './tables.ts';

/** Writes partitions as an SSTable. */
const written = async (
  directory: string,
  header: RowHeader,
  partitions: readonly HeldPartition[],
  id: string,
  version: WrittenVersion = 'nb',
): Promise<SSTableFiles | undefined> => {
  if (partitions.length === 0) return undefined;
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'tb',
    version,
    id,
    partitioner: ByteOrderedPartitioner,
    header: serializationHeaderOf(header),
    compression: undefined,
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
    columnIndexBytes: 64,
  });
  await copyRows(new HeldRowReader(header, partitions), writer);
  return await writer.finish();
};

test('an SSTable of several holds what the merge of their rows is', async () => {
  const header = headerOf(['a', 'b', 'm', 'n', 't']);
  await fc.assert(
    fc.asyncProperty(
      fc.array(sources(header), { minLength: 1, maxLength: 3 }),
      fc.constantFrom<WrittenVersion>('me', 'nb', 'oa', 'da'),
      async (list, version) => {
        await withTempFolder(async (folder) => {
          const inputs: SSTableFiles[] = [];
          for (const [i, partitions] of list.entries()) {
            const files = await written(`${folder}/in`, header, partitions, `${i + 1}`, 'nb');
            if (files !== undefined) inputs.push(files);
          }
          if (inputs.length === 0) return;
          const expected = naiveMerge(list, header);
          // `oa` and `da` can't hold partition deletions of negative timestamps
          const isHeld =
            version < 'oa' && version !== 'da'
              ? true
              : expected.every(({ deletion }) => (deletion?.markedForDeleteAt ?? 0n) >= 0n);
          const result = await compactSSTables(inputs, {
            ...targetIn(`${folder}/out`),
            version,
            columnIndexBytes: 64,
          });
          if (!isHeld) {
            assert.is(result._tag, 'Left');
            assert.equal(filesBelow(`${folder}/out`), []);
            return;
          }
          const { sstables } = orThrow(result);
          assert.is(sstables.length, 1);
          const [output] = sstables as [SSTableFiles];
          assert.equal(await linesOf(output), textOf(expected));
          await assertSound(output);
        });
      },
    ),
    { numRuns: 40 },
  );
});

sharedTest(test, 'the two SSTables of an altered table, as one', async () => {
  const inputs = sstablesIn(fixture('real/4.1.10-nb/altered'));
  assert.is(inputs.length, 2);
  await withTempFolder(async (folder) => {
    const { sstables } = orThrow(await compactSSTables(inputs, targetIn(folder)));
    const [output] = sstables as [SSTableFiles];
    await assertSound(output);
    const opened = await Promise.all(
      inputs.map(async (files) => orThrow(await openSSTable(files))),
    );
    const readers = await Promise.all(opened.map(async (sstable) => orThrow(await sstable.rows())));
    const { partitioner } = opened[0] as (typeof opened)[0];
    const merged = textOf(await holdAll(new MergedRowReader(readers, { partitioner })));
    for (const sstable of opened) await sstable.close();
    assert.equal(await linesOf(output), merged);
    assert.is(output.descriptor.version, 'nb');
  });
});

sharedTest(test, 'the time of repair is the earliest, sessions do not mix', async () => {
  await withTempFolder(async (folder) => {
    const repaired = fixtureSSTable('real/4.1.10-nb/repaired');
    const pending = fixtureSSTable('real/4.1.10-nb/pending');
    const alone = orThrow(await compactSSTables([repaired], targetIn(`${folder}/a`)));
    const { stats } = statisticsOf(repaired);
    assert.ok(stats.repairedAtMs > 0n);
    assert.is(
      statisticsOf(alone.sstables[0] as SSTableFiles).stats.repairedAtMs,
      stats.repairedAtMs,
    );
    const mixed = await compactSSTables([repaired, pending], targetIn(`${folder}/b`));
    assert.is(mixed._tag, 'Left');
    if (mixed._tag === 'Left') assert.match(mixed.left.message, /different repair sessions/);
    assert.equal(filesBelow(`${folder}/b`), []);
  });
});

sharedTest(test, 'tables that have nothing in common are refused', async () => {
  await withTempFolder(async (folder) => {
    const a = fixtureSSTable('real/4.1.10-nb/ct_text');
    const b = fixtureSSTable('real/4.1.10-nb/ct_int');
    const result = await compactSSTables([a, b], targetIn(folder));
    assert.is(result._tag, 'Left');
    if (result._tag === 'Left') assert.match(result.left.message, /clustering columns of/);
    assert.equal(filesBelow(folder), []);
  });
});

sharedTest(test, 'an aborted compaction leaves nothing', async () => {
  await withTempFolder(async (folder) => {
    const controller = new AbortController();
    const input = fixtureSSTable('real/4.1.10-nb/ct_text');
    const result = await compactSSTables([input], {
      ...targetIn(folder),
      signal: controller.signal,
      progress: () => controller.abort(new Error('enough')),
    });
    assert.is(result._tag, 'Left');
    if (result._tag === 'Left') assert.match(result.left.message, /enough/);
    assert.equal(filesBelow(folder), []);
  });
});

sharedTest(test, 'several SSTables of limited size appear together', async () => {
  await withTempFolder(async (folder) => {
    const input = fixtureSSTable('real/4.1.10-nb/bo_many');
    const seen: number[] = [];
    const { sstables, partitions } = orThrow(
      await compactSSTables([input], {
        ...targetIn(folder),
        compression: 'none',
        sstableBytesMax: 20_000,
        progress: (bytes, totalBytes) => {
          assert.ok(bytes <= totalBytes);
          seen.push(bytes);
        },
      }),
    );
    assert.ok(sstables.length > 1, `${sstables.length} SSTables`);
    assert.is(partitions, Number(statisticsOf(input).stats.totalRows));
    const parts = [];
    for (const files of sstables) {
      await assertSound(files);
      parts.push(...(await linesOf(files)));
    }
    assert.equal(parts, await linesOf(input));
    assert.ok(seen.length > 0 && [...seen].sort((x, y) => x - y).join() === seen.join());
  });
});

test.run();
