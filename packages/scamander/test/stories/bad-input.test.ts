// Every component of every format, spoilt in every way, side by side with sound SSTables: each is refused by itself, with its file and
// what is wrong there, and the sound ones arrive.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SSTableFiles } from '@scamander/sstable-io';
import { memoryNetwork } from '@scamander/transport';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadOptions } from '../../src/load/options.ts';
import {
  loaded,
  networks,
  sampleTable,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';
import { copyAs, type Damage, damageFile } from './damage.ts';

const AT = { host: '10.0.0.1', port: 7000 };
const ALL: readonly Damage[] = ['missing', 'empty', 'truncated', 'flipped'];

/** Component, damage, and the error: its code and the file it names (the component itself, where nothing is said). */
type Case = readonly [component: string, damage: Damage, code: string, file?: string];

const MISSING = 'SCM_SSTABLE_MISSING_COMPONENT';
const CORRUPT = 'SCM_SSTABLE_CORRUPT';
const DIGEST = 'SCM_SSTABLE_DIGEST';
const TOO_LONG = 'SCM_SSTABLE_TOO_LONG';
const EITHER = `${CORRUPT} ${TOO_LONG}`;

const common: readonly Case[] = [
  ['Data.db', 'missing', MISSING],
  ['Data.db', 'empty', MISSING],
  ['Data.db', 'truncated', DIGEST],
  ['Data.db', 'flipped', DIGEST],
  ['Statistics.db', 'missing', MISSING, 'Data.db'],
  ['Statistics.db', 'empty', CORRUPT],
  ['Statistics.db', 'truncated', CORRUPT],
  ['Statistics.db', 'flipped', CORRUPT],
  ['Digest.crc32', 'missing', MISSING, 'Data.db'],
  ['Digest.crc32', 'empty', CORRUPT],
  ['Digest.crc32', 'truncated', DIGEST, 'Data.db'],
  ['Digest.crc32', 'flipped', CORRUPT],
  ['TOC.txt', 'truncated', MISSING, 'Data.db'],
  ['TOC.txt', 'flipped', MISSING, 'Data.db'],
];

const compressed: readonly Case[] = [
  ['CompressionInfo.db', 'missing', MISSING, 'Data.db'],
  ['CompressionInfo.db', 'empty', EITHER],
  ['CompressionInfo.db', 'truncated', EITHER],
  ['CompressionInfo.db', 'flipped', EITHER],
];

const plain: readonly Case[] = [
  ['CRC.db', 'missing', MISSING, 'Data.db'],
  ['CRC.db', 'empty', CORRUPT],
  ['CRC.db', 'truncated', CORRUPT],
  ['CRC.db', 'flipped', CORRUPT, 'Data.db'],
];

const big: readonly Case[] = [
  ['Index.db', 'missing', MISSING, 'Data.db'],
  ['Index.db', 'empty', EITHER],
  ['Index.db', 'truncated', EITHER],
  ['Index.db', 'flipped', EITHER],
  ['Summary.db', 'empty', EITHER],
  ['Summary.db', 'truncated', EITHER],
  ['Summary.db', 'flipped', EITHER],
];

const bti: readonly Case[] = [
  ['Partitions.db', 'missing', MISSING, 'Data.db'],
  ['Partitions.db', 'empty', EITHER],
  ['Partitions.db', 'truncated', EITHER],
  ['Partitions.db', 'flipped', EITHER],
];

/** The samples have no partition wide enough for an entry. */
const rows: readonly Case[] = [
  ['Rows.db', 'missing', MISSING, 'Data.db'],
  ['Rows.db', 'empty', EITHER],
  ['Rows.db', 'truncated', EITHER],
  ['Rows.db', 'flipped', EITHER],
];

const bases: readonly [release: string, table: string, cases: readonly Case[]][] = [
  ['4.1.10-nb', 'with_lz4', [...common, ...compressed, ...big]],
  ['4.1.10-nb', 'with_none', [...common, ...plain, ...big]],
  ['5.0.6-oa', 'readings', [...common, ...compressed, ...big]],
  ['5.0.6-da', 'readings', [...common, ...compressed, ...bti]],
];

const { make } = networks[0] ?? {
  make: () => {
    throw new Error('no network');
  },
};

/** Loads one table directory into a fresh node, and says what arrived. */
const loadInto = async (folder: string, directory: string, options: Partial<LoadOptions> = {}) => {
  const { from, to } = make(memoryNetwork());
  const data = join(folder, 'data');
  const node = await startNode(
    { dataDirectory: data, listen: AT, tables: await tablesOf([directory]) },
    to,
  );
  try {
    const result = await loaded(
      { paths: [directory], target: { kind: 'direct', nodes: [AT] }, ...options },
      from,
    );
    return { ...result, data, received: await sstablesBelow(data).catch(() => []) };
  } finally {
    await node.close();
    const left = snapshot(data).filter(([path]) => /incoming|txn/.test(path));
    assert.equal(left, []);
  }
};

/** A table directory, empty, with the name of a sample's. */
const emptyTable = (folder: string, release: string, table: string): string => {
  const directory = join(folder, 'source', 'demo', basename(sampleTable(release, table)));
  mkdirSync(directory, { recursive: true });
  return directory;
};

const refusedOneByOne = (
  sources: () => Promise<readonly SSTableFiles[]>,
  release: string,
  table: string,
  cases: readonly Case[],
): Promise<void> =>
  withTempFolder(async (folder) => {
    const [source] = await sources();
    if (source === undefined) throw new Error('no sample');
    const { version, format } = source.descriptor;
    const directory = emptyTable(folder, release, table);
    copyAs(source, directory, 1);
    for (const [index, [component, damage]] of cases.entries())
      damageFile(`${copyAs(source, directory, index + 2)}${component}`, damage);
    const { report, received } = await loadInto(folder, directory);
    assert.is(report.verdict, 'bad-data');
    assert.equal(
      report.receipt.deliveries.map(({ sstable, status }) => [basename(sstable), status]),
      [[`${version}-1-${format}-Data.db`, 'acknowledged']],
    );
    assert.is(received.length, 1);
    for (const [index, [component, damage, codes, file = component]] of cases.entries()) {
      const name = `${component} ${damage}`;
      const prefix = `${version}-${index + 2}-${format}-`;
      const mine = report.problems.filter(({ where }) => where.startsWith(join(directory, prefix)));
      const problem = mine.find(({ code }) => codes.split(' ').includes(code));
      if (problem === undefined)
        throw new Error(`${name}: ${JSON.stringify(mine.map(({ code, where }) => [code, where]))}`);
      assert.is(problem.kind, 'bad-data', name);
      assert.ok(problem.where.includes(`${prefix}${file}`), `${name}: ${problem.where}`);
      assert.match(problem.lost, /not sent/, name);
    }
  });

for (const [release, table, cases] of bases) {
  test(`${release} ${table}: ${cases.length} spoilt SSTables are refused one by one, the sound one arrives`, () =>
    refusedOneByOne(() => sstablesBelow(sampleTable(release, table)), release, table, cases));
}

sharedTest(test, 'a wide partition: a spoilt Rows.db is refused, the sound one arrives', () =>
  refusedOneByOne(
    () => sstablesBelow(fixture('real', '5.0.6-da', 'wide')),
    '5.0.6-da',
    'readings',
    rows,
  ),
);

test('an error names the byte where it knows one', () =>
  withTempFolder(async (folder) => {
    const [source] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_lz4'));
    if (source === undefined) throw new Error('no sample');
    const directory = emptyTable(folder, '4.1.10-nb', 'with_lz4');
    copyAs(source, directory, 1);
    damageFile(`${copyAs(source, directory, 2)}Index.db`, 'truncated');
    const { report } = await loadInto(folder, directory, { dryRun: true });
    assert.match(report.problems[0]?.where ?? '', /nb-2-big-Index\.db, byte \d+$/);
    assert.not.match(
      report.problems[0]?.message ?? '',
      /Index\.db/,
      'the file stands in one place',
    );
  }));

test('a filter that is missing, empty, cut or wrong is not sent; everything else is', () =>
  withTempFolder(async (folder) => {
    const [source] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_lz4'));
    if (source === undefined) throw new Error('no sample');
    const directory = emptyTable(folder, '4.1.10-nb', 'with_lz4');
    for (const [index, damage] of ALL.entries())
      damageFile(`${copyAs(source, directory, index + 1)}Filter.db`, damage);
    const { report, received, events } = await loadInto(folder, directory);
    assert.is(report.verdict, 'complete');
    assert.is(received.length, ALL.length);
    for (const { components } of received)
      assert.equal(
        [...components.keys()].sort(),
        [...source.components.keys()].filter((name) => name !== 'Filter.db').sort(),
      );
    const warnings = events.flatMap((event) => (event.type === 'Warning' ? [event.message] : []));
    assert.ok(warnings.some((message) => message.includes('Filter.db is missing')));
  }));

test('a large SSTable is not read to the last key, but the order of its index is looked at', () =>
  withTempFolder(async (folder) => {
    const [source] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_none'));
    if (source === undefined) throw new Error('no sample');
    const directory = emptyTable(folder, '4.1.10-nb', 'with_none');
    copyAs(source, directory, 1);
    damageFile(`${copyAs(source, directory, 2)}Index.db`, 'flipped');
    const { report } = await loadInto(folder, directory, { verify: 'quick', dryRun: true });
    assert.is(report.verdict, 'bad-data');
    assert.match(report.problems[0]?.where ?? '', /nb-2-big-Index\.db/);
  }));

test('unknown and old versions are refused by name, foreign files are passed over with a warning', () =>
  withTempFolder(async (folder) => {
    const [source] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_lz4'));
    if (source === undefined) throw new Error('no sample');
    const directory = emptyTable(folder, '4.1.10-nb', 'with_lz4');
    copyAs(source, directory, 1);
    copyAs(source, directory, 2, 'zz');
    copyAs(source, directory, 3, 'la');
    for (const name of ['notes.txt', 'random.db', '.hidden', 'nb-9-big-Data.db.tmp'])
      writeFileSync(join(directory, name), 'foreign');
    const { report, received, events } = await loadInto(folder, directory);
    assert.is(report.verdict, 'bad-data');
    assert.is(received.length, 1);
    const wrong = report.problems.map(({ code, where }) => `${code} ${basename(where)}`);
    assert.ok(
      wrong.some((text) => /^SCM_SSTABLE_UNKNOWN_VERSION zz-2-big-/.test(text)),
      wrong.join(),
    );
    assert.ok(
      wrong.some((text) => /^SCM_SSTABLE_UNSUPPORTED la-3-big-/.test(text)),
      wrong.join(),
    );
    assert.is(wrong.length, 2, wrong.join());
    assert.ok(
      events.some((event) => event.type === 'Warning' && /foreign files/.test(event.message)),
    );
  }));

test('nothing sound at all: bad data, and no session is opened', () =>
  withTempFolder(async (folder) => {
    const [source] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_lz4'));
    if (source === undefined) throw new Error('no sample');
    const directory = emptyTable(folder, '4.1.10-nb', 'with_lz4');
    damageFile(`${copyAs(source, directory, 1)}Data.db`, 'flipped');
    const { report, events } = await loadInto(folder, directory);
    assert.is(report.verdict, 'bad-data');
    assert.equal(report.receipt.deliveries, []);
    assert.not.ok(events.some(({ type }) => type.startsWith('Session')));
  }));

test.run();
