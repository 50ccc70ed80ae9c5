import { crc32 } from '@scamander/bytes';
import { rejects, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../../src/open.ts';
import type { SSTableFiles, VerifyLevel, VerifyReport } from '../../src/types.ts';
import { fixtureSSTable, fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { SSTableCopy } from '../sstable-copy.ts';

const verified = async (files: SSTableFiles, level: VerifyLevel): Promise<VerifyReport> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  try {
    return await opened.right.verify(level);
  } finally {
    await opened.right.close();
  }
};

/** Warnings that fixtures deserve: what their READMEs and the specification say of them. */
const KNOWN_WARNINGS: [pattern: RegExp, tables: RegExp][] = [
  [/empty chunk behind the data/, /lcs|merged/],
  [/TOC\.txt/, /sasi|fp|nofilter|rp_many/],
  [/Filter\.db can’t be trusted|bit order of 3\.x/, /^na\/legacy_na_.*_compact/],
  [/negative timestamps/, /(oa|da)\/negdel/],
];

sharedTest(test, 'every fixture is sound, to the last bit that can be checked', async () => {
  for (const files of fixtureSSTables) {
    const name = nameOf(files);
    const report = await verified(files, 'deep');
    assert.equal(report.errors, [], `${name}: ${report.errors[0]?.message}`);
    for (const warning of report.warnings) {
      const isKnown = KNOWN_WARNINGS.some(
        ([what, where]) => what.test(warning) && where.test(name),
      );
      assert.ok(isKnown, `${name}: ${warning}`);
    }
    const isOldOrder = /^na\/legacy_na_.*_compact/.test(name);
    assert.is(report.filterTrusted, files.components.has('Filter.db') && !isOldOrder, name);
    const digest = files.components.has('Digest.crc32');
    assert.ok(digest, `${name} has a digest, which was compared`);
  }
});

type Spoil = (copy: SSTableCopy) => void;

/** Changes a file's bytes in place. */
const edit =
  (component: string, change: (bytes: Buffer) => Buffer): Spoil =>
  (copy) =>
    copy.write(component, change(copy.bytes(component)));

const flip = (component: string, at: number): Spoil =>
  edit(component, (bytes) => {
    const index = at < 0 ? bytes.length + at : at;
    bytes[index]! ^= 0x10;
    return bytes;
  });

/** Puts the digest right again, so that only the finer checks can find what was done to Data.db. */
const redigest: Spoil = (copy) =>
  copy.write('Digest.crc32', Buffer.from(String(crc32(copy.bytes('Data.db')))));

const both =
  (...spoils: Spoil[]): Spoil =>
  (copy) => {
    for (const spoil of spoils) spoil(copy);
  };

const NB = 'real/4.1.10-nb/wide';
const NB_PLAIN = 'real/4.1.10-nb/many_uncompressed';
const DA = 'real/5.0.6-da/wide';

const FOUND: [
  name: string,
  level: VerifyLevel,
  folder: string,
  spoil: Spoil,
  code: string,
  where: RegExp,
][] = [
  [
    'a flipped bit of Data.db, by the digest',
    'quick',
    NB,
    flip('Data.db', 100),
    'SCM_SSTABLE_DIGEST',
    /Data\.db: the digest is \d+, Digest\.crc32 says \d+/,
  ],
  [
    'a flipped bit of Data.db without digest, by its chunk',
    'quick',
    NB,
    both(flip('Data.db', 100), (copy) => copy.remove('Digest.crc32')),
    'SCM_SSTABLE_CORRUPT',
    /Data\.db \(byte \d+\): found CRC-32/,
  ],
  [
    'a flipped bit of an uncompressed Data.db without digest, by CRC.db',
    'quick',
    NB_PLAIN,
    both(flip('Data.db', 100), (copy) => copy.remove('Digest.crc32')),
    'SCM_SSTABLE_CORRUPT',
    /Data\.db \(byte 0\): found CRC-32/,
  ],
  [
    'a flipped bit under a right digest, by its chunk',
    'deep',
    NB,
    both(flip('Data.db', 100), redigest),
    'SCM_SSTABLE_CORRUPT',
    /Data\.db \(byte \d+\): found CRC-32/,
  ],
  [
    'a flipped bit of an uncompressed Data.db under a right digest',
    'deep',
    NB_PLAIN,
    both(flip('Data.db', 100), redigest),
    'SCM_SSTABLE_CORRUPT',
    /as CRC\.db says/,
  ],
  [
    'a digest that is not a number',
    'quick',
    NB,
    (copy) => copy.write('Digest.crc32', Buffer.from('none')),
    'SCM_SSTABLE_CORRUPT',
    /Digest\.crc32 \(byte 0\)/,
  ],
  [
    'a block size of CRC.db',
    'quick',
    NB_PLAIN,
    flip('CRC.db', 3),
    'SCM_SSTABLE_CORRUPT',
    /CRC\.db \(byte 0\)/,
  ],
  [
    'a checksum of CRC.db',
    'deep',
    NB_PLAIN,
    flip('CRC.db', 5),
    'SCM_SSTABLE_CORRUPT',
    /as CRC\.db says/,
  ],
  [
    'garbage in Summary.db',
    'quick',
    NB,
    (copy) => copy.write('Summary.db', Buffer.alloc(60)),
    'SCM_SSTABLE_CORRUPT',
    /Summary\.db/,
  ],
  [
    'another last key in Summary.db',
    'quick',
    NB,
    flip('Summary.db', -1),
    'SCM_SSTABLE_CORRUPT',
    /Summary\.db/,
  ],
  [
    'an index entry without its partition',
    'deep',
    NB_PLAIN,
    edit('Index.db', (bytes) => bytes.subarray(0, bytes.lastIndexOf(Buffer.of(0, 4, 0)))),
    'SCM_SSTABLE_CORRUPT',
    /Index\.db/,
  ],
  [
    'a flipped bit in the promoted index',
    'deep',
    NB,
    flip('Index.db', 60),
    'SCM_SSTABLE_CORRUPT',
    /Index\.db/,
  ],
  [
    'a flipped bit in a row trie',
    'deep',
    DA,
    flip('Rows.db', 20),
    'SCM_SSTABLE_CORRUPT',
    /Rows\.db/,
  ],
  [
    'a flipped transition in the partition trie',
    'deep',
    DA,
    flip('Partitions.db', 1),
    'SCM_SSTABLE_CORRUPT',
    /Partitions\.db/,
  ],
];

for (const [name, level, folder, spoil, code, where] of FOUND) {
  sharedTest(test, `${level}: ${name}`, () =>
    withTempFolder(async (temp) => {
      const copy = new SSTableCopy(fixtureSSTable(folder), temp);
      spoil(copy);
      const report = await verified(copy.files, level);
      const found = report.errors.find((error) => where.test(error.message));
      assert.ok(found, report.errors.map((error) => error.message).join('\n') || 'no errors');
      assert.is(found?.code, code);
    }),
  );
}

const FILTERS: [name: string, spoil: Spoil, warning: RegExp | undefined][] = [
  ['absent', (copy) => copy.remove('Filter.db'), undefined],
  ['empty', (copy) => copy.write('Filter.db', new Uint8Array(0)), /is empty/],
  ['truncated', edit('Filter.db', (bytes) => bytes.subarray(0, -8)), /can’t be trusted/],
  ['all zero', edit('Filter.db', (bytes) => bytes.fill(0, 8)), /can’t be trusted/],
  [
    'of the other byte order',
    edit('Filter.db', (bytes) =>
      Buffer.concat([bytes.subarray(0, 8), Buffer.from(bytes.subarray(8)).swap64()]),
    ),
    /bit order of 3\.x/,
  ],
];

for (const [name, spoil, warning] of FILTERS) {
  for (const level of ['quick', 'deep'] as const) {
    sharedTest(test, `${level}: a filter that is ${name} is not trusted, and no error`, () =>
      withTempFolder(async (temp) => {
        const copy = new SSTableCopy(fixtureSSTable(NB_PLAIN), temp);
        spoil(copy);
        const report = await verified(copy.files, level);
        assert.is(report.filterTrusted, false);
        assert.equal(report.errors, []);
        if (warning !== undefined) assert.match(report.warnings.join('\n'), warning);
      }),
    );
  }
}

sharedTest(
  test,
  'deep: bits of a filter that no key sets are named, the filter stays trusted',
  () =>
    withTempFolder(async (temp) => {
      const copy = new SSTableCopy(fixtureSSTable(NB_PLAIN), temp);
      edit('Filter.db', (bytes) => bytes.fill(0xff, 8))(copy);
      const report = await verified(copy.files, 'deep');
      assert.is(report.filterTrusted, true);
      assert.match(report.warnings.join('\n'), /bits that no key of the SSTable sets/);
    }),
);

sharedTest(test, 'a changed length since the listing is found', () =>
  withTempFolder(async (temp) => {
    const copy = new SSTableCopy(fixtureSSTable(NB), temp);
    const { files } = copy;
    edit('Filter.db', (bytes) => Buffer.concat([bytes, Buffer.of(0)]))(copy);
    const report = await verified(files, 'quick');
    assert.match(
      report.errors[0]?.message ?? '',
      /Filter\.db: found \d+ bytes, expected \d+, as listed/,
    );
  }),
);

sharedTest(test, 'checksums of all components that travel, progress up to the total', async () => {
  const files = fixtureSSTable(NB);
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  const sstable = opened.right;
  const steps: [number, number][] = [];
  const report = await sstable.verify('quick', {
    progress: (bytes, total) => steps.push([bytes, total]),
  });
  assert.equal(
    Object.keys(report.checksums).sort(),
    sstable
      .manifest({ includeFilter: true })
      .map(({ name }) => name)
      .sort(),
  );
  const total = [...files.components.values()].reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(
    steps.every(
      ([bytes, of], i) => of === total && bytes <= of && bytes >= (steps[i - 1]?.[0] ?? 0),
    ),
  );
  await sstable.close();
});

sharedTest(test, 'a given fileCrc32 does the reading', async () => {
  const asked: string[] = [];
  const files = fixtureSSTable(NB);
  const opened = await openSSTable(files, {
    fileCrc32: async (path, { progress }) => {
      asked.push(path);
      progress(1);
      return 12;
    },
  });
  if (opened._tag === 'Left') throw opened.left;
  const report = await opened.right.verify('quick');
  assert.ok(asked.some((path) => path.endsWith('Data.db')));
  assert.equal(report.checksums['Data.db'], 12);
  assert.is(report.errors[0]?.code, 'SCM_SSTABLE_DIGEST');
  await opened.right.close();
});

sharedTest(test, 'an aborted signal ends it with the reason', async () => {
  const opened = await openSSTable(fixtureSSTable(NB_PLAIN));
  if (opened._tag === 'Left') throw opened.left;
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  const error = await rejects(opened.right.verify('deep', { signal: controller.signal }));
  assert.is(error.message, 'enough');
  await opened.right.close();
});

test.run();
