// Data plane. Counts lengths and cell numbers in Cassandra's exponential buckets (spec: sstable-index-and-stats §3.4; EstimatedHistogram).
// Called once per partition by the statistics collector.
import type { EstimatedHistogram } from './histograms.ts';

const GROWTH = 1.2;

const known = new Map<number, readonly number[]>();

/** The first `count` standard offsets: 1, 2, 3 … 10, 12, 14, 17, each 1.2 times the one before. */
export const standardOffsets = (count: number): readonly number[] => {
  const found = known.get(count);
  if (found !== undefined) return found;
  const offsets: number[] = [];
  let last = 0;
  while (offsets.length < count) {
    const next = offsets.length === 0 ? 1 : Math.round(last * GROWTH);
    last = next === last ? next + 1 : next;
    offsets.push(last);
  }
  known.set(count, offsets);
  return offsets;
};

/** A histogram that grows. */
export class EstimatedHistogramBuilder {
  readonly #offsets: readonly number[];
  readonly #counts: Float64Array;

  /** Over the first `offsetCount` of the {@link standardOffsets}. */
  constructor(offsetCount: number) {
    this.#offsets = standardOffsets(offsetCount);
    this.#counts = new Float64Array(offsetCount + 1);
  }

  /** Counts a value in the first bucket whose offset is not below it; the last bucket takes what is above all. */
  add(value: number): void {
    const offsets = this.#offsets;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[middle]! >= value) high = middle;
      else low = middle + 1;
    }
    this.#counts[low] = this.#counts[low]! + 1;
  }

  /** What was counted so far. */
  build(): EstimatedHistogram {
    return {
      offsets: this.#offsets.map(BigInt),
      counts: Array.from(this.#counts, BigInt),
    };
  }
}
