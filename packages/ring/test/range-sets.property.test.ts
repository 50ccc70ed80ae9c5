// Range arithmetic against the plain meaning, membership of single tokens, on a ring small enough to try every token.

import {
  contains,
  differenceOfSets,
  intersection,
  intersectionOfSets,
  Murmur3Partitioner as murmur3,
  normalize,
  overlapping,
  subtractAll,
  type TokenRange,
  wraps,
} from '@scamander/ring';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const MIN = murmur3.minimumToken as bigint;
const bound = fc.oneof(fc.integer({ min: 0, max: 8 }).map(BigInt), fc.constant(MIN));
const oneRange = fc.record({ left: bound, right: bound });
const someRanges = fc.array(oneRange, { maxLength: 5 });
/** A token in every gap that the bounds can make. */
const tokens = [MIN + 1n, 0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n];

const within = (ranges: readonly TokenRange[]) =>
  tokens.filter((token) => ranges.some((range) => contains(murmur3, range, token)));

test('normal form covers the same tokens, ascending, without touching neighbours', () => {
  fc.assert(
    fc.property(someRanges, (given) => {
      const found = normalize(murmur3, given);
      assert.equal(within(found), within(given));
      for (const [index, range] of found.entries()) {
        const last = index === found.length - 1;
        assert.ok(!wraps(murmur3, range) || (last && range.right === MIN));
        const next = found[index + 1];
        if (next !== undefined) assert.ok(murmur3.compare(range.right, next.left) < 0);
      }
    }),
  );
});

test('difference is membership in one and not the other', () => {
  fc.assert(
    fc.property(someRanges, someRanges, (a, b) => {
      const gone = within(b);
      assert.equal(
        within(subtractAll(murmur3, a, b)),
        within(a).filter((token) => !gone.includes(token)),
      );
    }),
  );
});

test('difference of sets says the same, in normal form', () => {
  fc.assert(
    fc.property(someRanges, someRanges, (a, b) => {
      const found = differenceOfSets(murmur3, a, b);
      const gone = within(b);
      assert.equal(
        within(found),
        within(a).filter((token) => !gone.includes(token)),
      );
      assert.equal(found, normalize(murmur3, found));
    }),
  );
});

test('intersection is membership in both', () => {
  fc.assert(
    fc.property(oneRange, oneRange, (a, b) => {
      const inB = within([b]);
      assert.equal(
        within(intersection(murmur3, a, b)),
        within([a]).filter((token) => inB.includes(token)),
      );
    }),
  );
});

test('intersection of sets is membership in both, in normal form', () => {
  fc.assert(
    fc.property(someRanges, someRanges, (a, b) => {
      const found = intersectionOfSets(murmur3, a, b);
      const inB = within(b);
      assert.equal(
        within(found),
        within(a).filter((token) => inB.includes(token)),
      );
      assert.equal(found, normalize(murmur3, found));
    }),
  );
});

test('the ranges that overlap one around the end of the ring come in their order', () => {
  const normalized = normalize(murmur3, [{ left: 1n, right: 0n }]);
  assert.is(normalized.length, 2);
  assert.equal(overlapping(murmur3, normalized, { left: 0n, right: 0n }), normalized);
});

test('overlapping ranges are those with a common token', () => {
  fc.assert(
    fc.property(someRanges, oneRange, (given, range) => {
      const normalized = normalize(murmur3, given);
      const inRange = within([range]);
      assert.equal(
        overlapping(murmur3, normalized, range),
        normalized.filter((one) => within([one]).some((token) => inRange.includes(token))),
      );
    }),
  );
});

test.run();
