import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { versionFeatures } from '../../src/components/version.ts';
import { nodeFileSystem } from '../../src/receive/file-system.ts';
import { finishReceive } from '../../src/receive/finish.ts';
import { abortReceive, prepareReceive } from '../../src/receive/staging.ts';
import { decodeStatistics, type Statistics } from '../../src/statistics/statistics.ts';
import {
  componentsOf,
  da,
  fill,
  headerOf,
  nb,
  PENDING_REPAIR,
  planOf,
  type Sample,
  sample,
} from './received-sample.ts';

const statistics = (path: string, { prefix }: Sample): Statistics => {
  const format = prefix.includes('-bti-') ? 'bti' : 'big';
  const features = versionFeatures(format, prefix.slice(0, 2), path);
  if (features._tag === 'Left') throw features.left;
  const decoded = decodeStatistics(readFileSync(path), features.right, path);
  if (decoded._tag === 'Left') throw decoded.left;
  return decoded.right;
};

const SAMPLES = [
  ['nb compressed', () => sample('4.1.10-nb', 'base', 'nb-1-big-')],
  ['nb of 4.0', () => sample('4.0.19-nb', 'wide', 'nb-1-big-')],
  ['nb uncompressed', () => sample('4.1.10-nb', 'z_none', 'nb-1-big-')],
  ['nb without filter', () => sample('4.1.10-nb', 'nofilter', 'nb-1-big-')],
  ['me', () => sample('3.11.19-me', 'base', 'me-1-big-')],
  ['oa with SAI', () => sample('5.0.6-oa', 'sai', 'oa-1-big-')],
  ['da', da],
] as const;
for (const [name, from] of SAMPLES)
  sharedTest(test, `real SSTable: ${name}: only Statistics.db changes, and in three fields`, () =>
    withTempFolder(async (data) => {
      const source = from();
      const plan = planOf(data, source, '7');
      assert.is((await prepareReceive(plan))._tag, 'Right');
      fill(plan, source);
      const finished = await finishReceive(plan);
      if (finished._tag === 'Left') throw finished.left;
      assert.is(finished.right.bytes, plan.totalBytes);
      assert.equal(finished.right.dropped, []);
      const components = componentsOf(source);
      assert.equal(readdirSync(plan.stagingDirectory).sort(), [...components, 'TOC.txt'].sort());
      for (const component of components) {
        const original = readFileSync(join(source.folder, `${source.prefix}${component}`));
        const copy = readFileSync(join(plan.stagingDirectory, component));
        if (component !== 'Statistics.db') assert.is(Buffer.compare(copy, original), 0, component);
        assert.is(finished.right.checksums[component], crc32(original), component);
      }
      const before = statistics(join(source.folder, `${source.prefix}Statistics.db`), source);
      const after = statistics(join(plan.stagingDirectory, 'Statistics.db'), source);
      assert.is(after.stats.sstableLevel, 3);
      assert.is(after.stats.repairedAtMs, 0n);
      if (!source.prefix.startsWith('m')) assert.is(after.stats.pendingRepair, PENDING_REPAIR);
      assert.equal(
        {
          ...after.stats,
          sstableLevel: before.stats.sstableLevel,
          repairedAtMs: before.stats.repairedAtMs,
          pendingRepair: before.stats.pendingRepair,
        },
        before.stats,
      );
      assert.equal(after.header, before.header);
      assert.equal(after.validation, before.validation);
    }),
  );

sharedTest(test, 'a repaired SSTable keeps the time the stream says', () =>
  withTempFolder(async (data) => {
    const header = { ...headerOf(nb()), repairedAtMs: 1234567n, pendingRepair: undefined };
    const plan = planOf(data, nb(), '7', header);
    await prepareReceive(plan);
    fill(plan, nb());
    assert.is((await finishReceive(plan))._tag, 'Right');
    const after = statistics(join(plan.stagingDirectory, 'Statistics.db'), nb());
    assert.is(after.stats.repairedAtMs, 1234567n);
    assert.is(after.stats.pendingRepair, undefined);
  }),
);

sharedTest(test, 'an injected checksum is used, and believed', () =>
  withTempFolder(async (data) => {
    const plan = planOf(data, nb(), '7');
    await prepareReceive(plan);
    fill(plan, nb());
    const finished = await finishReceive(plan, { fileCrc32: async () => 5 });
    assert.ok(finished._tag === 'Left');
    const { detail } = finished.left;
    assert.ok(detail.code === 'SCM_SSTABLE_DIGEST');
    assert.is(detail.found, 5);
  }),
);

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  writeFileSync(path, bytes);
};

type Damage = readonly [
  name: string,
  from: () => Sample,
  without: readonly string[],
  spoil: (folder: string) => void,
  code: string,
];
const DAMAGE: readonly Damage[] = [
  ['flipped byte, digest', nb, [], (f) => flip(join(f, 'Data.db'), 20), 'SCM_SSTABLE_DIGEST'],
  [
    'flipped byte, no digest: chunk CRC',
    nb,
    ['Digest.crc32'],
    (f) => flip(join(f, 'Data.db'), 20),
    'SCM_SSTABLE_CORRUPT',
  ],
  [
    'flipped byte, no digest: CRC.db',
    () => sample('4.1.10-nb', 'z_none', 'nb-1-big-'),
    ['Digest.crc32'],
    (f) => flip(join(f, 'Data.db'), 20),
    'SCM_SSTABLE_CORRUPT',
  ],
  ['digest is no number', nb, [], (f) => flip(join(f, 'Digest.crc32'), 0), 'SCM_SSTABLE_CORRUPT'],
  ['file too short', nb, [], (f) => truncateSync(join(f, 'Index.db'), 1), 'SCM_SSTABLE_CORRUPT'],
  [
    'file too long',
    nb,
    [],
    (f) => writeFileSync(join(f, 'Index.db'), 'x', { flag: 'a' }),
    'SCM_SSTABLE_CORRUPT',
  ],
  ['foreign file', nb, [], (f) => writeFileSync(join(f, 'x'), ''), 'SCM_SSTABLE_NOT_AN_SSTABLE'],
  [
    'Statistics.db damaged',
    nb,
    [],
    (f) => flip(join(f, 'Statistics.db'), 60),
    'SCM_SSTABLE_CORRUPT',
  ],
  [
    'compressed without CompressionInfo.db',
    nb,
    ['CompressionInfo.db'],
    () => undefined,
    'SCM_SSTABLE_MISSING_COMPONENT',
  ],
];
for (const [name, from, without, spoil, code] of DAMAGE)
  sharedTest(test, `damage is found before it is acknowledged: ${name}`, () =>
    withTempFolder(async (data) => {
      const kept = componentsOf(from()).filter((component) => !without.includes(component));
      const plan = planOf(data, from(), '7', headerOf(from(), kept));
      await prepareReceive(plan);
      fill(plan, from());
      spoil(plan.stagingDirectory);
      const finished = await finishReceive(plan);
      assert.ok(finished._tag === 'Left', 'it was taken');
      assert.is(finished.left.code, code, finished.left.message);
      assert.not.ok(readdirSync(plan.stagingDirectory).includes('TOC.txt'));
      assert.is((await abortReceive(plan))._tag, 'Right');
      assert.equal(readdirSync(data), []);
      assert.is((await abortReceive(plan))._tag, 'Right');
    }),
  );

sharedTest(test, 'a missing file is named', () =>
  withTempFolder(async (data) => {
    const plan = planOf(data, nb(), '7');
    await prepareReceive(plan);
    const finished = await finishReceive(plan);
    assert.ok(finished._tag === 'Left');
    assert.is(finished.left.code, 'SCM_SSTABLE_NOT_FOUND');
  }),
);

sharedTest(test, 'an empty filter is dropped: a node would believe it', () =>
  withTempFolder(async (data) => {
    const header = headerOf(nb());
    const manifest = header.manifest.map((entry) =>
      entry.name === 'Filter.db' ? { ...entry, lengthBytes: 0n } : entry,
    );
    const plan = planOf(data, nb(), '7', { ...header, manifest });
    await prepareReceive(plan);
    fill(plan, nb());
    truncateSync(join(plan.stagingDirectory, 'Filter.db'), 0);
    const finished = await finishReceive(plan);
    if (finished._tag === 'Left') throw finished.left;
    assert.equal(finished.right.dropped, ['Filter.db']);
    const names = readdirSync(plan.stagingDirectory);
    assert.not.ok(names.includes('Filter.db'));
    const toc = readFileSync(join(plan.stagingDirectory, 'TOC.txt'), 'utf8');
    assert.not.match(toc, 'Filter.db');
  }),
);

sharedTest(test, 'a folder left by an earlier receive of the same id is not taken over', () =>
  withTempFolder(async (data) => {
    const plan = planOf(data, nb(), '7');
    await prepareReceive(plan);
    fill(plan, nb());
    const again = await prepareReceive(plan);
    assert.ok(again._tag === 'Left');
    assert.is(again.left.code, 'SCM_SSTABLE_UNFINISHED');
  }),
);

sharedTest(
  test,
  'a receive begins while another one, the last, removes the folders around it',
  () =>
    withTempFolder(async (data) => {
      const plan = planOf(data, nb(), '7');
      let failures = 0;
      const failing = (code: string, times: number) => ({
        ...nodeFileSystem,
        makeDirectory: async (path: string) => {
          failures += 1;
          if (failures <= times) throw Object.assign(new Error(`${code}: mkdir`), { code });
          await nodeFileSystem.makeDirectory(path);
        },
      });
      for (const code of ['ENOTDIR', 'ENOENT']) {
        failures = 0;
        assert.is((await prepareReceive(plan, failing(code, 3)))._tag, 'Right');
        assert.is(failures, 4);
        await abortReceive(plan);
      }
      failures = 0;
      const never = await prepareReceive(plan, failing('ENOTDIR', Number.POSITIVE_INFINITY));
      assert.is(never._tag === 'Left' && never.left.code, 'SCM_SSTABLE_IO');
      failures = 0;
      const full = await prepareReceive(plan, failing('ENOSPC', 1));
      assert.is(full._tag === 'Left' && full.left.code, 'SCM_SSTABLE_IO');
      assert.is(failures, 1);
    }),
);

sharedTest(test, 'receives that begin and end at the same time do not disturb each other', () =>
  withTempFolder(async (data) => {
    const one = async (id: number): Promise<void> => {
      const plan = planOf(data, nb(), `${id}`);
      for (let turn = 0; turn < 40; turn++) {
        const prepared = await prepareReceive(plan);
        if (prepared._tag === 'Left') throw prepared.left;
        await abortReceive(plan);
      }
    };
    await Promise.all([1, 2, 3].map(one));
    assert.equal(readdirSync(data), []);
  }),
);

test.run();
