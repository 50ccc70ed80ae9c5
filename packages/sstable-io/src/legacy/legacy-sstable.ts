// Control plane. An open SSTable of a version before `ma`, as the rest of the house sees it. Implemented in this folder; used by the command
// line and the front door. Holds types only.
import type { TableSchema } from '@scamander/cql-types';
import type { Partitioner, TokenRange } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type {
  CompressionParams,
  IndexedKey,
  Section,
  SSTableFiles,
  VerifyLevel,
  VerifyProgress,
  VerifyReport,
} from '../types.ts';
import type { LegacyAtomOptions, LegacyAtomReader } from './atom-reader.ts';
import type { LegacyStatistics } from './legacy-statistics.ts';

/** Which atoms or rows of an old SSTable are read, and how. */
export interface LegacyReadOptions extends Pick<LegacyAtomOptions, 'signal' | 'progress'> {
  /** Partitions of these token ranges; the index says where they are. @default all */
  readonly ranges?: readonly TokenRange[] | undefined;
  /** These bytes of Data.db: whole partitions, ascending. Not together with `ranges`. @default all */
  readonly sections?: readonly Section[] | undefined;
}

/**
 * An open SSTable of a version from `f` to `lb` (0.7 to 2.2). It says nothing of its columns: rows need the schema of its table, and it can't travel
 * whole to newer nodes. Holds no more than its summary data in memory; close() releases descriptors.
 */
export interface LegacySSTable {
  readonly files: SSTableFiles;
  readonly statistics: LegacyStatistics;
  readonly partitioner: Partitioner;
  readonly compression: CompressionParams | undefined;
  /** Uncompressed length. */
  readonly dataLengthBytes: bigint;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  /** Which bytes hold the partitions of these ranges (spec: sstable-data §12). Empty when none do. */
  sections(ranges: readonly TokenRange[]): Promise<Either<SSTableError, readonly Section[]>>;
  /** Every key in order. */
  keys(): AsyncIterable<IndexedKey>;
  /** Partitions and their cells and range tombstones, as they stand in the file. Close the reader before the SSTable. */
  atoms(options?: LegacyReadOptions): Promise<Either<SSTableError, LegacyAtomReader>>;
  /**
   * The same as rows, in the way of 3.0 and later (LegacyLayout). The reader rejects with `SCM_SSTABLE_CORRUPT` where names do not fit the
   * schema. Close it before the SSTable.
   */
  rows(schema: TableSchema, options?: LegacyReadOptions): Promise<Either<SSTableError, RowReader>>;
  /**
   * Everything that is wrong, with file, byte and what was expected. `quick` reads every file once; `deep` also reads partitions, index and
   * filter against each other. Rejects only with the reason of an aborted signal.
   */
  verify(
    level: VerifyLevel,
    options?: { readonly progress?: VerifyProgress; readonly signal?: AbortSignal },
  ): Promise<VerifyReport>;
  close(): Promise<void>;
}
