import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { componentPath } from '../../src/naming/file-name.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { copyRows } from '../../src/write/copy-rows.ts';
import { serializationHeaderOf } from '../../src/write/header-of.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import { folderOf, legacyFixtures, opened, schemaOf } from './legacy-fixtures.ts';
import { UPGRADED_DATA } from './upgraded-rows.ts';

/** Writes the rows of an old SSTable as `me`, not compressed. */
const rewritten = async (files: SSTableFiles, directory: string): Promise<SSTableFiles> => {
  const sstable = await opened(files);
  const rows = await sstable.rows(schemaOf(files));
  if (rows._tag === 'Left') throw rows.left;
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 't',
    version: 'me',
    id: '1',
    partitioner: sstable.partitioner,
    header: serializationHeaderOf(rows.right.header),
    compression: undefined,
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
  });
  await copyRows(rows.right, writer);
  const written = await writer.finish();
  await rows.right.close();
  await sstable.close();
  return written;
};

sharedTest(
  test,
  'written again as me, Data.db is byte for byte that of sstableupgrade of 3.11.19',
  () =>
    withTempFolder(async (root) => {
      let compared = 0;
      for (const files of legacyFixtures) {
        const name = `${folderOf(files)} ${files.descriptor.id}`;
        const expected = UPGRADED_DATA[name];
        if (expected === undefined) continue;
        const written = await rewritten(files, join(root, 'ks', `t${compared}`));
        const bytes = readFileSync(componentPath(written.descriptor, 'Data.db'));
        assert.is(createHash('sha256').update(bytes).digest('hex').slice(0, 32), expected, name);
        compared += 1;
      }
      assert.is(compared, 70);
    }),
);

test.run();
