// Data plane. Counts partitions by length, as the estimated histogram of Statistics.db does (spec: sstable-index-and-stats §3.4). Called by deep verification.
import { type EstimatedHistogram, histogramCount } from '../statistics/histograms.ts';
import { HistogramRecount } from './histogram-recount.ts';

/** Recomputes the histogram over its own bucket offsets. */
export class PartitionSizes {
  readonly #histogram: EstimatedHistogram;
  readonly #recount: HistogramRecount;

  constructor(histogram: EstimatedHistogram) {
    this.#histogram = histogram;
    this.#recount = new HistogramRecount(histogram);
  }

  /** Partitions so far. */
  get count(): number {
    return this.#recount.count;
  }

  add(length: number): void {
    this.#recount.add(length);
  }

  /** What differs, in words; undefined when nothing does. Nodes live with any histogram, so this is no error. */
  difference(): string | undefined {
    const counted = histogramCount(this.#histogram);
    if (counted !== BigInt(this.count)) {
      return `Statistics.db counts ${counted} partitions, there are ${this.count}`;
    }
    return this.#recount.isSame()
      ? undefined
      : 'Statistics.db counts other partition sizes than there are';
  }
}
