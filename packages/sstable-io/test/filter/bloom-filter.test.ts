import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bitPositions,
  FilterSegment,
  filterMayContain,
  readFilterLayout,
} from '../../src/filter/bloom-filter.ts';
import { attempt } from '../../src/io/decoding.ts';
import { PagedFile } from '../../src/io/paged-file.ts';
import { ReadableFile } from '../../src/io/readable-file.ts';
import { openSSTable } from '../../src/open.ts';
import { fixtureSSTable } from '../fixture-sstables.ts';

const withFilter = <T>(bytes: Uint8Array, body: (paged: PagedFile) => Promise<T>): Promise<T> =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'nb-1-big-Filter.db');
    writeFileSync(path, bytes);
    const file = await ReadableFile.open(path);
    try {
      return await body(new PagedFile(file));
    } finally {
      await file.close();
    }
  });

/** Spec: sstable-data §17.2. */
const POSITIONS: [key: string, positions: number[]][] = [
  ['30', [9, 9, 119, 119, 119]],
  ['00000001', [102, 53, 4, 45, 94]],
  ['ff', [57, 70, 69, 60, 61]],
];

for (const [key, positions] of POSITIONS) {
  test(`bits of key ${key}`, () => {
    const out: number[] = [];
    bitPositions(Buffer.from(key, 'hex'), { hashCount: 5, bitsBytes: 16 }, out);
    assert.equal(out, positions);
  });
}

const FILTERS: [name: string, hex: string, hasOldBfFormat: boolean][] = [
  ['ma to me', '00000005000000020004010006214284' + '08c000042002a600', true],
  ['na and later', '00000005000000028442210600010400' + '00a602200400c008', false],
];

for (const [name, hex, hasOldBfFormat] of FILTERS) {
  test(`whole filter of keys 30…34, ${name}`, async () => {
    await withFilter(Buffer.from(hex, 'hex'), async (paged) => {
      const layout = await readFilterLayout(paged, { hasOldBfFormat });
      assert.equal([layout.hashCount, layout.bitsBytes], [5, 16]);
      const segment = await FilterSegment.load(paged.file, layout, 0, 16);
      for (const key of [0x30, 0x31, 0x32, 0x33, 0x34]) {
        assert.ok(await filterMayContain(paged, layout, Uint8Array.of(key)));
        assert.ok(segment.add(Uint8Array.of(key)));
      }
      assert.equal(segment.difference(), { missingBits: 0, surplusBits: 0 });
      assert.not(await filterMayContain(paged, layout, Uint8Array.of(0xff)));
      assert.not(segment.add(Uint8Array.of(0xff)));
      assert.ok(segment.difference().missingBits > 0);
    });
  });
}

test('the other byte order hides keys', async () => {
  await withFilter(Buffer.from(FILTERS[0]![1], 'hex'), async (paged) => {
    const layout = await readFilterLayout(paged, { hasOldBfFormat: false });
    const found = await Promise.all(
      [0x30, 0x31, 0x32, 0x33, 0x34].map((key) =>
        filterMayContain(paged, layout, Uint8Array.of(key)),
      ),
    );
    assert.ok(found.includes(false));
  });
});

const WRONG: [name: string, hex: string][] = [
  ['empty', ''],
  ['cut in the header', '00000005'],
  ['no hashes', '00000000000000018442210600010400'],
  ['absurd hashes', '7fffffff000000018442210600010400'],
  ['no words', '0000000500000000'],
  ['2^31 − 1 words', '000000057fffffff8442210600010400'],
  ['negative words', '00000005ffffffff8442210600010400'],
  ['a word too few', '00000005000000028442210600010400'],
  ['a byte too many', '0000000500000001844221060001040000'],
];

for (const [name, hex] of WRONG) {
  test(`refused: ${name}`, async () => {
    await withFilter(Buffer.from(hex, 'hex'), async (paged) => {
      const layout = await attempt(paged.path, () =>
        readFilterLayout(paged, { hasOldBfFormat: false }),
      );
      assert.is(layout._tag === 'Left' && layout.left.code, 'SCM_SSTABLE_CORRUPT');
    });
  });
}

sharedTest(test, 'segments of a filter together are the filter', async () => {
  for (const folder of ['real/4.1.10-nb/many_uncompressed', 'real/3.11.19-me/fp']) {
    const opened = await openSSTable(fixtureSSTable(folder));
    if (opened._tag === 'Left') throw opened.left;
    const sstable = opened.right;
    const { directory, prefix, version } = sstable.files.descriptor;
    const file = await ReadableFile.open(join(directory, `${prefix}Filter.db`));
    try {
      const hasOldBfFormat = version < 'na';
      const layout = await readFilterLayout(new PagedFile(file), { hasOldBfFormat });
      for (let start = 0; start < layout.bitsBytes; start += 48) {
        const segment = await FilterSegment.load(file, layout, start, 48);
        for await (const { key } of sstable.keys()) assert.ok(segment.add(key));
        assert.equal(segment.difference(), { missingBits: 0, surplusBits: 0 }, folder);
      }
    } finally {
      await file.close();
      await sstable.close();
    }
  }
});

test.run();
