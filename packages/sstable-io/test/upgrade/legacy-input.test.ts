import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compactSSTables } from '../../src/compact/compact-sstables.ts';
import { orThrow } from '../../src/open.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { legacyInput } from '../../src/upgrade/legacy-input.ts';
import { rewriteSSTable } from '../../src/upgrade/rewrite-sstable.ts';
import { assertSound, linesOf, targetIn } from '../compact/tables.ts';
import { folderOf, legacyFixtures, opened, schemaOf } from '../legacy/legacy-fixtures.ts';
import { holdAll } from '../merge/held-rows.ts';
import { textOf } from '../merge/rows-text.ts';

const real = legacyFixtures.filter((files) => folderOf(files).startsWith('real/'));

for (const version of ['me', 'nb', 'da'] as const)
  sharedTest(
    test,
    `${real.length} SSTables of 2.0 to 2.2, written again as ${version}`,
    async () => {
      for (const files of real) {
        const sstable = await opened(files);
        const input = legacyInput(sstable, schemaOf(files));
        await withTempFolder(async (folder) => {
          const expected = textOf(await holdAll(orThrow(await input.rows())));
          const result = await rewriteSSTable(input, { ...targetIn(folder), version });
          const [output] = orThrow(result).sstables as [SSTableFiles];
          assert.equal(await linesOf(output), expected, folderOf(files));
          await assertSound(output, folderOf(files));
        });
        await sstable.close();
      }
    },
  );

sharedTest(test, 'an old SSTable and the same again, compacted with each other', async () => {
  const files = real.find((one) => folderOf(one).endsWith('2.1.22/colls')) as SSTableFiles;
  const sstables = [await opened(files), await opened(files)];
  const inputs = sstables.map((sstable) => legacyInput(sstable, schemaOf(files)));
  await withTempFolder(async (folder) => {
    const result = orThrow(await compactSSTables(inputs, targetIn(folder)));
    const [output] = result.sstables as [SSTableFiles];
    assert.is(output.descriptor.version, 'me');
    await assertSound(output);
  });
  for (const sstable of sstables) await sstable.close();
});

test.run();
