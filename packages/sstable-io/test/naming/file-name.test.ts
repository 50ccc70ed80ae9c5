import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sharedFolder, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SSTableErrorType } from '../../src/errors.ts';
import { componentPath, parseSSTableFileName } from '../../src/naming/file-name.ts';

const FOLDER = '/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d';

const GOOD = [
  // every example of the spec (§1.2)
  ['la-1-big-Data.db', 'la', '1', 'big', 'Data.db'],
  ['nb-42-big-Index.db', 'nb', '42', 'big', 'Index.db'],
  [
    'nb-3g1m_0nuf_3vj5m2k1125165rxa7-big-Data.db',
    'nb',
    '3g1m_0nuf_3vj5m2k1125165rxa7',
    'big',
    'Data.db',
  ],
  ['da-7-bti-Partitions.db', 'da', '7', 'bti', 'Partitions.db'],
  ['nb-3-big-SI_by_name.db', 'nb', '3', 'big', 'SI_by_name.db'],
  ['nb-3-big-SAI+aa+GroupMeta.db', 'nb', '3', 'big', 'SAI+aa+GroupMeta.db'],
  ['oa-3-big-Whatever', 'oa', '3', 'big', 'Whatever'],
  // 6.0: recognised, though not opened
  ['pa-1-big-Data.db', 'pa', '1', 'big', 'Data.db'],
  // unknown minor letters may only append fields
  ['nz-1-big-Data.db', 'nz', '1', 'big', 'Data.db'],
] as const;
for (const [name, version, id, format, component] of GOOD)
  test(`modern: ${name}`, () => {
    const parsed = parseSSTableFileName(join(FOLDER, name));
    assert.ok(parsed._tag === 'Right');
    assert.equal(parsed.right, {
      component,
      descriptor: {
        directory: FOLDER,
        keyspace: 'ks',
        table: 't',
        tableId: '5a1c395e-b41f-11e5-a2f2-d1f5cb37ed2d',
        indexName: undefined,
        version,
        format,
        id,
        prefix: `${version}-${id}-${format}-`,
      },
    });
    assert.is(componentPath(parsed.right.descriptor, component), join(FOLDER, name));
  });

const code = (name: string): SSTableErrorType => {
  const parsed = parseSSTableFileName(join(FOLDER, name));
  assert.ok(parsed._tag === 'Left', name);
  assert.is(parsed.left.detail.file, join(FOLDER, name));
  return parsed.left.detail;
};

const LEGACY = [
  ['Keyspace1-Standard1-ja-0-Data.db', 'Cassandra 1.2, then 2.0, then 3.11'],
  ['Wide-e-1-Data.db', 'Cassandra 1.2, then 2.0, then 3.11'],
  ['Super1-1-Data.db', 'no version letter'],
] as const;
for (const [name, says] of LEGACY)
  test(`legacy name refused with advice: ${name}`, () => {
    const error = code(name);
    assert.ok(error.code === 'SCM_SSTABLE_UNSUPPORTED');
    assert.match(error.what, says);
    assert.match(error.what, 'upgradesstables');
  });

for (const [name, owner, version, id, component] of [
  [
    'legacy_tables-legacy_ka_simple-ka-1-Statistics.db',
    ['legacy_tables', 'legacy_ka_simple'],
    'ka',
    '1',
    'Statistics.db',
  ],
  ['ks-cf-jb-1477-Digest.sha1', ['ks', 'cf'], 'jb', '1477', 'Digest.sha1'],
  ['Upper-Case-kb-2-TOC.txt', ['Upper', 'Case'], 'kb', '2', 'TOC.txt'],
  ['Keyspace1-Standard1-ic-0-Data.db', ['Keyspace1', 'Standard1'], 'ic', '0', 'Data.db'],
  ['Fix7-Count-hf-1-Data.db', ['Fix7', 'Count'], 'hf', '1', 'Data.db'],
] as const)
  test(`names of 1.1 to 2.1 say their table: ${name}`, () => {
    const parsed = parseSSTableFileName(join(FOLDER, name));
    assert.ok(parsed._tag === 'Right');
    assert.equal(parsed.right, {
      component,
      descriptor: {
        directory: FOLDER,
        keyspace: owner[0],
        table: owner[1],
        tableId: '5a1c395e-b41f-11e5-a2f2-d1f5cb37ed2d',
        indexName: undefined,
        version,
        format: 'big',
        id,
        prefix: `${owner[0]}-${owner[1]}-${version}-${id}-`,
      },
    });
    assert.is(componentPath(parsed.right.descriptor, component), join(FOLDER, name));
    const renamed = parseSSTableFileName(join(FOLDER, name), { table: 'other' });
    assert.ok(renamed._tag === 'Right');
    assert.is(renamed.right.descriptor.keyspace, owner[0]);
    assert.is(renamed.right.descriptor.table, 'other');
  });

for (const [name, version] of [
  ['Wide-f-1-Data.db', 'f'],
  ['Wide-hd-12-Data.db', 'hd'],
] as const)
  test(`names of 0.7 to 1.0 say their table, the folder is the keyspace’s: ${name}`, () => {
    const parsed = parseSSTableFileName(join('/data/Fix7', name));
    assert.ok(parsed._tag === 'Right');
    const { keyspace, table, prefix } = parsed.right.descriptor;
    assert.equal([keyspace, table, parsed.right.descriptor.version], ['Fix7', 'Wide', version]);
    assert.is(prefix, name.slice(0, -'Data.db'.length));
  });

test('files of a secondary index lie beside those of its table, and are refused', () => {
  const error = code('ks-cf.cf_city_idx-jb-1-Data.db');
  assert.ok(error.code === 'SCM_SSTABLE_UNSUPPORTED');
  assert.match(error.what, 'secondary index');
});

for (const name of [
  'test-foo-tmp-ka-4-Data.db',
  'foo-tmp-hd-4-Data.db',
  'tmp-la-2-big-Data.db',
  'tmplink-la-2-big-Data.db',
  'nb-1-big-Statistics.db.tmp',
])
  test(`temporary: ${name}`, () => assert.is(code(name).code, 'SCM_SSTABLE_UNFINISHED'));

for (const name of ['zz-1-big-Data.db', 'aa-1-bti-Data.db', 'n-1-big-Data.db', 'oa-1-bti-Data.db'])
  test(`unknown version: ${name}`, () => assert.is(code(name).code, 'SCM_SSTABLE_UNKNOWN_VERSION'));

for (const name of [
  'manifest.json',
  'nb-1-big-',
  'nb-1-big',
  'nb-x-big-Data.db',
  'nb-1-huge-Data.db',
  'NB-1-big-Data.db',
  'nb-99999999999-big-Data.db',
  'nb-1-big-a-b.db',
  'nb--big-Data.db',
])
  test(`no SSTable: ${name}`, () => assert.is(code(name).code, 'SCM_SSTABLE_NOT_AN_SSTABLE'));

test('override wins over the folders', () => {
  const parsed = parseSSTableFileName('/tmp/x/nb-1-big-Data.db', { keyspace: 'k', table: 't' });
  assert.ok(parsed._tag === 'Right');
  assert.is(parsed.right.descriptor.keyspace, 'k');
  assert.is(parsed.right.descriptor.table, 't');
});

sharedTest(test, 'every component that real nodes wrote has a name we know how to read', () => {
  const real = join(sharedFolder as string, 'fixtures', 'real');
  let modern = 0;
  let legacy = 0;
  for (const entry of readdirSync(real, { recursive: true, withFileTypes: true })) {
    if (!/\.(db|crc32|adler32|sha1)$|-TOC\.txt$/.test(entry.name)) continue;
    const parsed = parseSSTableFileName(join(entry.parentPath, entry.name));
    const old = /^0\.6/.test(entry.parentPath.slice(real.length + 1));
    if (parsed._tag === 'Right') {
      assert.not.ok(old, entry.name);
      assert.is(
        basename(componentPath(parsed.right.descriptor, parsed.right.component)),
        entry.name,
      );
      modern += 1;
    } else {
      assert.ok(old, entry.name);
      assert.is(parsed.left.code, 'SCM_SSTABLE_UNSUPPORTED', entry.name);
      legacy += 1;
    }
  }
  assert.ok(modern > 1000 && legacy > 5, `${modern} and ${legacy}`);
});

test.run();
