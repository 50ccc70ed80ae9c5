// Control plane. What an SSTable that is to be written depends on, and what of it can't be. Called by the SSTable writer.
import { isUuid, uuidVersion } from '@scamander/bytes';
import type { CqlType } from '@scamander/cql-types';
import type { Partitioner } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import { type VersionFeatures, versionFeatures } from '../components/version.ts';
import type { SSTableError } from '../errors.ts';
import { FP_CHANCE_MIN, hasFilter } from '../filter/sizing.ts';
import { CHUNK_BYTES_MAX } from '../limits.ts';
import { parseSSTableId } from '../naming/sstable-id.ts';
import type { Column } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { CommitLogInterval } from '../statistics/stats.ts';
import type { WritingRelease } from '../statistics/writing-release.ts';
import type { SerializationHeader, SSTableDescriptor } from '../types.ts';
import type { AppearanceOptions } from './appearance.ts';
import { chunkCompressor } from './chunk-compressor.ts';
import type { DeletionTimeOverflow } from './deletion-bounds.ts';

/** Versions that are written; `da` is BTI (spec: sstable-data §13.1). */
export type WrittenVersion = 'me' | 'nb' | 'oa' | 'da';

/** How Data.db is compressed: CompressionInfo.db without its lengths. */
export interface WriterCompression {
  /** Simple class name of one of Cassandra's own, such as `LZ4Compressor`. */
  readonly compressor: string;
  readonly options: readonly (readonly [string, string])[];
  /** A power of two. */
  readonly chunkLengthBytes: number;
  /** Chunks of this length and more are stored raw; 2147483647 for never. Ignored before `na`. */
  readonly maxCompressedLengthBytes: number;
}

/** An SSTable to be written. */
export interface SSTableWriterOptions extends AppearanceOptions {
  /** Absolute; where the finished SSTable appears. Made if it does not exist. */
  readonly directory: string;
  readonly keyspace: string;
  readonly table: string;
  readonly tableId?: string | undefined;
  readonly version: WrittenVersion;
  /** Sequence number or 28-character id that no SSTable of the table has. */
  readonly id: string;
  readonly partitioner: Partitioner;
  /** Types and columns as written; its minima are the bases of the deltas. */
  readonly header: SerializationHeader;
  /** Undefined stores Data.db as it is, with a CRC.db. */
  readonly compression: WriterCompression | undefined;
  /** 1 writes no Filter.db. */
  readonly bloomFilterFpChance: number;
  readonly minIndexInterval: number;
  /** A block of rows ends behind the row that reaches this. @default 64 KiB, 16 KiB for `da` */
  readonly columnIndexBytes?: number | undefined;
  /** Sizes the filter. @default the number of partitions that were written */
  readonly estimatedPartitions?: number | undefined;
  /** @default 0 */
  readonly sstableLevel?: number | undefined;
  /** @default 0n, unrepaired */
  readonly repairedAtMs?: bigint | undefined;
  readonly pendingRepair?: string | undefined;
  /** @default false */
  readonly isTransient?: boolean | undefined;
  readonly originatingHostId?: string | undefined;
  /** Of the node whose host id is given. @default none */
  readonly commitLogIntervals?: readonly CommitLogInterval[] | undefined;
  /** Share of the ring, from `oa` on. @default NaN, unknown */
  readonly tokenSpaceCoverage?: number | undefined;
  /** Whose habits the statistics follow. @default the release that writes the version by default */
  readonly release?: WritingRelease | undefined;
  /** See {@link RowSerializerOptions}. @default 'refuse' */
  readonly deletionTimeOverflow?: DeletionTimeOverflow | undefined;
  /** See {@link RowSerializerOptions}. @default the version's "none" */
  readonly liveComplexDeletionTime?: number | undefined;
  /** Folder for what is unfinished, on the same file system. @default beside the keyspace, or in `directory` */
  readonly stagingRoot?: string | undefined;
}

/** Compressors that came with 4.0. */
const SINCE_NA: ReadonlySet<string> = new Set(['ZstdCompressor', 'NoopCompressor']);

const compressionProblem = (
  { compressor, options, chunkLengthBytes, maxCompressedLengthBytes }: WriterCompression,
  features: VersionFeatures,
): string | undefined => {
  const compress = chunkCompressor(compressor, options);
  if (typeof compress === 'string') return compress;
  if (!features.hasMaxCompressedLength && SINCE_NA.has(compressor))
    return `${compressor} before version na`;
  if (
    !Number.isInteger(Math.log2(chunkLengthBytes)) ||
    chunkLengthBytes < 1 ||
    chunkLengthBytes > CHUNK_BYTES_MAX
  )
    return `chunks of ${chunkLengthBytes} bytes: a power of two up to ${CHUNK_BYTES_MAX}`;
  return maxCompressedLengthBytes > 0
    ? undefined
    : `compressed chunks of at most ${maxCompressedLengthBytes} bytes`;
};

const hasVector = (type: CqlType): boolean => JSON.stringify(type).includes('"kind":"vector"');

/**
 * A type of the header that releases which write the version don't know: vectors came with 5.0, which writes `nb` too; non-frozen user types
 * with 3.6.
 */
const typeProblem = (header: RowHeader, features: VersionFeatures): string | undefined => {
  if (features.version >= 'na' || features.format === 'bti') return undefined;
  const columns: readonly Column[] = [...header.staticColumns, ...header.regularColumns];
  const column = columns.find(({ type }) => hasVector(type));
  if (column !== undefined) return `the vector column "${column.text}" before version na`;
  return hasVector(header.keyType) || header.clusteringTypes.some(hasVector)
    ? 'a vector in the primary key before version na'
    : undefined;
};

const filterProblem = (fpChance: number): string | undefined =>
  !hasFilter(fpChance) || fpChance >= FP_CHANCE_MIN
    ? undefined
    : `a bloom_filter_fp_chance of ${fpChance}`;

const repairProblem = (options: SSTableWriterOptions): string | undefined => {
  const { pendingRepair, repairedAtMs = 0n, isTransient = false } = options;
  if (pendingRepair === undefined)
    return isTransient ? 'a transient SSTable outside a repair' : undefined;
  if (repairedAtMs !== 0n) return 'repairedAt together with a pending repair';
  return isUuid(pendingRepair) && uuidVersion(pendingRepair) === 1
    ? undefined
    : `the pending repair ${pendingRepair}, which is no version-1 UUID`;
};

/** Why the options can't be written, in a few words; undefined when they can. */
export const optionsProblem = (
  options: SSTableWriterOptions,
  header: RowHeader,
  features: VersionFeatures,
): string | undefined => {
  if (parseSSTableId(options.id) === undefined) return `the SSTable id ${options.id}`;
  if (!(options.minIndexInterval >= 1))
    return `a min_index_interval of ${options.minIndexInterval}`;
  return (
    (options.compression === undefined
      ? undefined
      : compressionProblem(options.compression, features)) ??
    filterProblem(options.bloomFilterFpChance) ??
    repairProblem(options) ??
    typeProblem(header, features)
  );
};

/** What a version switches on. */
export const featuresOf = (
  version: WrittenVersion,
  file: string,
): Either<SSTableError, VersionFeatures> =>
  versionFeatures(version === 'da' ? 'bti' : 'big', version, file);

/** The SSTable as it will be called. */
export const descriptorOf = (
  options: SSTableWriterOptions,
  features: VersionFeatures,
): SSTableDescriptor => ({
  directory: options.directory,
  keyspace: options.keyspace,
  table: options.table,
  tableId: options.tableId,
  indexName: undefined,
  version: options.version,
  format: features.format,
  id: options.id,
  prefix: `${options.version}-${options.id}-${features.format}-`,
});
