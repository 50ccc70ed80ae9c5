import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Contender, Sample } from '../src/report/results.ts';
import { median, medianOf, rateOf, ratioOf } from '../src/report/statistics.ts';

const sample = (round: number, seconds: number): Sample => ({
  round,
  seconds,
  bytes: 1_000_000,
  cpuSeconds: 0,
  maxRssBytes: 0,
});

test('median: the middle one, or the mean of the middle two, whatever the order', () => {
  assert.is(median([3]), 3);
  assert.is(median([9, 1, 5]), 5);
  assert.is(median([10, 2, 4, 100]), 7);
  assert.throws(() => median([]), RangeError);
});

test('median does not reorder what it is given', () => {
  const numbers = [3, 1, 2];
  median(numbers);
  assert.equal(numbers, [3, 1, 2]);
});

test('rateOf: a million bytes in half a second are 2 MB/s', () => {
  assert.is(rateOf(sample(1, 0.5)), 2);
});

test('ratioOf pairs the rounds: a slow minute that hit both does not count', () => {
  const ours: Contender = { name: 'ours', samples: [sample(1, 2), sample(2, 20), sample(3, 2)] };
  const theirs: Contender = {
    name: 'theirs',
    samples: [sample(1, 1), sample(2, 10), sample(3, 4)],
  };
  assert.is(ratioOf(ours, theirs, rateOf), 0.5);
  assert.is(
    medianOf(ours, ({ seconds }) => seconds),
    2,
  );
});

test('ratioOf: rounds that only one has are left out; none in common is no ratio', () => {
  const ours: Contender = { name: 'ours', samples: [sample(1, 1), sample(2, 1)] };
  assert.is(ratioOf(ours, { name: 'theirs', samples: [sample(2, 3)] }, rateOf), 3);
  assert.is(ratioOf(ours, { name: 'theirs', samples: [sample(3, 3)] }, rateOf), undefined);
});

test.run();
