import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import { openLegacySSTable } from '../../src/legacy/open-legacy.ts';
import { openSSTable } from '../../src/open.ts';
import type { SSTableFiles, VerifyLevel, VerifyReport } from '../../src/types.ts';
import { folderOf, legacyFixture, legacyFixtures, opened } from './legacy-fixtures.ts';

/** What is wrong, be it found on opening. */
const verified = async (files: SSTableFiles, level: VerifyLevel): Promise<VerifyReport> => {
  const sstable = await openLegacySSTable(files);
  if (sstable._tag === 'Left') {
    const errors = [sstable.left];
    return { errors, warnings: [], checksums: {}, bytesRead: 0, filterTrusted: false };
  }
  try {
    return await sstable.right.verify(level);
  } finally {
    await sstable.right.close();
  }
};

/** What is known to be wrong with fixtures of Cassandra's own tests. */
const KNOWN: Readonly<Record<string, { readonly errors?: RegExp; readonly warnings?: RegExp }>> = {
  // its rows were changed by hand
  'sstables/ka/legacy_ka_14912': { errors: /the digest is \d+, Digest\.sha1 says 2565739962$/ },
  // written during the development of 2.2, with the hash order that came in 3.0 only
  'bloom-filter/la/foo': { warnings: /^Filter\.db can’t be trusted/ },
  'sstables/ka/legacy_ka_with_illegal_cell_names': { warnings: /lists Summary\.db/ },
  'sstables/ka/legacy_ka_with_illegal_cell_names_indexed': { warnings: /lists Summary\.db/ },
};

sharedTest(test, 'every file of 2.0 to 2.2 is sound, but for what is known', async () => {
  for (const files of legacyFixtures) {
    for (const level of ['quick', 'deep'] as const) {
      const { errors, warnings, filterTrusted } = await verified(files, level);
      const known = KNOWN[folderOf(files)];
      const what = `${folderOf(files)} ${level}`;
      for (const { message } of errors) assert.match(message, known?.errors ?? /^never$/, what);
      for (const text of warnings) assert.match(text, known?.warnings ?? /^never$/, what);
      assert.is(filterTrusted, folderOf(files) !== 'bloom-filter/la/foo', what);
    }
  }
});

sharedTest(
  test,
  'sections, keys and rows of token ranges; what is closed stays closed',
  async () => {
    const sstable = await opened(legacyFixture('real/2.1.22/plain'));
    const keys: Uint8Array[] = [];
    const positions: bigint[] = [];
    for await (const { key, position } of sstable.keys()) {
      keys.push(key.slice());
      positions.push(position);
    }
    assert.is(keys.length, 120);
    assert.equal(Buffer.compare(sstable.firstKey, keys[0] as Uint8Array), 0);
    const { tokenOf } = sstable.partitioner;
    const range = { left: tokenOf(keys[9] as Uint8Array), right: tokenOf(keys[19] as Uint8Array) };
    const sections = await sstable.sections([range]);
    assert.equal(sections, {
      _tag: 'Right',
      right: [{ lower: positions[10], upper: positions[20] }],
    });
    const reader = await sstable.atoms({ ranges: [range] });
    if (reader._tag === 'Left') throw reader.left;
    for (let i = 10; i < 20; i++) {
      const partition = await reader.right.nextPartition();
      assert.is(Buffer.compare(partition?.key as Uint8Array, keys[i] as Uint8Array), 0);
      assert.is(partition?.position, Number(positions[i]));
    }
    assert.is(await reader.right.nextPartition(), undefined);
    assert.is(reader.right.position, Number(positions[20]));
    await reader.right.close();
    await sstable.close();
    const late = await sstable.atoms();
    assert.is(late._tag === 'Left' && late.left.code, 'SCM_SSTABLE_IO');
  },
);

sharedTest(test, 'old and new SSTables are opened by the function that knows them', async () => {
  const old = legacyFixture('real/2.2.19/plain');
  const refused = await openSSTable(old);
  assert.is(refused._tag === 'Left' && refused.left.code, 'SCM_SSTABLE_UNSUPPORTED');
  assert.match(refused._tag === 'Left' ? refused.left.message : '', /need the schema of the table/);
  const renamed = { ...old, descriptor: { ...old.descriptor, version: 'nb' } };
  const other = await openLegacySSTable(renamed);
  assert.is(other._tag === 'Left' && other.left.code, 'SCM_SSTABLE_UNSUPPORTED');
});

type Spoil = (path: (component: string) => string) => void;

const change =
  (component: string, edit: (bytes: Buffer) => Buffer): Spoil =>
  (path) =>
    writeFileSync(path(component), edit(readFileSync(path(component))));

const flip = (component: string, at: number): Spoil =>
  change(component, (bytes) => {
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = bytes[index]! ^ 0x41;
    return bytes;
  });

const insert =
  (component: string, text: string): Spoil =>
  (path) =>
    writeFileSync(path(component), text);

const remove =
  (component: string): Spoil =>
  (path) =>
    rmSync(path(component));

/** Damage, what finds it, and a piece of what is said; `warns` where it is no error. */
const DAMAGE: readonly (readonly [
  folder: string,
  what: string,
  damage: readonly Spoil[],
  level: VerifyLevel,
  says: RegExp,
  warns?: boolean,
])[] = [
  [
    '2.2.19/wide',
    'a chunk',
    [flip('Data.db', 900)],
    'quick',
    /digest is \d+, Digest\.adler32 says/,
  ],
  [
    '2.2.19/wide',
    'a chunk, no digest',
    [flip('Data.db', 900), remove('Digest.adler32')],
    'quick',
    /Adler-32 0x\w+ of chunk 0/,
  ],
  ['2.1.22/wide', 'a chunk', [flip('Data.db', 900)], 'quick', /digest is \d+, Digest\.sha1 says/],
  ['2.0.17/wide', 'a chunk', [flip('Data.db', 900)], 'quick', /Adler-32 0x\w+ of chunk 0/],
  [
    '2.0.17/plain',
    'a byte',
    [flip('Data.db', 900)],
    'quick',
    /SHA-1 \w+, expected \w+, as Digest\.sha1/,
  ],
  [
    '2.0.17/plain',
    'a byte, no digest',
    [flip('Data.db', 900), remove('Digest.sha1')],
    'quick',
    /CRC-32 \d+ of \d+ bytes/,
  ],
  [
    '2.2.19/plain',
    'a byte, no digest',
    [flip('Data.db', 900), remove('Digest.adler32')],
    'quick',
    /Adler-32 \d+ of \d+ bytes/,
  ],
  [
    '2.2.19/plain',
    'text in the digest',
    [insert('Digest.adler32', 'abc')],
    'quick',
    /a decimal Adler-32/,
  ],
  [
    '2.0.17/plain',
    'text in the digest',
    [insert('Digest.sha1', '123')],
    'quick',
    /40 hexadecimal digits/,
  ],
  [
    '2.2.19/plain',
    'no digest',
    [remove('Digest.adler32')],
    'quick',
    /Digest\.adler32 is missing/,
    true,
  ],
  ['2.2.19/plain', 'no CRC.db', [remove('CRC.db')], 'quick', /CRC\.db is missing/, true],
  [
    '2.2.19/plain',
    'a filter bit',
    [change('Filter.db', (bytes) => bytes.fill(0, 8))],
    'quick',
    /Filter\.db can’t be trusted/,
    true,
  ],
  [
    '2.2.19/plain',
    'a summary key',
    [flip('Summary.db', 30)],
    'quick',
    /boundary keys that Index\.db does not have|first offset/,
  ],
  ['2.0.17/plain', 'a summary key', [flip('Summary.db', 24)], 'quick', /entries or boundary keys/],
  [
    '2.2.19/plain',
    'an index position',
    [flip('Index.db', 14 + 12 + 2 + 12 + 7)],
    'deep',
    /as in Data\.db/,
  ],
  [
    '2.2.19/plain',
    'an index key',
    [flip('Index.db', 4)],
    'deep',
    /entries or boundary keys|as in Data\.db/,
  ],
  [
    '2.2.19/wide',
    'a block offset',
    [flip('Index.db', 2 + 4 + 12 + 16 + 2 + 9 + 2 + 14 + 7)],
    'deep',
    /Index\.db/,
  ],
  [
    '2.1.22/wide',
    'a block name',
    [flip('Index.db', 2 + 4 + 12 + 16 + 6)],
    'deep',
    /block whose first name is/,
  ],
  ['2.1.22/wide', 'an end of a block', [flip('Index.db', -3)], 'deep', /Index\.db/],
  [
    '2.2.19/plain',
    'a cell length',
    [flip('Data.db', 60), remove('Digest.adler32'), remove('CRC.db')],
    'deep',
    /Data\.db/,
  ],
  [
    '2.2.19/plain',
    'an index that ends early',
    [change('Index.db', (bytes) => bytes.subarray(0, -28)), remove('Summary.db')],
    'deep',
    /an entry for every row|end of the file within/,
  ],
];

for (const [folder, what, damage, level, says, warns] of DAMAGE) {
  sharedTest(test, `${folder}: ${what} is found by a ${level} look`, () =>
    withTempFolder(async (root) => {
      const source = legacyFixture(`real/${folder}`);
      const { directory, prefix } = source.descriptor;
      const path = (component: string): string => join(root, `${prefix}${component}`);
      for (const component of source.components.keys()) {
        cpSync(join(directory, `${prefix}${component}`), path(component));
      }
      const prefixOfAll = basename(path(''));
      for (const spoil of damage) spoil(path);
      const [table] = (await discover([root])).tables;
      const files = table?.sstables[0];
      assert.ok(files !== undefined && prefixOfAll === files.descriptor.prefix);
      const { errors, warnings } = await verified(files as SSTableFiles, level);
      const found = warns === true ? warnings : errors.map(({ message }) => message);
      assert.ok(
        found.some((text) => says.test(text)),
        `${JSON.stringify(found)} ${warnings}`,
      );
      if (warns === true) assert.equal(errors, []);
    }),
  );
}

sharedTest(test, 'progress reaches its total, and an abort ends a verification', async () => {
  const sstable = await opened(legacyFixture('real/2.2.19/wide'));
  let last: [number, number] = [0, 1];
  await sstable.verify('deep', { progress: (bytes, total) => (last = [bytes, total]) });
  assert.ok(last[0] / last[1] > 0.9, `${last}`);
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  const reason = await sstable.verify('deep', { signal: controller.signal }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.is((reason as Error).message, 'enough');
  await sstable.close();
});

test.run();
