// Both planes. What an open SSTable is made of. Made by open.ts, called by sections and verification. Private to this package.
import type { Partitioner } from '@scamander/ring';
import type { VersionFeatures } from '../components/version.ts';
import type { SSTableError } from '../errors.ts';
import type { KeyFilter } from '../rows/key-lookup.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { PartitionIndex } from '../sections/partition-index.ts';
import type { Statistics } from '../statistics/statistics.ts';
import type { ComponentFiles } from './component-files.ts';
import type { DataSource } from './data-reader.ts';

/** Parts the caller may put in place of our own. */
export interface OpenOptions {
  /** CRC-32 of a whole file, for whoever has a faster way than reading it in this thread. `progress` gets bytes done so far. */
  readonly fileCrc32?: (
    path: string,
    options: {
      readonly progress: (bytes: number) => void;
      readonly signal: AbortSignal | undefined;
    },
  ) => Promise<number>;
}

/** Everything an open SSTable is made of; the index by its format. */
export interface SSTableParts {
  readonly files: ComponentFiles;
  readonly features: VersionFeatures;
  readonly statistics: Statistics;
  readonly partitioner: Partitioner;
  readonly source: DataSource;
  /** Columns as the rows use them; found once, when they are first asked for. Rejects with SSTableError. */
  readonly rowHeader: () => Promise<RowHeader>;
  readonly index: PartitionIndex;
  /** Filter.db, where it can be used for lookups; found out when it is first asked for. */
  readonly keyFilter: () => Promise<KeyFilter | undefined>;
  /** Why Summary.db is not used, when it is there and unsound. */
  readonly summaryError: SSTableError | undefined;
  readonly options: OpenOptions;
}
