// Control plane. Statistics.db as a whole, read and written. Called when an SSTable is opened or received, by verification and by
// `sstable describe`. Components that are not re-written keep their bytes.
import { ByteReader } from '@scamander/bytes';
import type { Either } from 'fp-ts/lib/Either.js';
import type { VersionFeatures } from '../components/version.ts';
import type { SSTableError } from '../errors.ts';
import { corrupt, decoded, decoding } from '../io/decoding.ts';
import { STATISTICS_FIELD_BYTES_MAX } from '../limits.ts';
import type { SerializationHeader, StatisticsSummary } from '../types.ts';
import { METADATA_TYPE, type MetadataPart, readContainer, writeContainer } from './container.ts';
import { readHeader } from './header.ts';
import { histogramCount } from './histograms.ts';
import { readStats, type StatsMetadata, writeStats } from './stats.ts';

/** VALIDATION: who ordered the partitions, and how good the filter was meant to be. */
export interface ValidationMetadata {
  readonly partitionerClass: string;
  readonly bloomFilterFpChance: number;
}

/** COMPACTION: a HyperLogLog++ sketch of the partition keys, kept as bytes. */
export interface CompactionMetadata {
  readonly cardinality: Uint8Array;
}

/** Everything Statistics.db says. */
export interface Statistics {
  readonly features: VersionFeatures;
  readonly validation: ValidationMetadata;
  /** Undefined where the component is missing, which nodes tolerate. */
  readonly compaction: CompactionMetadata | undefined;
  readonly stats: StatsMetadata;
  readonly header: SerializationHeader;
  /** The components as they stood in the file, in its order. */
  readonly parts: readonly MetadataPart[];
}

const partOf = (parts: readonly MetadataPart[], type: number): MetadataPart | undefined =>
  parts.find((part) => part.type === type);

const required = (
  parts: readonly MetadataPart[],
  name: keyof typeof METADATA_TYPE,
  file: string,
): MetadataPart => {
  const part = partOf(parts, METADATA_TYPE[name]);
  if (part === undefined) throw corrupt(file, 0, `no ${name} component`, `a ${name} component`);
  return part;
};

const checkConsumed = (part: MetadataPart, bytesRead: number, file: string): void => {
  if (bytesRead === part.bytes.length) return;
  throw corrupt(
    file,
    part.offset + bytesRead,
    `${part.bytes.length - bytesRead} bytes behind component ${part.type}`,
    'its end',
  );
};

const readValidation = (part: MetadataPart, file: string): ValidationMetadata => {
  const reader = new ByteReader(part.bytes);
  const validation = { partitionerClass: reader.utf(), bloomFilterFpChance: reader.f64() };
  checkConsumed(part, reader.position, file);
  return validation;
};

const readCompaction = (part: MetadataPart, file: string): CompactionMetadata => {
  const reader = new ByteReader(part.bytes);
  const cardinality = Uint8Array.from(reader.bytes32(STATISTICS_FIELD_BYTES_MAX));
  checkConsumed(part, reader.position, file);
  return { cardinality };
};

const read = (bytes: Uint8Array, features: VersionFeatures, file: string): Statistics => {
  const parts = readContainer(bytes, file, features.hasMetadataChecksum);
  const inside = <T>(part: MetadataPart, decode: (part: MetadataPart) => T): T =>
    decoding(file, part.offset, () => decode(part));
  const compaction = partOf(parts, METADATA_TYPE.compaction);
  return {
    features,
    parts,
    validation: inside(required(parts, 'validation', file), (part) => readValidation(part, file)),
    compaction:
      compaction === undefined
        ? undefined
        : inside(compaction, (part) => readCompaction(part, file)),
    stats: inside(required(parts, 'stats', file), (part) => readStats(part.bytes, features)),
    header: inside(required(parts, 'header', file), (part) => {
      const { header, bytesRead } = readHeader(part.bytes);
      checkConsumed(part, bytesRead, file);
      return header;
    }),
  };
};

/**
 * Decodes a whole Statistics.db, checking every CRC it has. `file` is named in errors: `SCM_SSTABLE_CORRUPT`, `SCM_SSTABLE_TOO_LONG`.
 */
export const decodeStatistics = (
  bytes: Uint8Array,
  features: VersionFeatures,
  file = 'Statistics.db',
): Either<SSTableError, Statistics> => decoded(file, () => read(bytes, features, file));

/** Encodes STATS from its fields and the other components from their bytes. Unchanged statistics give the file's own bytes again. */
export const encodeStatistics = (statistics: Statistics): Uint8Array =>
  writeContainer(
    statistics.parts.map((part) => ({
      type: part.type,
      bytes:
        part.type === METADATA_TYPE.stats
          ? writeStats(statistics.stats, statistics.features)
          : part.bytes,
    })),
    statistics.features.hasMetadataChecksum,
  );

/** What a receiver sets (spec: sstable-index-and-stats §9). */
export interface StatisticsChange {
  readonly sstableLevel?: number;
  readonly repairedAtMs?: bigint;
  /** null removes it. Ignored before `na`, which has no such field; so is isTransient. */
  readonly pendingRepair?: string | null;
  readonly isTransient?: boolean;
}

/** The same statistics with other level and repair state; everything else keeps its bytes when encoded. */
export const changeStatistics = (statistics: Statistics, change: StatisticsChange): Statistics => {
  const { stats } = statistics;
  const { sstableLevel, repairedAtMs, pendingRepair, isTransient } = change;
  return {
    ...statistics,
    stats: {
      ...stats,
      sstableLevel: sstableLevel ?? stats.sstableLevel,
      repairedAtMs: repairedAtMs ?? stats.repairedAtMs,
      pendingRepair:
        pendingRepair === undefined ? stats.pendingRepair : (pendingRepair ?? undefined),
      // `na` files without the byte stay without it
      isTransient: stats.isTransient === undefined ? undefined : (isTransient ?? stats.isTransient),
    },
  };
};

/** The part of the statistics that streaming and describing need. */
export const summarizeStatistics = ({ validation, stats }: Statistics): StatisticsSummary => ({
  partitionerClass: validation.partitionerClass,
  bloomFilterFpChance: validation.bloomFilterFpChance,
  partitions: histogramCount(stats.estimatedPartitionSize),
  rows: stats.totalRows,
  columns: stats.totalColumnsSet,
  minTimestamp: stats.minTimestamp,
  maxTimestamp: stats.maxTimestamp,
  minLocalDeletionTime: BigInt(stats.minLocalDeletionTime),
  maxLocalDeletionTime: BigInt(stats.maxLocalDeletionTime),
  minTtl: stats.minTtl,
  maxTtl: stats.maxTtl,
  compressionRatio: stats.compressionRatio,
  sstableLevel: stats.sstableLevel,
  repairedAtMs: stats.repairedAtMs,
  pendingRepair: stats.pendingRepair,
  isTransient: stats.isTransient ?? false,
  hasLegacyCounterShards: stats.hasLegacyCounterShards,
  originatingHostId: stats.originatingHostId,
});
