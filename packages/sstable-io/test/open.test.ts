import { readdirSync, readlinkSync } from 'node:fs';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../src/open.ts';
import type { SSTableFiles } from '../src/types.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from './fixture-sstables.ts';
import { metadataText } from './metadata-text.ts';
import { SSTableCopy } from './sstable-copy.ts';

const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /\.(db|crc32|txt)$/.test(target) ? [target] : [];
    } catch {
      return [];
    }
  });

const opened = async (files: SSTableFiles) => {
  const result = await openSSTable(files);
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

sharedTest(
  test,
  'first and last key are those that the releases tools print by token',
  async () => {
    let compared = 0;
    for (const files of fixtureSSTables) {
      const metadata = metadataText(files);
      const first = metadata?.get('First token')?.value.split(' ')[0];
      const last = metadata?.get('Last token')?.value.split(' ')[0];
      if (first === undefined || last === undefined) continue;
      const sstable = await opened(files);
      const { partitioner } = sstable;
      assert.is(
        partitioner.tokenToText(partitioner.tokenOf(sstable.firstKey)),
        first,
        nameOf(files),
      );
      assert.is(partitioner.tokenToText(partitioner.tokenOf(sstable.lastKey)), last, nameOf(files));
      compared += 1;
      await sstable.close();
    }
    assert.ok(compared > 350, `only ${compared}`);
  },
);

sharedTest(test, 'an open SSTable: lengths, keys, estimates, manifest', async () => {
  const sstable = await opened(fixtureSSTable('real/4.1.10-nb/z_lz4_16'));
  assert.is(sstable.dataLengthBytes, 23_629n);
  assert.is(sstable.compression?.compressor, 'LZ4Compressor');
  const whole = [{ lower: 0n, upper: sstable.dataLengthBytes }];
  assert.equal(await sstable.estimatedKeys(whole), { _tag: 'Right', right: 26n });
  assert.equal(await sstable.estimatedKeys([]), { _tag: 'Right', right: 0n });
  assert.equal(await sstable.estimatedKeys([{ lower: 0n, upper: 1n }]), {
    _tag: 'Right',
    right: 1n,
  });
  const names = sstable.manifest({ includeFilter: true }).map(({ name }) => name);
  assert.equal(names, [
    'Data.db',
    'Index.db',
    'Statistics.db',
    'CompressionInfo.db',
    'Filter.db',
    'Summary.db',
    'Digest.crc32',
  ]);
  assert.not(sstable.manifest({ includeFilter: false }).some(({ name }) => name === 'Filter.db'));
  const chunks = await sstable.chunksFor(whole);
  if (chunks._tag === 'Left') throw chunks.left;
  const total = chunks.right.reduce((sum, { lengthBytes }) => sum + lengthBytes + 4, 0);
  assert.is(total, sstable.files.components.get('Data.db'));
  await sstable.close();
});

sharedTest(test, 'SAI files travel, SASI files and TOC.txt do not', async () => {
  const sai = await opened(fixtureSSTable('real/5.0.6-da/sai'));
  const names = sai.manifest({ includeFilter: true }).map(({ name }) => name);
  assert.is(names[0], 'Data.db');
  assert.ok(names.some((name) => name.startsWith('SAI+')));
  assert.not(names.includes('TOC.txt'));
  await sai.close();
  const sasi = await opened(fixtureSSTable('real/4.1.10-nb/sasi'));
  const plain = sasi.manifest({ includeFilter: true }).map(({ name }) => name);
  assert.ok([...sasi.files.components.keys()].some((name) => name.startsWith('SI_')));
  assert.not(plain.some((name) => name.startsWith('SI_')));
  await sasi.close();
});

sharedTest(
  test,
  'close() leaves no descriptor, also when keys() was left in the middle',
  async () => {
    const before = openFiles();
    for (const folder of [
      'real/4.1.10-nb/wide',
      'real/5.0.6-da/wide',
      'real/4.1.10-nb/many_uncompressed',
    ]) {
      const sstable = await opened(fixtureSSTable(folder));
      await sstable.sections([{ left: 0n, right: 1n }]);
      await sstable.verify('deep');
      for await (const _ of sstable.keys()) break;
      await sstable.close();
      await sstable.close();
      const late = await sstable.sections([{ left: 5n, right: 7n }]);
      assert.is(late._tag === 'Left' && late.left.code, 'SCM_SSTABLE_IO');
    }
    assert.equal(openFiles(), before);
  },
);

const REFUSED: [name: string, folder: string, spoil: (copy: SSTableCopy) => void, code: string][] =
  [
    [
      'no Statistics.db',
      'real/4.1.10-nb/wide',
      (copy) => copy.remove('Statistics.db'),
      'SCM_SSTABLE_MISSING_COMPONENT',
    ],
    [
      'no Index.db',
      'real/4.1.10-nb/wide',
      (copy) => copy.remove('Index.db'),
      'SCM_SSTABLE_MISSING_COMPONENT',
    ],
    [
      'no Data.db',
      'real/4.1.10-nb/wide',
      (copy) => copy.remove('Data.db'),
      'SCM_SSTABLE_MISSING_COMPONENT',
    ],
    [
      'no CompressionInfo.db',
      'real/4.1.10-nb/wide',
      (copy) => copy.remove('CompressionInfo.db'),
      'SCM_SSTABLE_MISSING_COMPONENT',
    ],
    [
      'no Partitions.db',
      'real/5.0.6-da/wide',
      (copy) => copy.remove('Partitions.db'),
      'SCM_SSTABLE_MISSING_COMPONENT',
    ],
    [
      'no Rows.db',
      'real/5.0.6-da/wide',
      (copy) => copy.remove('Rows.db'),
      'SCM_SSTABLE_MISSING_COMPONENT',
    ],
    [
      'empty Data.db',
      'real/4.1.10-nb/z_none',
      (copy) => copy.write('Data.db', new Uint8Array(0)),
      'SCM_SSTABLE_CORRUPT',
    ],
    [
      'empty Index.db',
      'real/4.1.10-nb/wide',
      (copy) => copy.write('Index.db', new Uint8Array(0)),
      'SCM_SSTABLE_CORRUPT',
    ],
    [
      'an unknown compressor',
      'real/4.1.10-nb/wide',
      (copy) =>
        copy.write(
          'CompressionInfo.db',
          Buffer.from(
            copy.bytes('CompressionInfo.db').toString('latin1').replace('LZ4', 'LZ5'),
            'latin1',
          ),
        ),
      'SCM_SSTABLE_UNSUPPORTED',
    ],
  ];

for (const [name, folder, spoil, code] of REFUSED) {
  sharedTest(test, `refused: ${name}`, () =>
    withTempFolder(async (temp) => {
      const before = openFiles();
      const copy = new SSTableCopy(fixtureSSTable(folder), temp);
      spoil(copy);
      const result = await openSSTable(copy.files);
      assert.is(result._tag === 'Left' && result.left.code, code);
      assert.equal(openFiles(), before);
    }),
  );
}

sharedTest(test, 'a component that vanished after it was listed is named', () =>
  withTempFolder(async (temp) => {
    const copy = new SSTableCopy(fixtureSSTable('real/4.1.10-nb/wide'), temp);
    const { files } = copy;
    copy.remove('Index.db');
    const result = await openSSTable(files);
    assert.is(result._tag === 'Left' && result.left.code, 'SCM_SSTABLE_NOT_FOUND');
    assert.match(result._tag === 'Left' ? result.left.message : '', 'Index.db');
  }),
);

sharedTest(test, 'index tables of LocalPartitioner are not for streaming', async () => {
  const result = await openSSTable(fixtureSSTable('real/4.1.10-nb/legacy2i/.by_v'));
  assert.is(result._tag === 'Left' && result.left.code, 'SCM_SSTABLE_UNSUPPORTED');
});

for (const [version, code] of [
  ['zz', 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['pa', 'SCM_SSTABLE_UNSUPPORTED'],
] as const) {
  sharedTest(test, `version ${version} is refused before anything is read`, async () => {
    const files = fixtureSSTable('real/4.1.10-nb/wide');
    const other = { ...files, descriptor: { ...files.descriptor, version } };
    const result = await openSSTable(other);
    assert.is(result._tag === 'Left' && result.left.code, code);
  });
}

test.run();
