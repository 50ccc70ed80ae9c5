// Data plane. Counts partitions by length, as the estimated histogram of Statistics.db does (spec: sstable-index-and-stats §3.4). Called by deep verification.
import { type EstimatedHistogram, histogramCount } from '../statistics/histograms.ts';

/** Recomputes the histogram over its own bucket offsets. */
export class PartitionSizes {
  count = 0;
  readonly #histogram: EstimatedHistogram;
  readonly #offsets: readonly number[];
  readonly #counts: number[];

  constructor(histogram: EstimatedHistogram) {
    this.#histogram = histogram;
    this.#offsets = histogram.offsets.map(Number);
    this.#counts = histogram.counts.map(() => 0);
  }

  /** First bucket whose offset is not below the length; the last one counts what is above all. */
  add(length: number): void {
    this.count += 1;
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! >= length) high = middle;
      else low = middle + 1;
    }
    this.#counts[low]! += 1;
  }

  /** What differs, in words; undefined when nothing does. Nodes live with any histogram, so this is no error. */
  difference(): string | undefined {
    const counted = histogramCount(this.#histogram);
    if (counted !== BigInt(this.count)) {
      return `Statistics.db counts ${counted} partitions, there are ${this.count}`;
    }
    const isSame = this.#histogram.counts.every((count, i) => count === BigInt(this.#counts[i]!));
    return isSame ? undefined : 'Statistics.db counts other partition sizes than there are';
  }
}
