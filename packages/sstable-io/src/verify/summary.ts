// Data plane. Every entry of Summary.db against Index.db (spec: sstable-index-and-stats §10 rule 6). Called by the deep verification of BIG SSTables.
import type { SummaryReader } from '../big-index/summary.ts';
import { corrupt } from '../io/decoding.ts';
import { hex } from './key-order.ts';

/** Follows the index and expects the sampled entries on its way. */
export class SummaryCheck {
  readonly #summary: SummaryReader;
  readonly #path: string;
  #index = 0;
  #nextOffset = 0;
  #nextKey: Uint8Array = new Uint8Array(0);

  private constructor(summary: SummaryReader, path: string) {
    this.#summary = summary;
    this.#path = path;
  }

  static async begin(summary: SummaryReader, path: string): Promise<SummaryCheck> {
    const check = new SummaryCheck(summary, path);
    await check.#load();
    return check;
  }

  async #load(): Promise<void> {
    if (this.#index >= this.#summary.header.entryCount) {
      this.#nextOffset = Number.POSITIVE_INFINITY;
      return;
    }
    const entry = await this.#summary.entry(this.#index);
    this.#nextOffset = entry.indexOffset;
    this.#nextKey = entry.key;
  }

  /** True when the entry at this offset of Index.db may be a sampled one; then `entry` must be called. */
  wants(indexOffset: number): boolean {
    return indexOffset >= this.#nextOffset;
  }

  /** `position` counts index entries from 0. */
  async entry(key: Uint8Array, indexOffset: number, position: number): Promise<void> {
    const { samplingLevel, minIndexInterval } = this.#summary.header;
    const isOnStep = samplingLevel < 128 || position === this.#index * minIndexInterval;
    if (indexOffset !== this.#nextOffset || !isOnStep || Buffer.compare(key, this.#nextKey) !== 0) {
      throw corrupt(
        this.#path,
        undefined,
        `entry ${this.#index}: key ${hex(this.#nextKey)} at ${this.#nextOffset}`,
        `entry ${position} of Index.db: key ${hex(key)} at ${indexOffset}`,
      );
    }
    this.#index += 1;
    await this.#load();
  }

  /** After the last of `partitions` entries. */
  end(partitions: number): void {
    const { entryCount, sizeAtFullSampling, minIndexInterval } = this.#summary.header;
    const full = Math.ceil(partitions / minIndexInterval);
    if (this.#index !== entryCount || sizeAtFullSampling !== full) {
      throw corrupt(
        this.#path,
        4,
        `${entryCount} entries of ${sizeAtFullSampling} at full sampling, ${this.#index} of them in Index.db`,
        `${full} at full sampling for ${partitions} partitions`,
      );
    }
  }
}
