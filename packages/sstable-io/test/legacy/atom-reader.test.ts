import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegacyAtom } from '../../src/legacy/atom.ts';
import { folderOf, legacyFixtures, opened, schemaOf } from './legacy-fixtures.ts';
import { Sstable2Json } from './sstable2json.ts';

const real = legacyFixtures.filter((files) => folderOf(files).startsWith('real/'));

sharedTest(
  test,
  'every atom of real 2.0, 2.1 and 2.2 files is what the release itself prints',
  async () => {
    let atomCount = 0;
    for (const files of real) {
      const { directory } = files.descriptor;
      const release = basename(dirname(directory));
      const json = readdirSync(directory).find((name) => name.endsWith('.json')) as string;
      const expected = JSON.parse(readFileSync(join(directory, json), 'utf8'));
      const dump = new Sstable2Json(schemaOf(files), release);
      const sstable = await opened(files);
      const reader = await sstable.atoms();
      if (reader._tag === 'Left') throw reader.left;
      const rows: object[] = [];
      for (;;) {
        const partition = await reader.right.nextPartition();
        if (partition === undefined) break;
        const atoms: LegacyAtom[] = [];
        for (;;) {
          const batch = await reader.right.nextBatch();
          if (batch.length === 0) break;
          // views stand until the next batch only
          atoms.push(...structuredClone(batch));
        }
        atomCount += atoms.length;
        rows.push(dump.row(partition, atoms));
      }
      await reader.right.close();
      await sstable.close();
      assert.is(rows.length, expected.length, directory);
      for (const [i, row] of rows.entries())
        assert.equal(row, expected[i], `${directory}, row ${i}`);
    }
    assert.is(real.length, 30);
    assert.ok(atomCount > 14_000, `${atomCount} atoms`);
  },
);

test.run();
