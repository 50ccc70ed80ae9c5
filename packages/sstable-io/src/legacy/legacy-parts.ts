// Both planes. What an open old SSTable is made of. Made by open-legacy.ts, called by reading and verification. Private to this package.
import type { SSTableParts } from '../io/sstable-parts.ts';
import type { LegacyFeatures } from './features.ts';
import type { LegacyStatistics } from './legacy-statistics.ts';

/** The parts of a newer SSTable, but for what comes from its header. */
export interface LegacyParts
  extends Pick<
    SSTableParts,
    'files' | 'partitioner' | 'source' | 'index' | 'summaryError' | 'options'
  > {
  readonly features: LegacyFeatures;
  readonly statistics: LegacyStatistics;
}
