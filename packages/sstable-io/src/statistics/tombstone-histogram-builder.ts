// Data plane. Counts local deletion times in at most 100 bins (spec: sstable-index-and-stats §3.5; StreamingTombstoneHistogramBuilder). Called
// by the statistics collector for every tombstone and everything that expires. Few distinct times are counted as they are.
import type { TombstoneHistogram } from './histograms.ts';
import { PointSpool } from './point-spool.ts';
import type { WritingHabits } from './writing-release.ts';

const BINS_MAX = 100;
const ROUNDING_SECONDS = 60;
const COUNT_MAX = 0x7fffffff;

type Habits = Pick<
  WritingHabits,
  'tombstoneBinsMaxStored' | 'tombstonePointMax' | 'keepsMergedPointBetween'
>;

/** Sorted bins; whenever there are too many, the two that are nearest to each other become one. */
class Bins {
  readonly points: number[] = [];
  readonly counts: number[] = [];
  readonly #habits: Habits;

  constructor(habits: Habits) {
    this.#habits = habits;
  }

  add(point: number, count: number): void {
    const { points, counts } = this;
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (points[middle]! >= point) high = middle;
      else low = middle + 1;
    }
    if (points[low] === point) {
      counts[low] = Math.min(COUNT_MAX, counts[low]! + count);
      return;
    }
    points.splice(low, 0, point);
    counts.splice(low, 0, count);
    if (points.length > BINS_MAX) this.#mergeNearest();
  }

  #mergeNearest(): void {
    const { points, counts } = this;
    let at = 0;
    for (let i = 1; i + 1 < points.length; i++) {
      if (points[i + 1]! - points[i]! < points[at + 1]! - points[at]!) at = i;
    }
    const first = points[at]!;
    const second = points[at + 1]!;
    const count = counts[at]! + counts[at + 1]!;
    let point = first + shareOf(second - first, counts[at + 1]!, count);
    if (this.#habits.keepsMergedPointBetween) {
      if (point <= first) point = first + 1;
      point = Math.min(point, second);
    }
    points.splice(at, 2, roundUp(point, this.#habits.tombstonePointMax));
    counts.splice(at, 2, Math.min(COUNT_MAX, count));
  }
}

/** distance · part div whole, exact. */
const shareOf = (distance: number, part: number, whole: number): number => {
  const product = distance * part;
  return Number.isSafeInteger(product)
    ? Math.floor(product / whole)
    : Number((BigInt(distance) * BigInt(part)) / BigInt(whole));
};

/** Up to a whole minute; what is beyond the largest time, or negative, becomes the largest. */
const roundUp = (point: number, pointMax: number): number => {
  const over = point % ROUNDING_SECONDS;
  const rounded = over === 0 ? point : point + ROUNDING_SECONDS - over;
  return rounded < 0 || rounded > pointMax ? pointMax : rounded;
};

/** Collects local deletion times. */
export class TombstoneHistogramBuilder {
  readonly #habits: Habits;
  readonly #bins: Bins;
  /** In the order in which they came, until they are too many. */
  readonly #few = new Map<number, number>();
  #spool: PointSpool | undefined;
  #lastTime = Number.NaN;
  #lastPoint = 0;
  #lastCount = 0;

  constructor(habits: Habits) {
    this.#habits = habits;
    this.#bins = new Bins(habits);
  }

  /** Counts a local deletion time in seconds; never "no deletion time". */
  add(seconds: number): void {
    if (seconds === this.#lastTime) {
      this.#lastCount += 1;
      return;
    }
    this.#flushLast();
    this.#lastTime = seconds;
    this.#lastPoint = roundUp(seconds, this.#habits.tombstonePointMax);
    this.#lastCount = 1;
  }

  /** The same time many times over, as of the cells of one row, goes on at once. */
  #flushLast(): void {
    const count = this.#lastCount;
    this.#lastCount = 0;
    if (count > 0) this.#count(this.#lastPoint, Math.min(COUNT_MAX, count));
  }

  #count(point: number, count: number): void {
    if (this.#spool !== undefined) {
      this.#spoolUp(this.#spool, point, count);
      return;
    }
    const few = this.#few;
    const before = few.get(point);
    if (before !== undefined || few.size < BINS_MAX) {
      few.set(point, Math.min(COUNT_MAX, (before ?? 0) + count));
      return;
    }
    const spool = new PointSpool();
    this.#spool = spool;
    for (const [known, times] of few) this.#spoolUp(spool, known, times);
    few.clear();
    this.#spoolUp(spool, point, count);
  }

  #spoolUp(spool: PointSpool, point: number, count: number): void {
    // the first one may fill the table, so that the second one finds it full
    this.#spoolOnce(spool, point, 1);
    if (count > 1) this.#spoolOnce(spool, point, count - 1);
  }

  #spoolOnce(spool: PointSpool, point: number, count: number): void {
    if (spool.tryAdd(point, count)) return;
    this.#drain(spool);
    spool.tryAdd(point, count);
  }

  #drain(spool: PointSpool): void {
    spool.drain((point, count) => this.#bins.add(point, count));
  }

  /** The histogram of what was added; adding ends here. */
  build(): TombstoneHistogram {
    this.#flushLast();
    for (const [point, count] of this.#few) this.#bins.add(point, count);
    this.#few.clear();
    if (this.#spool !== undefined) this.#drain(this.#spool);
    const { points, counts } = this.#bins;
    const stored = this.#habits.tombstoneBinsMaxStored;
    return {
      maxBinSize: stored === 'bins' ? points.length : stored,
      bins: points.map((point, i) => ({ point, count: BigInt(counts[i]!) })),
    };
  }
}
