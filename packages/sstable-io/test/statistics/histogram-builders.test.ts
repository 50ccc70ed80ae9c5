import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  EstimatedHistogramBuilder,
  standardOffsets,
} from '../../src/statistics/estimated-histogram-builder.ts';
import type { TombstoneHistogram } from '../../src/statistics/histograms.ts';
import { TombstoneHistogramBuilder } from '../../src/statistics/tombstone-histogram-builder.ts';
import { type WritingRelease, writingHabits } from '../../src/statistics/writing-release.ts';

test('standard offsets', () => {
  // spec: sstable-index-and-stats §3.4
  assert.equal(
    standardOffsets(22),
    [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50, 60, 72, 86, 103],
  );
  assert.is(standardOffsets(155).length, 155);
});

test('a value goes into the first bucket whose offset is not below it', () => {
  const builder = new EstimatedHistogramBuilder(10);
  for (const value of [0, 1, 2, 9, 10, 11, 12, 13, 1e12]) builder.add(value);
  const { offsets, counts } = builder.build();
  assert.equal(offsets.map(Number), [1, 2, 3, 4, 5, 6, 7, 8, 10, 12]);
  assert.equal(counts.map(Number), [2, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2]);
});

const histogramOf = (release: WritingRelease, times: readonly number[]): TombstoneHistogram => {
  const builder = new TombstoneHistogramBuilder(writingHabits(release));
  for (const time of times) builder.add(time);
  return builder.build();
};

const pointsOf = ({ bins }: TombstoneHistogram): [number, number][] =>
  bins.map(({ point, count }) => [point, Number(count)]);

test('few times: rounded up to minutes and counted', () => {
  const times = [61, 60, 121, 61, 61, 0, 120];
  for (const release of ['3.11', '4.x', '5.0'] as const) {
    assert.equal(pointsOf(histogramOf(release, times)), [
      [0, 1],
      [60, 1],
      [120, 4],
      [180, 1],
    ]);
  }
});

test('what stands in front of the bins', () => {
  assert.is(histogramOf('3.11', [1, 61]).maxBinSize, 100);
  assert.is(histogramOf('4.x', [1, 61]).maxBinSize, 2);
  assert.is(histogramOf('5.0', []).maxBinSize, 0);
});

test('the largest times: 4.x caps them, the others round them up', () => {
  // spec §3.5, as live nodes write them
  assert.equal(pointsOf(histogramOf('3.11', [2147483646])), [[2147483700, 1]]);
  assert.equal(pointsOf(histogramOf('4.x', [2147483646])), [[2147483646, 1]]);
  assert.equal(pointsOf(histogramOf('5.0', [2147483646])), [[2147483700, 1]]);
  assert.equal(pointsOf(histogramOf('5.0', [4294967293])), [[4294967293, 1]]);
});

test('the 101st point merges the nearest two', () => {
  const times = Array.from({ length: 100 }, (_, i) => i * 600);
  // 59,400 and 59,460 are the nearest: (59400·1 + 59460·2) div 3 = 59440, rounded up
  const more = [...times, 59_460, 59_460];
  for (const release of ['4.x', '5.0'] as const) {
    const points = pointsOf(histogramOf(release, more));
    assert.is(points.length, 100);
    assert.equal(points.at(-1), [59_460, 3]);
    assert.equal(points.at(-2), [58_800, 1]);
  }
});

test('a merged point lies above the first only from 5.0 on', () => {
  const times = Array.from({ length: 100 }, (_, i) => i * 600);
  // the first of two neighbours occurs so often that the quotient is its own time
  const more = [...times, ...new Array<number>(99).fill(59_400), 59_460];
  assert.equal(pointsOf(histogramOf('4.x', more)).at(-1), [59_400, 101]);
  assert.equal(pointsOf(histogramOf('5.0', more)).at(-1), [59_460, 101]);
});

test('more points than the table takes: every count is there, in 100 ascending bins', () => {
  const random = seededRandom(21);
  const times = Array.from({ length: 300_000 }, () => Math.floor(random() * 4_000_000_000));
  const points = pointsOf(histogramOf('5.0', times));
  assert.is(points.length, 100);
  assert.is(
    points.reduce((sum, [, count]) => sum + count, 0),
    times.length,
  );
  for (const [i, [point]] of points.entries()) {
    assert.is(point % 60, 0);
    if (i > 0) assert.ok(point > points[i - 1]![0]);
  }
});

test.run();
