// A quick verification in two steps finds what it finds in one; on the samples of this repository.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../../src/open.ts';
import type { SSTableFiles, VerifyLevel, VerifyPart, VerifyReport } from '../../src/types.ts';
import { sstablesIn } from '../fixture-sstables.ts';
import { SSTableCopy } from '../sstable-copy.ts';

const sample = (release: string, table: string): SSTableFiles => {
  const keyspace = fileURLToPath(new URL(`../../../cli/samples/${release}/demo`, import.meta.url));
  const folder = readdirSync(keyspace).find((name) => name.startsWith(`${table}-`));
  const [files] = sstablesIn(join(keyspace, folder ?? ''));
  if (files === undefined) throw new Error(`no SSTable of ${table} in ${keyspace}`);
  return files;
};

const verified = async (
  files: SSTableFiles,
  part: VerifyPart,
  level: VerifyLevel = 'quick',
): Promise<VerifyReport> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  try {
    return await opened.right.verify(level, { part });
  } finally {
    await opened.right.close();
  }
};

const codes = ({ errors }: VerifyReport): readonly string[] => errors.map(({ code }) => code);

for (const [release, table] of [
  ['4.1.10-nb', 'with_lz4'],
  ['4.1.10-nb', 'with_none'],
  ['5.0.6-da', 'readings'],
] as const) {
  test(`${release} ${table}: both steps together are the whole`, async () => {
    const files = sample(release, table);
    const all = await verified(files, 'all');
    const structure = await verified(files, 'structure');
    const digest = await verified(files, 'digest');
    assert.equal(Object.keys(digest.checksums), ['Data.db']);
    assert.not.ok('Data.db' in structure.checksums);
    assert.equal({ ...structure.checksums, ...digest.checksums }, all.checksums);
    assert.is(structure.bytesRead + (files.components.get('Data.db') ?? 0), all.bytesRead);
    assert.is(structure.filterTrusted, true);
  });

  test(`${release} ${table}: a flipped bit of Data.db is the digest’s to find, what else is wrong the structure’s`, () =>
    withTempFolder(async (folder) => {
      const copy = new SSTableCopy(sample(release, table), folder);
      const bytes = copy.bytes('Data.db');
      bytes[bytes.length >> 1]! ^= 0x10;
      copy.write('Data.db', bytes);
      assert.equal(codes(await verified(copy.files, 'structure')), []);
      assert.equal(codes(await verified(copy.files, 'digest')), ['SCM_SSTABLE_DIGEST']);
      copy.write('Digest.crc32', Buffer.from('no number'));
      assert.equal(codes(await verified(copy.files, 'structure')), ['SCM_SSTABLE_CORRUPT']);
      copy.remove('Digest.crc32');
      const blocks = await verified(copy.files, 'structure');
      assert.equal(codes(blocks), ['SCM_SSTABLE_CORRUPT'], 'without a digest the blocks are read');
      assert.ok('Data.db' in blocks.checksums);
    }));
}

test('deep reads Data.db in any case', async () => {
  const report = await verified(sample('4.1.10-nb', 'with_lz4'), 'structure', 'deep');
  assert.ok('Data.db' in report.checksums);
});

test.run();
