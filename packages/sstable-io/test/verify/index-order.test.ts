// The order of Index.db, as a load asks for it.
import { ByteWriter } from '@scamander/bytes';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../../src/open.ts';
import type { SSTableFiles, VerifyReport } from '../../src/types.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { SSTableCopy } from '../sstable-copy.ts';

const verified = async (files: SSTableFiles): Promise<VerifyReport> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  try {
    return await opened.right.verify('quick', { indexOrder: true });
  } finally {
    await opened.right.close();
  }
};

sharedTest(test, 'the index of every fixture is in order, whatever its partitioner', async () => {
  for (const files of fixtureSSTables) {
    const { errors } = await verified(files);
    assert.equal(errors, [], `${nameOf(files)}: ${errors[0]?.message}`);
  }
});

type Entry = { readonly key: Buffer; readonly position: number };

/** An Index.db of entries without promoted indexes (spec: sstable-index-and-stats §4.1). */
const indexOf = (entries: readonly Entry[]): Uint8Array => {
  const out = new ByteWriter();
  for (const { key, position } of entries) {
    out.bytes16(key);
    out.uvint(position);
    out.uvint(0);
  }
  return out.toBytes();
};

const keysOf = async (files: SSTableFiles): Promise<readonly Entry[]> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  const entries: Entry[] = [];
  try {
    for await (const { key, position } of opened.right.keys())
      entries.push({ key: Buffer.from(key), position: Number(position) });
  } finally {
    await opened.right.close();
  }
  return entries;
};

const swapped = (entries: readonly Entry[], what: 'key' | 'position'): readonly Entry[] => {
  const [first, second, third, ...rest] = entries;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('too few entries');
  return [first, { ...second, [what]: third[what] }, { ...third, [what]: second[what] }, ...rest];
};

for (const [name, spoil] of [
  ['two keys in each other’s place', (entries) => swapped(entries, 'key')],
  ['two positions in each other’s place', (entries) => swapped(entries, 'position')],
  ['a first position that is not 0', ([first, ...rest]) => [{ ...first!, position: 1 }, ...rest]],
  [
    'a position behind the data',
    (entries) => [...entries.slice(0, -1), { ...entries.at(-1)!, position: 1_000_000_000 }],
  ],
] satisfies [string, (entries: readonly Entry[]) => readonly Entry[]][])
  sharedTest(test, `${name} in Index.db`, () =>
    withTempFolder(async (folder) => {
      const source = fixtureSSTable('real/4.1.10-nb/many_uncompressed');
      const entries = await keysOf(source);
      const copy = new SSTableCopy(source, folder);
      // Without it nobody compares: the damage is for the scan to find.
      copy.remove('Summary.db');
      copy.write('Index.db', indexOf(entries));
      assert.equal((await verified(copy.files)).errors, []);
      copy.write('Index.db', indexOf(spoil(entries)));
      const [error] = (await verified(copy.files)).errors;
      assert.is(error?.code, 'SCM_SSTABLE_CORRUPT');
      assert.match(error?.message ?? '', /Index\.db \(byte \d+\): found key [0-9a-f]+ at position/);
    }),
  );

test.run();
