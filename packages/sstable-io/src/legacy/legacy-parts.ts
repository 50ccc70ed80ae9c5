// Both planes. What an open old SSTable is made of. Made by open-legacy.ts, called by reading and verification. Private to this package.
import type { Partitioner } from '@scamander/ring';
import type { OpenOptions, SSTableParts } from '../io/sstable-parts.ts';
import type { LegacyFeatures } from './features.ts';
import type { LegacyStatistics } from './legacy-statistics.ts';
import type { LegacyRowForm } from './row-form.ts';

/** Parts the caller may put in place of our own, and what an old SSTable may not say. */
export interface LegacyOpenOptions extends OpenOptions {
  /** Whose order the keys have, where the statistics don't name it (before `hc`). @default RandomPartitioner */
  readonly partitioner?: Partitioner;
}

/** The parts of a newer SSTable, but for what comes from its header. */
export interface LegacyParts
  extends Pick<
    SSTableParts,
    'files' | 'partitioner' | 'source' | 'index' | 'summaryError' | 'options'
  > {
  /** How the rows stand; looks for it the first time. Rejects with SSTableError. */
  form(): Promise<LegacyRowForm>;
  readonly features: LegacyFeatures;
  readonly statistics: LegacyStatistics;
}
