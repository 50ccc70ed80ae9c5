import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sharedFolder, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import type { Discovery } from '../../src/types.ts';
import { BTI, TABLE_HEX, TABLE_ID, tableFolder, writeSSTable } from './sample-table.ts';

/** `ks.t: nb-1-big- …` for each table, in order. */
const summary = (found: Discovery): readonly string[] =>
  found.tables.map(
    ({ keyspace, table, sstables }) =>
      `${keyspace}.${table}: ${sstables.map(({ descriptor }) => descriptor.prefix).join(' ')}`,
  );

const codes = (found: Discovery): readonly string[] => found.problems.map(({ code }) => code);

const clean = (found: Discovery): Discovery => {
  assert.equal(
    found.problems.map(({ message }) => message),
    [],
  );
  return found;
};

test('table, keyspace and data directory, and a single file, lead to the same SSTables', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(table, 'nb-2-big-');
    writeSSTable(table, 'nb-10-big-');
    writeSSTable(table, 'da-3-bti-', BTI);
    for (const path of [table, join(data, 'ks'), data]) {
      const found = clean(await discover([path]));
      assert.equal(summary(found), ['ks.t: nb-2-big- da-3-bti- nb-10-big-'], path);
      assert.is(found.tables[0]?.tableId, TABLE_ID);
      assert.equal(found.tables[0]?.directories, [table]);
      const [first] = found.tables[0]?.sstables ?? [];
      assert.is(first?.components.get('Data.db'), 'nb-2-big-Data.db'.length);
      assert.is(first?.components.size, 6);
    }
    const one = clean(await discover([join(table, 'nb-10-big-Data.db')]));
    assert.equal(summary(one), ['ks.t: nb-10-big-']);
  }));

test('a relative path is taken from the working directory', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data), 'nb-1-big-');
    const found = clean(await discover([relative(process.cwd(), tableFolder(data))]));
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
    assert.equal(found.tables[0]?.directories, [tableFolder(data)]);
  }));

test('several data directories of one node are one table', () =>
  withTempFolder(async (root) => {
    writeSSTable(tableFolder(join(root, 'a')), 'nb-1-big-');
    writeSSTable(tableFolder(join(root, 'b')), 'nb-2-big-');
    const found = clean(await discover([join(root, 'a'), join(root, 'b')]));
    assert.equal(summary(found), ['ks.t: nb-1-big- nb-2-big-']);
    assert.is(found.tables[0]?.directories.length, 2);
  }));

test('snapshots and backups only when the path leads into them', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(table, 'nb-3-big-');
    writeSSTable(join(table, 'snapshots', 'before-1.0'), 'nb-1-big-');
    writeFileSync(join(table, 'snapshots', 'before-1.0', 'manifest.json'), '{}');
    writeFileSync(join(table, 'snapshots', 'before-1.0', 'schema.cql'), '');
    writeSSTable(join(table, 'backups'), 'nb-2-big-');
    assert.equal(summary(clean(await discover([data]))), ['ks.t: nb-3-big-']);
    const snapshot = clean(await discover([join(table, 'snapshots', 'before-1.0')]));
    assert.equal(summary(snapshot), ['ks.t: nb-1-big-']);
    assert.is(snapshot.tables[0]?.tableId, TABLE_ID);
    assert.equal(summary(clean(await discover([join(table, 'backups')]))), ['ks.t: nb-2-big-']);
  }));

test('the folder of all snapshots is refused, and says which there are', () =>
  withTempFolder(async (data) => {
    writeSSTable(join(tableFolder(data), 'snapshots', 'one'), 'nb-1-big-');
    writeSSTable(join(tableFolder(data), 'snapshots', 'two'), 'nb-1-big-');
    const found = await discover([join(tableFolder(data), 'snapshots')]);
    assert.equal(summary(found), []);
    assert.equal(codes(found), ['SCM_SSTABLE_NOT_AN_SSTABLE']);
    assert.match(found.problems[0]?.message as string, 'one, two');
  }));

test('a folder without id, and any folder when names are given', () =>
  withTempFolder(async (root) => {
    writeSSTable(join(root, 'ks', 'plain'), 'nb-1-big-');
    const plain = clean(await discover([join(root, 'ks', 'plain')]));
    assert.equal(summary(plain), ['ks.plain: nb-1-big-']);
    assert.is(plain.tables[0]?.tableId, undefined);
    const named = clean(await discover([root], { keyspace: 'k2', table: 't2' }));
    assert.equal(summary(named), ['k2.t2: nb-1-big-']);
    assert.is(named.tables[0]?.sstables[0]?.descriptor.keyspace, 'k2');
  }));

test('one table name for several tables is refused, since it would mix them', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data, 'ks', 'a'), 'nb-1-big-');
    writeSSTable(tableFolder(data, 'ks', 'b'), 'nb-1-big-');
    const found = await discover([data], { table: 'c' });
    assert.equal(found.tables, []);
    assert.match(found.problems[0]?.message as string, 'ks.a, ks.b');
    assert.equal(summary(clean(await discover([data], { keyspace: 'other' }))), [
      'other.a: nb-1-big-',
      'other.b: nb-1-big-',
    ]);
  }));

test('an SSTable given twice counts once: same path, link to folder, hard links of a snapshot', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(table, 'nb-1-big-');
    symlinkSync(table, join(data, 'elsewhere'));
    const snapshot = join(table, 'snapshots', 's');
    mkdirSync(snapshot, { recursive: true });
    for (const name of readdirSync(table))
      if (name.startsWith('nb-')) linkSync(join(table, name), join(snapshot, name));
    const found = clean(
      await discover([
        data,
        table,
        join(data, 'elsewhere'),
        snapshot,
        join(table, 'nb-1-big-Data.db'),
      ]),
    );
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
  }));

test('symbolic links: a table on another disk, a link to nothing, a loop', () =>
  withTempFolder(async (root) => {
    const elsewhere = join(root, 'disk2', 'anything');
    writeSSTable(elsewhere, 'nb-1-big-');
    mkdirSync(join(root, 'data', 'ks'), { recursive: true });
    symlinkSync(elsewhere, tableFolder(join(root, 'data')));
    symlinkSync(join(root, 'data'), join(root, 'data', 'ks', 'loop'));
    const found = clean(await discover([join(root, 'data')]));
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
    symlinkSync('/nowhere/at/all', join(elsewhere, 'nb-2-big-Data.db'));
    const broken = await discover([join(root, 'data')]);
    assert.equal(summary(broken), ['ks.t: nb-1-big-']);
    assert.equal(codes(broken), ['SCM_SSTABLE_NOT_FOUND']);
  }));

test('a link named like nothing still finds its table by where it leads', () =>
  withTempFolder(async (data) => {
    writeSSTable(join(tableFolder(data), 'snapshots', 's'), 'nb-1-big-');
    symlinkSync(join(tableFolder(data), 'snapshots', 's'), join(data, 'mine'));
    assert.equal(summary(clean(await discover([join(data, 'mine')]))), ['ks.t: nb-1-big-']);
  }));

test('index folders are named and never loaded', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(table, 'nb-1-big-');
    writeSSTable(join(table, '.by_v'), 'nb-1-big-');
    const found = clean(await discover([data]));
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
    assert.equal(found.tables[0]?.indexDirectories, [join(table, '.by_v')]);
    const itself = await discover([join(table, '.by_v')]);
    assert.equal(itself.tables[0]?.sstables, []);
    assert.equal(codes(itself), ['SCM_SSTABLE_UNSUPPORTED']);
    const file = await discover([join(table, '.by_v', 'nb-1-big-Data.db')]);
    assert.equal(codes(file), ['SCM_SSTABLE_UNSUPPORTED']);
  }));

const INCOMPLETE = [
  ['no Data.db', ['Index.db', 'Statistics.db'], [], 'Data.db'],
  ['no Statistics.db', ['Data.db', 'Index.db'], [], 'Statistics.db'],
  ['no Index.db', ['Data.db', 'Statistics.db'], [], 'Index.db'],
  [
    'CompressionInfo.db in TOC.txt only',
    ['Data.db', 'Index.db', 'Statistics.db', 'TOC.txt'],
    ['CompressionInfo.db'],
    'CompressionInfo.db',
  ],
] as const;
for (const [name, components, listed, missing] of INCOMPLETE)
  test(`incomplete set is named and the rest goes on: ${name}`, () =>
    withTempFolder(async (data) => {
      writeSSTable(tableFolder(data), 'nb-1-big-', components, listed);
      writeSSTable(tableFolder(data), 'nb-2-big-');
      const found = await discover([data]);
      assert.equal(summary(found), ['ks.t: nb-2-big-']);
      assert.is(found.problems.length, 1);
      const { detail } = found.problems[0] as Discovery['problems'][number];
      assert.ok(detail.code === 'SCM_SSTABLE_MISSING_COMPONENT');
      assert.is(detail.component, missing);
      assert.is(detail.file, join(tableFolder(data), 'nb-1-big-Data.db'));
    }));

test('incomplete BTI set, empty Data.db', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(
      table,
      'da-1-bti-',
      BTI.filter((name) => name !== 'Partitions.db'),
    );
    writeSSTable(table, 'nb-2-big-');
    writeFileSync(join(table, 'nb-2-big-Data.db'), '');
    const found = await discover([data]);
    assert.equal(found.tables, []);
    assert.equal(codes(found), ['SCM_SSTABLE_MISSING_COMPONENT', 'SCM_SSTABLE_MISSING_COMPONENT']);
    assert.match(found.problems[1]?.message as string, 'length 0');
  }));

test('TOC.txt that lists a file which can be done without: the SSTable stays, the file is named', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data), 'nb-1-big-', undefined, ['Filter.db']);
    const found = await discover([data]);
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
    assert.equal(codes(found), ['SCM_SSTABLE_MISSING_COMPONENT']);
    assert.match(found.problems[0]?.message as string, 'Filter.db');
  }));

test('TOC.txt that is no text: named, the SSTable stays', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data), 'nb-1-big-');
    writeFileSync(join(tableFolder(data), 'nb-1-big-TOC.txt'), Buffer.from([1, 2, 0xff]));
    const found = await discover([data]);
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
    assert.equal(codes(found), ['SCM_SSTABLE_CORRUPT']);
  }));

test('foreign, temporary, legacy and unknown files', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(table, 'nb-1-big-');
    writeSSTable(table, 'zz-1-big-');
    writeSSTable(table, 'ks-t-e-5-', ['Index.db', 'Data.db']);
    writeFileSync(join(table, 'notes.txt'), '');
    writeFileSync(join(table, 'nb-1-big-Statistics.db.tmp'), '');
    writeFileSync(join(table, 'tmp-la-2-big-Data.db'), '');
    const found = await discover([data, table]);
    assert.equal(summary(found), ['ks.t: nb-1-big-']);
    assert.equal(
      found.problems.map(({ code, detail }) => [code, relative(table, detail.file)]).sort(),
      [
        ['SCM_SSTABLE_NOT_AN_SSTABLE', 'notes.txt'],
        ['SCM_SSTABLE_UNKNOWN_VERSION', 'zz-1-big-Data.db'],
        ['SCM_SSTABLE_UNSUPPORTED', 'ks-t-e-5-Data.db'],
      ],
    );
  }));

test('many foreign files are counted, not listed', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data), 'nb-1-big-');
    for (let index = 0; index < 100; index++)
      writeFileSync(join(tableFolder(data), `x${index}`), '');
    const found = await discover([data]);
    assert.is(found.problems.length, 21);
    assert.match(found.problems[20]?.message as string, '80 more');
  }));

test('nothing there: missing path, empty folder, foreign file', () =>
  withTempFolder(async (data) => {
    mkdirSync(join(data, 'empty'));
    writeFileSync(join(data, 'x.txt'), '');
    const found = await discover([join(data, 'gone'), join(data, 'empty'), join(data, 'x.txt')]);
    assert.equal(found.tables, []);
    assert.equal(codes(found), [
      'SCM_SSTABLE_NOT_FOUND',
      'SCM_SSTABLE_NOT_FOUND',
      'SCM_SSTABLE_NOT_AN_SSTABLE',
    ]);
  }));

test('folders with a leading dot are not looked into', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data), 'nb-1-big-');
    writeSSTable(join(data, '.scamander-incoming', 'x'), 'nb-2-big-');
    assert.equal(summary(clean(await discover([data]))), ['ks.t: nb-1-big-']);
  }));

test('two tables of one name and different ids stay apart', () =>
  withTempFolder(async (data) => {
    writeSSTable(tableFolder(data), 'nb-1-big-');
    writeSSTable(tableFolder(data).replace(TABLE_HEX, `6${TABLE_HEX.slice(1)}`), 'nb-1-big-');
    const found = clean(await discover([data]));
    assert.equal(summary(found), ['ks.t: nb-1-big-', 'ks.t: nb-1-big-']);
  }));

test('an aborted signal ends the search', async () => {
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  const ended = await discover(['/'], { signal: controller.signal }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  assert.is(ended, 'enough');
});

sharedTest(
  test,
  'folders of real nodes: every SSTable of 4.0 to 5.0 is found, with SAI files',
  async () => {
    for (const release of ['4.0.19-nb', '4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da']) {
      const folder = join(sharedFolder as string, 'fixtures', 'real', release);
      const expected = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (path) => path.endsWith('-Data.db') && !path.includes('/.'),
      ).length;
      const found = await discover([folder]);
      const count = found.tables.reduce((sum, { sstables }) => sum + sstables.length, 0);
      assert.is(count, expected, release);
      for (const { code, detail } of found.problems) {
        // table fp has lost its Summary.db, which its TOC.txt lists; the rest are the fixtures' own texts beside the components
        if (code === 'SCM_SSTABLE_MISSING_COMPONENT' && detail.file.includes('/fp/')) continue;
        assert.is(code, 'SCM_SSTABLE_NOT_AN_SSTABLE', detail.file);
        assert.match(detail.file, /\.(json|gz|cql|txt|md)$/);
      }
      const sai = found.tables.find(({ table }) => table === 'sai')?.sstables[0];
      if (release === '5.0.6-oa') assert.ok(sai?.components.has('SAI+aa+by_age+BalancedTree.db'));
    }
  },
);

const OLD = ['Data.db', 'Index.db', 'Statistics.db', 'TOC.txt'];

test('file names of 2.0 and 2.1 say their table, whatever the folder is called', () =>
  withTempFolder(async (root) => {
    const folder = join(root, 'copies', 'of everything');
    writeSSTable(folder, 'ks-t-jb-1-', OLD);
    writeSSTable(folder, 'ks-t-ka-12-', OLD);
    writeSSTable(folder, 'ks-u-ka-3-', OLD);
    writeSSTable(folder, 'ks-t.t_v_idx-ka-4-', OLD);
    const found = await discover([folder]);
    assert.equal(summary(found), ['ks.t: ks-t-jb-1- ks-t-ka-12-', 'ks.u: ks-u-ka-3-']);
    assert.equal(codes(found), ['SCM_SSTABLE_UNSUPPORTED']);
    assert.match(found.problems[0]?.message as string, 'secondary index');
    const one = clean(await discover([join(folder, 'ks-u-ka-3-Data.db')]));
    assert.equal(summary(one), ['ks.u: ks-u-ka-3-']);
    // one name for two tables would mix them up
    assert.equal((await discover([folder], { table: 'w' })).tables, []);
  }));

test('what a node up to 1.1 marked as compacted is passed over', () =>
  withTempFolder(async (root) => {
    writeSSTable(join(root, 'ks'), 't-hd-1-', [...OLD, 'Compacted']);
    writeSSTable(join(root, 'ks'), 't-hd-2-', OLD);
    assert.equal(summary(clean(await discover([root]))), ['ks.t: t-hd-2-']);
  }));

test('a table upgraded half-way has names of both kinds', () =>
  withTempFolder(async (data) => {
    const table = tableFolder(data);
    writeSSTable(table, 'ks-t-ka-1-', OLD);
    writeSSTable(table, 'la-2-big-', OLD);
    const found = clean(await discover([data]));
    assert.equal(summary(found), ['ks.t: ks-t-ka-1- la-2-big-']);
    const renamed = clean(await discover([data], { keyspace: 'k2', table: 't2' }));
    assert.equal(summary(renamed), ['k2.t2: ks-t-ka-1- la-2-big-']);
    assert.is(renamed.tables[0]?.sstables[0]?.descriptor.table, 't2');
  }));

sharedTest(test, 'folders of real 2.0 and 2.1 nodes', async () => {
  for (const release of ['2.0.17', '2.1.22']) {
    const real = join(sharedFolder as string, 'fixtures', 'real', release);
    const found = await discover([real]);
    const tables = readdirSync(real).filter((name) => name !== 'README.md');
    assert.equal(
      found.tables.map(({ keyspace, table, sstables }) => [keyspace, table, sstables.length]),
      tables.map((name) => ['scm_real', name, 1]),
    );
    for (const { code, detail } of found.problems) {
      assert.is(code, 'SCM_SSTABLE_NOT_AN_SSTABLE');
      assert.match(detail.file, /\.(json|cql|md)$/);
    }
  }
});

test.run();
