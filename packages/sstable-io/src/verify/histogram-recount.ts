// Data plane. Counts values into the buckets of a histogram that a file has (spec: sstable-index-and-stats §3.4). Called by deep verification.
import type { EstimatedHistogram } from '../statistics/histograms.ts';

/** Recounts one histogram over its own offsets. */
export class HistogramRecount {
  count = 0;
  readonly #histogram: EstimatedHistogram;
  readonly #offsets: readonly number[];
  readonly #counts: number[];

  constructor(histogram: EstimatedHistogram) {
    this.#histogram = histogram;
    this.#offsets = histogram.offsets.map(Number);
    this.#counts = histogram.counts.map(() => 0);
  }

  /** First bucket whose offset is not below the value; the last one counts what is above all. */
  add(value: number): void {
    this.count += 1;
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! >= value) high = middle;
      else low = middle + 1;
    }
    this.#counts[low]! += 1;
  }

  /** Whether the file counts the same, or everything so many times. */
  isSame(times = 1): boolean {
    return this.#histogram.counts.every((count, i) => count === BigInt(this.#counts[i]! * times));
  }
}
