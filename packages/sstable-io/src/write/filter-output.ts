// Data plane. Filter.db of the keys that are written, whether their number is known beforehand or not (spec: sstable-data §10). Called by the SSTable
// writer. Holds the bits, or the hashes of a named number of keys.
import { join } from 'node:path';
import type { VersionFeatures } from '../components/version.ts';
import { FilterBuilder } from '../filter/filter-builder.ts';
import { KeyHashes } from '../filter/key-hashes.ts';
import { hasFilter } from '../filter/sizing.ts';
import { OutputFile } from './output-file.ts';

/** What the filter depends on. */
export interface FilterOptions {
  readonly directory: string;
  readonly features: VersionFeatures;
  /** 1 makes no filter. */
  readonly fpChance: number;
  /** @default the number of keys that were added */
  readonly estimatedPartitions: number | undefined;
}

/** Collects keys; rejects with `SCM_SSTABLE_IO`. */
export class FilterOutput {
  readonly #options: FilterOptions;
  readonly #hashes: KeyHashes | undefined;
  readonly #filter: FilterBuilder | undefined;

  constructor(options: FilterOptions) {
    const { directory, fpChance, estimatedPartitions: keys } = options;
    this.#options = options;
    if (!hasFilter(fpChance)) return;
    if (keys === undefined)
      this.#hashes = new KeyHashes({ spillPath: join(directory, 'key-hashes.tmp') });
    else this.#filter = new FilterBuilder({ keys, fpChance });
  }

  /** Adds a partition's key. A promise must be waited for before the next one. */
  add(key: Uint8Array): Promise<void> | undefined {
    this.#filter?.add(key);
    return this.#hashes?.add(key);
  }

  /** Writes the file, if there is to be one; its name is on the disk then. */
  async finish(): Promise<readonly string[]> {
    const { directory, features, fpChance } = this.#options;
    if (this.#filter === undefined && this.#hashes === undefined) return [];
    const file = await OutputFile.create(join(directory, 'Filter.db'));
    try {
      if (this.#filter !== undefined) file.append(this.#filter.toBytes(features));
      for await (const part of this.#hashes?.filter(fpChance, features) ?? []) {
        file.append(part);
        await file.pressure;
      }
      await file.finish();
    } finally {
      await file.abort();
      await this.close();
    }
    return ['Filter.db'];
  }

  /** Removes what was only needed on the way. */
  async close(): Promise<void> {
    await this.#hashes?.close();
  }
}
