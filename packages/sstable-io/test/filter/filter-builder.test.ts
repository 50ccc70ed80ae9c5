import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { murmur3, murmur3Into } from '@scamander/bytes';
import { sharedTest } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bitPositionsInto } from '../../src/filter/bit-positions.ts';
import { bitPositions } from '../../src/filter/bloom-filter.ts';
import { FilterBuilder } from '../../src/filter/filter-builder.ts';
import { filterSize, hasFilter } from '../../src/filter/sizing.ts';
import { openSSTable } from '../../src/open.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';

/** Spec: sstable-data §10.2, with the bits that the table adds. */
const SIZES: [fpChance: number, keys: number, hashCount: number, wordCount: number][] = [
  [0.01, 5, 5, 2],
  [0.1, 5, 3, 1],
  [0.001, 1000, 7, 235],
  [0.0001, 1_000_000, 10, 312_501],
  [6.71e-5, 0, 14, 1],
  [0.00819, 64, 7, 11],
  [0.008189, 64, 5, 12],
  [0.393, 100, 2, 2],
  [0.99, 100, 2, 2],
];

for (const [fpChance, keys, hashCount, wordCount] of SIZES) {
  test(`size for ${keys} keys at ${fpChance}`, () => {
    assert.equal(filterSize(keys, fpChance), { hashCount, wordCount });
  });
}

test('chances that no filter can have', () => {
  for (const fpChance of [1, 1.5, 0, -1, 6.7e-5, Number.NaN]) {
    assert.throws(() => filterSize(10, fpChance), /fp chance/);
  }
  assert.throws(() => filterSize(-1, 0.01), RangeError);
  assert.throws(() => filterSize(2 ** 36, 0.01), RangeError);
  assert.is(hasFilter(1), false);
  assert.is(hasFilter(0.1), true);
});

/** Spec: sstable-data §17.2, from real files. */
const GOLDEN: [name: string, hasOldBfFormat: boolean, hex: string][] = [
  ['before na', true, '00000005000000020004010006214284' + '08c000042002a600'],
  ['from na on', false, '00000005000000028442210600010400' + '00a602200400c008'],
];

for (const [name, hasOldBfFormat, hex] of GOLDEN) {
  test(`keys 30 to 34, ${name}, by bytes and by hash`, () => {
    const byKey = new FilterBuilder({ keys: 5, fpChance: 0.01 });
    const byHash = new FilterBuilder({ keys: 5, fpChance: 0.01 });
    for (const byte of [0x30, 0x31, 0x32, 0x33, 0x34]) {
      byKey.add(Uint8Array.of(byte));
      const { h1, h2 } = murmur3(Uint8Array.of(byte));
      byHash.addHash(h1, h2);
    }
    assert.is(Buffer.from(byKey.toBytes({ hasOldBfFormat })).toString('hex'), hex);
    assert.is(Buffer.from(byHash.toBytes({ hasOldBfFormat })).toString('hex'), hex);
  });
}

const EXTREMES = [-(2n ** 63n), -1n, 0n, 1n, 2n ** 63n - 1n, -(2n ** 32n), 2n ** 32n - 1n];
const hash = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(...EXTREMES),
);

test('positions in halves are those of 64-bit arithmetic, up to the largest filter', () => {
  const out = new Float64Array(20);
  fc.assert(
    fc.property(hash, hash, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (h1, h2, wordCount) => {
      const words = {
        h1hi: Number(BigInt.asIntN(32, h1 >> 32n)),
        h1lo: Number(BigInt.asUintN(32, h1)),
        h2hi: Number(BigInt.asIntN(32, h2 >> 32n)),
        h2lo: Number(BigInt.asUintN(32, h2)),
      };
      bitPositionsInto(words, 20, wordCount * 64, out);
      let base = h2;
      for (let i = 0; i < 20; i++) {
        const rest = base % (BigInt(wordCount) * 64n);
        assert.is(BigInt(out[i]!), rest < 0n ? -rest : rest);
        base = BigInt.asIntN(64, base + h1);
      }
    }),
  );
});

test('positions of keys are those that a reader looks for', () => {
  const words = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };
  const out = new Float64Array(7);
  const expected: number[] = [];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 5000 }), (key, n) => {
      murmur3Into(key, words);
      bitPositionsInto(words, 7, n * 64, out);
      bitPositions(key, { hashCount: 7, bitsBytes: n * 8 }, expected);
      assert.equal([...out], expected);
    }),
  );
});

/** `na` files of early 4.0 have the bit order of 3.x (sstable-data pitfall 20). */
const isInOldOrder = (name: string): boolean => /^na\/.*_compact\//.test(name);

sharedTest(
  test,
  'made of the keys of the index, every Filter.db of a node has the same bytes',
  async () => {
    let compared = 0;
    for (const files of fixtureSSTables) {
      if (!files.components.has('Filter.db')) continue;
      const { directory, prefix, format, version } = files.descriptor;
      const opened = await openSSTable(files);
      if (opened._tag === 'Left') throw opened.left;
      const sstable = opened.right;
      const keys: Uint8Array[] = [];
      for await (const { key } of sstable.keys()) keys.push(Uint8Array.from(key));
      await sstable.close();
      const { bloomFilterFpChance } = sstable.statistics;
      const builder = new FilterBuilder({ keys: keys.length, fpChance: bloomFilterFpChance });
      for (const key of keys) builder.add(key);
      const name = nameOf(files);
      const hasOldBfFormat = (format === 'big' && version < 'na') || isInOldOrder(name);
      const stored = readFileSync(join(directory, `${prefix}Filter.db`));
      assert.ok(Buffer.compare(builder.toBytes({ hasOldBfFormat }), stored) === 0, name);
      compared += 1;
    }
    assert.ok(compared > 400, `${compared} filters`);
  },
);

test.run();
