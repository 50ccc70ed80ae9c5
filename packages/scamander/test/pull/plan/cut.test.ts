import {
  differenceOfSets,
  fullRing,
  Murmur3Partitioner,
  normalize,
  rangeWidth,
} from '@scamander/ring';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UNIT_PIECES_MAX } from '../../../src/limits.ts';
import { cutUnit } from '../../../src/pull/plan/cut.ts';
import type { Unit } from '../../../src/pull/plan/units.ts';

const RING = [fullRing(Murmur3Partitioner)];

/** Table and node play no part. */
const unitOf = (ranges: Unit['ranges'], bytes: number | undefined): Unit => ({
  table: {} as Unit['table'],
  node: {} as Unit['node'],
  ranges,
  bytes,
  files: 7,
});

const widthOf = (ranges: Unit['ranges']): bigint =>
  ranges.reduce((sum, range) => sum + (rangeWidth(Murmur3Partitioner, range) ?? 0n), 0n);

test('what is small enough, or of unknown size, stays whole', () => {
  for (const bytes of [undefined, 0, 1_000])
    assert.equal(cutUnit(unitOf(RING, bytes), 1_000, Murmur3Partitioner), [unitOf(RING, bytes)]);
});

test('the pieces are about as large as was asked, and make up the unit', () => {
  const token = fc.bigInt(-(2n ** 63n) + 1n, 2n ** 63n - 1n);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(token, token), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 2, max: 40 }),
      (pairs, times) => {
        const ranges = normalize(
          Murmur3Partitioner,
          pairs.map(([left, right]) => ({ left, right })),
        );
        const pieces = cutUnit(unitOf(ranges, times * 1_000), 1_000, Murmur3Partitioner);
        const all = pieces.flatMap((piece) => [...piece.ranges]);
        assert.equal(normalize(Murmur3Partitioner, all), ranges);
        assert.is(widthOf(all), widthOf(ranges), 'no token twice');
        const share = (widthOf(ranges) + BigInt(times) - 1n) / BigInt(times);
        for (const piece of pieces)
          assert.ok(widthOf(piece.ranges) <= share, 'none is larger than its share of the tokens');
      },
    ),
  );
});

test('there is an end to it', () => {
  const pieces = cutUnit(unitOf(RING, 1e15), 1, Murmur3Partitioner);
  assert.ok(pieces.length <= 2 * UNIT_PIECES_MAX, `${pieces.length} pieces`);
  assert.equal(
    differenceOfSets(
      Murmur3Partitioner,
      RING,
      pieces.flatMap(({ ranges }) => [...ranges]),
    ),
    [],
  );
});

test.run();
