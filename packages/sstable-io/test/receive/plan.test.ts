import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MANIFEST_COMPONENTS_MAX } from '../../src/limits.ts';
import type { ReceiveHeader } from '../../src/receive/announcement.ts';
import { planReceive, type ReceiveTarget, stagingRoot } from '../../src/receive/plan.ts';

const TARGET: ReceiveTarget = {
  tableDirectory: '/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d',
  stagingRoot: stagingRoot('/data'),
  keyspace: 'ks',
  table: 't',
  tableId: '5a1c395e-b41f-11e5-a2f2-d1f5cb37ed2d',
  nextId: () => '7',
};

const manifest = (...names: readonly string[]): ReceiveHeader['manifest'] =>
  names.map((name, index) => ({ name, lengthBytes: BigInt(index + 1) }));

const HEADER: ReceiveHeader = {
  sstableVersion: 'nb',
  formatName: 'big',
  manifest: manifest('Statistics.db', 'Data.db', 'Index.db', 'SAI+aa+by_age+Meta.db', 'Extra.db'),
  sstableLevel: 2,
  repairedAtMs: 5n,
  pendingRepair: undefined,
};

test("the sender's version and format, our id, files in the order of the manifest", () => {
  const plan = planReceive(TARGET, HEADER);
  assert.ok(plan._tag === 'Right');
  assert.is(plan.right.descriptor.prefix, 'nb-7-big-');
  assert.is(plan.right.descriptor.directory, TARGET.tableDirectory);
  assert.is(plan.right.totalBytes, 15n);
  const staging = join('/data/.scamander-incoming/backups', '5a1c395eb41f11e5a2f2d1f5cb37ed2d-7');
  assert.is(plan.right.stagingDirectory, staging);
  assert.equal(plan.right.files[1], {
    path: join(staging, 'Data.db'),
    component: 'Data.db',
    lengthBytes: 2,
  });
  assert.equal(
    plan.right.files.map(({ component }) => component),
    HEADER.manifest.map(({ name }) => name),
  );
});

test('what sstableloader of 5.0.6 sends is enough: no filter, digest or CRC', () => {
  const names = manifest(
    'Statistics.db',
    'Index.db',
    'Data.db',
    'Summary.db',
    'CompressionInfo.db',
  );
  assert.is(planReceive(TARGET, { ...HEADER, manifest: names })._tag, 'Right');
});

const bti = manifest('Data.db', 'Partitions.db', 'Rows.db', 'Statistics.db');
const GOOD: readonly (readonly [string, Partial<ReceiveHeader>])[] = [
  ['bti', { formatName: 'bti', sstableVersion: 'da', manifest: bti }],
  ['me', { sstableVersion: 'me' }],
  ['oa', { sstableVersion: 'oa' }],
];
for (const [name, change] of GOOD)
  test(`taken: ${name}`, () =>
    assert.is(planReceive(TARGET, { ...HEADER, ...change })._tag, 'Right'));

const withNames = (...names: readonly string[]): Partial<ReceiveHeader> => ({
  manifest: manifest('Data.db', 'Index.db', 'Statistics.db', ...names),
});
const withLength = (name: string, lengthBytes: bigint): Partial<ReceiveHeader> => ({
  manifest: HEADER.manifest.map((entry) => (entry.name === name ? { name, lengthBytes } : entry)),
});

const BAD: readonly (readonly [string, Partial<ReceiveHeader>, string])[] = [
  ['unknown version', { sstableVersion: 'zz' }, 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['version of 2.2', { sstableVersion: 'lb' }, 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['version of 6.0', { sstableVersion: 'pa' }, 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['version of the other format', { sstableVersion: 'da' }, 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['unknown format', { formatName: 'huge' }, 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['absurd version', { sstableVersion: 'n'.repeat(100_000) }, 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['no components', { manifest: [] }, 'SCM_SSTABLE_MISSING_COMPONENT'],
  [
    'no Data.db',
    { manifest: manifest('Index.db', 'Statistics.db') },
    'SCM_SSTABLE_MISSING_COMPONENT',
  ],
  ['no index', { manifest: manifest('Data.db', 'Statistics.db') }, 'SCM_SSTABLE_MISSING_COMPONENT'],
  ['index of the other format', { manifest: bti }, 'SCM_SSTABLE_MISSING_COMPONENT'],
  ['empty Data.db', withLength('Data.db', 0n), 'SCM_SSTABLE_MANIFEST'],
  ['TOC.txt', withNames('TOC.txt'), 'SCM_SSTABLE_MANIFEST'],
  ['SASI file', withNames('SI_by_v.db'), 'SCM_SSTABLE_MANIFEST'],
  ['path up', withNames('../Data.db'), 'SCM_SSTABLE_MANIFEST'],
  ['only dots', withNames('..'), 'SCM_SSTABLE_MANIFEST'],
  ['path separator', withNames('a/b.db'), 'SCM_SSTABLE_MANIFEST'],
  ['other path separator', withNames('a\\b.db'), 'SCM_SSTABLE_MANIFEST'],
  ['dash', withNames('big-Data.db'), 'SCM_SSTABLE_MANIFEST'],
  ['zero byte', withNames('a\u0000.db'), 'SCM_SSTABLE_MANIFEST'],
  ['hidden file', withNames('.Data.db'), 'SCM_SSTABLE_MANIFEST'],
  ['empty name', withNames(''), 'SCM_SSTABLE_MANIFEST'],
  ['temporary name', withNames('Data.db.tmp'), 'SCM_SSTABLE_MANIFEST'],
  ['double', withNames('Data.db'), 'SCM_SSTABLE_MANIFEST'],
  ['double but for case', withNames('DATA.DB'), 'SCM_SSTABLE_MANIFEST'],
  ['long name', withNames('a'.repeat(181)), 'SCM_SSTABLE_TOO_LONG'],
  ['negative length', withLength('Index.db', -1n), 'SCM_SSTABLE_TOO_LONG'],
  ['length of 2^64 - 1', withLength('Index.db', 2n ** 64n - 1n), 'SCM_SSTABLE_TOO_LONG'],
  ['sum beyond 2^53', withLength('Index.db', 2n ** 53n - 1n), 'SCM_SSTABLE_TOO_LONG'],
  [
    'too many components',
    withNames(...Array.from({ length: MANIFEST_COMPONENTS_MAX }, (_, index) => `C${index}.db`)),
    'SCM_SSTABLE_TOO_LONG',
  ],
  ['negative level', { sstableLevel: -1 }, 'SCM_SSTABLE_MANIFEST'],
  ['negative repairedAt', { repairedAtMs: -1n }, 'SCM_SSTABLE_MANIFEST'],
  [
    'repaired and pending',
    { pendingRepair: 'c1d2e3f0-6f0d-11f0-8de9-0242ac120002' },
    'SCM_SSTABLE_MANIFEST',
  ],
];
for (const [name, change, code] of BAD)
  test(`refused before a byte is read: ${name}`, () => {
    let asked = 0;
    const nextId = (): string => {
      asked += 1;
      return '7';
    };
    const target = { ...TARGET, nextId };
    const plan = planReceive(target, { ...HEADER, ...change });
    assert.ok(plan._tag === 'Left');
    assert.is(plan.left.code, code);
    assert.ok(
      plan.left.message.length < 400,
      'a message does not repeat what a peer sent at length',
    );
    assert.is(asked, 0, 'no id is used up');
  });

test('mistakes of our own side throw', () => {
  assert.throws(() => planReceive({ ...TARGET, stagingRoot: 'x' }, HEADER), /absolute/);
  assert.throws(() => planReceive({ ...TARGET, nextId: () => '../7' }, HEADER), /id/);
});

test.run();
