import { partitionerNamed } from '@scamander/ring';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable, orThrow } from '../../src/open.ts';
import { splitSSTable } from '../../src/split/split-sstable.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { assertSound, filesBelow, linesOf, targetIn } from '../compact/tables.ts';
import { fixtureSSTable } from '../fixture-sstables.ts';
import { statisticsOf } from '../write/rewriting.ts';

/** Tokens of all partitions, ascending. */
const tokensOf = async (files: SSTableFiles): Promise<bigint[]> => {
  const sstable = orThrow(await openSSTable(files));
  try {
    const tokens: bigint[] = [];
    for await (const { key } of sstable.keys())
      tokens.push(sstable.partitioner.tokenOf(key) as bigint);
    return tokens;
  } finally {
    await sstable.close();
  }
};

const MIN = -(2n ** 63n);

for (const folder of ['real/5.0.6-da/dels', 'real/4.1.10-nb/lcs', 'real/3.11.19-me/statics']) {
  sharedTest(
    test,
    `${folder}: parts by ranges are the whole, each with its own statistics`,
    async () => {
      const input = fixtureSSTable(folder);
      const tokens = await tokensOf(input);
      const middle = tokens[Math.floor(tokens.length / 3)] as bigint;
      const last = tokens.at(-1) as bigint;
      await withTempFolder(async (temp) => {
        const { sstables, partitions } = orThrow(
          await splitSSTable(
            input,
            {
              ranges: [
                [{ left: MIN, right: middle }],
                // nothing is in there
                [{ left: last, right: MIN }],
                [{ left: middle, right: last }],
              ],
            },
            targetIn(temp),
          ),
        );
        assert.is(sstables.length, 2);
        assert.is(partitions, tokens.length);
        const lines: string[] = [];
        let rows = 0n;
        for (const files of sstables) {
          await assertSound(files, folder);
          lines.push(...(await linesOf(files)));
          rows += statisticsOf(files).stats.totalRows;
        }
        const { stats } = statisticsOf(input);
        assert.equal(lines, await linesOf(input));
        assert.is(rows, stats.totalRows);
        const [first] = sstables as [SSTableFiles];
        assert.is(statisticsOf(first).stats.sstableLevel, stats.sstableLevel);
        assert.is(first.descriptor.version, input.descriptor.version);
      });
    },
  );
}

sharedTest(test, 'parts by size', async () => {
  const input = fixtureSSTable('real/4.1.10-nb/bo_many');
  await withTempFolder(async (temp) => {
    const { sstables } = orThrow(
      await splitSSTable(input, { sizeBytes: 15_000 }, { ...targetIn(temp), compression: 'none' }),
    );
    assert.ok(sstables.length > 1, `${sstables.length} parts`);
    const lines: string[] = [];
    for (const files of sstables) {
      await assertSound(files);
      const size = files.components.get('Data.db') ?? 0;
      assert.ok(size < 20_000, `a part of ${size} bytes`);
      lines.push(...(await linesOf(files)));
    }
    assert.equal(lines, await linesOf(input));
  });
});

sharedTest(test, 'ranges without partitions make no SSTables', async () => {
  const input = fixtureSSTable('real/4.1.10-nb/lcs');
  const last = (await tokensOf(input)).at(-1) as bigint;
  await withTempFolder(async (temp) => {
    const result = orThrow(
      await splitSSTable(input, { ranges: [[{ left: last, right: MIN }]] }, targetIn(temp)),
    );
    assert.equal(result, { sstables: [], partitions: 0 });
    assert.equal(filesBelow(temp), []);
  });
  const murmur = partitionerNamed('org.apache.cassandra.dht.Murmur3Partitioner');
  assert.is(murmur._tag, 'Right');
});

test.run();
