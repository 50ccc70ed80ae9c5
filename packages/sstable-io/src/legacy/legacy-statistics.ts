// Control plane. Statistics.db before `ma`: one run of fields up to `jb`, components without header and checksums from `ka` on (spec:
// sstable-index-and-stats §6.1–§6.5, sstable-old-formats §9; SSTableMetadata, MetadataSerializer). Called when an old SSTable is opened. Reads only.
import { ByteReader } from '@scamander/bytes';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import { corrupt, decoded, decoding } from '../io/decoding.ts';
import { STATISTICS_FIELD_BYTES_MAX, STATISTICS_LIST_MAX } from '../limits.ts';
import { METADATA_TYPE, type MetadataPart, readContainer } from '../statistics/container.ts';
import {
  type EstimatedHistogram,
  histogramCount,
  readEstimatedHistogram,
  readTombstoneHistogram,
  type TombstoneHistogram,
} from '../statistics/histograms.ts';
import { readCount, readShortBytesList } from '../statistics/lists.ts';
import type { CommitLogPosition } from '../statistics/stats.ts';
import type { StatisticsSummary } from '../types.ts';
import type { LegacyFeatures } from './features.ts';

/** Everything Statistics.db of an old SSTable says; undefined is what its version lacks. */
export interface LegacyStatistics {
  readonly features: LegacyFeatures;
  /** Undefined before `hc`: RandomPartitioner was the default then. */
  readonly partitionerClass: string | undefined;
  readonly bloomFilterFpChance: number | undefined;
  /** Bytes of each row, the modern partition. */
  readonly estimatedPartitionSize: EstimatedHistogram;
  /** Columns (cells and range tombstones) of each row. */
  readonly estimatedColumnCount: EstimatedHistogram;
  readonly commitLogUpperBound: CommitLogPosition | undefined;
  readonly commitLogLowerBound: CommitLogPosition | undefined;
  /** Microseconds. */
  readonly minTimestamp: bigint | undefined;
  readonly maxTimestamp: bigint | undefined;
  /** Seconds; 2147483647 where something does not expire. */
  readonly maxLocalDeletionTime: number | undefined;
  /** When uncompressed −1, up to 1.1 the smallest double. */
  readonly compressionRatio: number | undefined;
  readonly estimatedTombstoneDropTime: TombstoneHistogram | undefined;
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint | undefined;
  /** Per component of the comparator; of no use for leaving files out (pitfall P19). */
  readonly minColumnNames: readonly Uint8Array[];
  readonly maxColumnNames: readonly Uint8Array[];
  /** Undefined up to `jb`, where counters always may have local and remote shards. */
  readonly hasLegacyCounterShards: boolean | undefined;
  /** Generations that were compacted into this one. */
  readonly ancestors: readonly number[];
  /** A HyperLogLog++ sketch of the keys. */
  readonly cardinality: Uint8Array | undefined;
}

type Fields = Omit<LegacyStatistics, 'features'>;

const readPosition = (reader: ByteReader): CommitLogPosition => ({
  segmentId: reader.i64(),
  position: reader.i32(),
});

const readAncestors = (reader: ByteReader): number[] => {
  const count = readCount(reader, 'number of ancestors', 4, STATISTICS_LIST_MAX);
  return Array.from({ length: count }, () => reader.i32());
};

const checkConsumed = (file: string, offset: number, reader: ByteReader): void => {
  if (reader.remaining === 0) return;
  const at = offset + reader.position;
  throw corrupt(file, at, `${reader.remaining} bytes behind the last field`, 'the end');
};

const readHead = (reader: ByteReader) => ({
  estimatedPartitionSize: readEstimatedHistogram(reader),
  estimatedColumnCount: readEstimatedHistogram(reader),
  commitLogUpperBound: readPosition(reader),
  minTimestamp: reader.i64(),
  maxTimestamp: reader.i64(),
  maxLocalDeletionTime: reader.i32(),
});

const readColumnNames = (reader: ByteReader) => ({
  minColumnNames: readShortBytesList(reader, 'minimal column names'),
  maxColumnNames: readShortBytesList(reader, 'maximal column names'),
});

/** `f` to `ic` (sstable-old-formats §9). */
const readOldest = (bytes: Uint8Array, { version }: LegacyFeatures, file: string): Fields => {
  const reader = new ByteReader(bytes);
  const since = <T>(first: string, read: () => T): T | undefined =>
    version >= first ? read() : undefined;
  const fields = {
    estimatedPartitionSize: readEstimatedHistogram(reader),
    estimatedColumnCount: readEstimatedHistogram(reader),
    commitLogUpperBound: since('g', () => readPosition(reader)),
    minTimestamp: since('ib', () => reader.i64()),
    maxTimestamp: since('h', () => reader.i64()),
    compressionRatio: since('hb', () => reader.f64()),
    partitionerClass: since('hc', () => reader.utf()),
    ancestors: since('he', () => readAncestors(reader)) ?? [],
    estimatedTombstoneDropTime: since('ia', () => readTombstoneHistogram(reader, false)),
    bloomFilterFpChance: undefined,
    commitLogLowerBound: undefined,
    maxLocalDeletionTime: undefined,
    sstableLevel: 0,
    repairedAtMs: undefined,
    minColumnNames: [],
    maxColumnNames: [],
    hasLegacyCounterShards: undefined,
    cardinality: undefined,
  };
  checkConsumed(file, 0, reader);
  return fields;
};

/** `jb` (spec §6.5). */
const readSinglePart = (bytes: Uint8Array, file: string): Fields => {
  const reader = new ByteReader(bytes);
  const fields = {
    ...readHead(reader),
    bloomFilterFpChance: reader.f64(),
    compressionRatio: reader.f64(),
    partitionerClass: reader.utf(),
    ancestors: readAncestors(reader),
    estimatedTombstoneDropTime: readTombstoneHistogram(reader, false),
    sstableLevel: reader.i32(),
    ...readColumnNames(reader),
    commitLogLowerBound: undefined,
    repairedAtMs: undefined,
    hasLegacyCounterShards: undefined,
    cardinality: undefined,
  };
  checkConsumed(file, 0, reader);
  return fields;
};

const readStatsPart = (reader: ByteReader, features: LegacyFeatures) => ({
  ...readHead(reader),
  compressionRatio: reader.f64(),
  estimatedTombstoneDropTime: readTombstoneHistogram(reader, false),
  sstableLevel: reader.i32(),
  repairedAtMs: reader.i64(),
  ...readColumnNames(reader),
  hasLegacyCounterShards: reader.bool(),
  commitLogLowerBound: features.hasCommitLogLowerBound ? readPosition(reader) : undefined,
});

const readValidationPart = (reader: ByteReader) => ({
  partitionerClass: reader.utf(),
  bloomFilterFpChance: reader.f64(),
});

const readCompactionPart = (reader: ByteReader) => ({
  ancestors: readAncestors(reader),
  cardinality: Uint8Array.from(reader.bytes32(STATISTICS_FIELD_BYTES_MAX)),
});

/** `ka` and later (spec §6.1). */
const readComponents = (bytes: Uint8Array, features: LegacyFeatures, file: string): Fields => {
  const parts = readContainer(bytes, file, false);
  const find = (name: keyof typeof METADATA_TYPE): MetadataPart | undefined =>
    parts.find((part) => part.type === METADATA_TYPE[name]);
  const inside = <T>(part: MetadataPart, decode: (reader: ByteReader) => T): T =>
    decoding(file, part.offset, () => {
      const reader = new ByteReader(part.bytes);
      const value = decode(reader);
      checkConsumed(file, part.offset, reader);
      return value;
    });
  const required = <T>(name: keyof typeof METADATA_TYPE, decode: (reader: ByteReader) => T): T => {
    const part = find(name);
    if (part === undefined) throw corrupt(file, 0, `no ${name} component`, `a ${name} component`);
    return inside(part, decode);
  };
  const compaction = find('compaction');
  return {
    ...required('validation', readValidationPart),
    ...(compaction === undefined
      ? { ancestors: [], cardinality: undefined }
      : inside(compaction, readCompactionPart)),
    ...required('stats', (reader) => readStatsPart(reader, features)),
  };
};

const readFields = (bytes: Uint8Array, features: LegacyFeatures, file: string): Fields => {
  if (features.hasMetadataComponents) return readComponents(bytes, features, file);
  return features.version >= 'jb' ? readSinglePart(bytes, file) : readOldest(bytes, features, file);
};

/** Decodes a whole Statistics.db to its last byte. Left: `SCM_SSTABLE_CORRUPT`, `SCM_SSTABLE_TOO_LONG`, which name `file`. */
export const decodeLegacyStatistics = (
  bytes: Uint8Array,
  features: LegacyFeatures,
  file = 'Statistics.db',
): Either<SSTableError, LegacyStatistics> =>
  decoded(file, () => ({
    features,
    ...readFields(bytes, features, file),
  }));

/** Seconds that stand for "no deletion time" before `oa`. */
const NO_DELETION_TIME_I32 = 0x7fff_ffff;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
/** Of tables that don't say (sstable-old-formats §7). */
const DEFAULT_FP_CHANCE = 0.01;

/** The partitioner of SSTables that do not say theirs: the default up to 1.1. */
export const OLDEST_PARTITIONER = 'org.apache.cassandra.dht.RandomPartitioner';

/** The same in the terms of newer versions. What was not counted before 3.0 is 0, or unknown as readers of 3.x take it. */
export const summarizeLegacyStatistics = (statistics: LegacyStatistics): StatisticsSummary => ({
  partitionerClass: statistics.partitionerClass ?? OLDEST_PARTITIONER,
  bloomFilterFpChance: statistics.bloomFilterFpChance ?? DEFAULT_FP_CHANCE,
  partitions: histogramCount(statistics.estimatedPartitionSize),
  rows: 0n,
  columns: 0n,
  minTimestamp: statistics.minTimestamp ?? LONG_MIN,
  maxTimestamp: statistics.maxTimestamp ?? LONG_MAX,
  minLocalDeletionTime: BigInt(NO_DELETION_TIME_I32),
  maxLocalDeletionTime: BigInt(statistics.maxLocalDeletionTime ?? NO_DELETION_TIME_I32),
  minTtl: 0,
  maxTtl: NO_DELETION_TIME_I32,
  compressionRatio: statistics.compressionRatio ?? -1,
  sstableLevel: statistics.sstableLevel,
  repairedAtMs: statistics.repairedAtMs ?? 0n,
  pendingRepair: undefined,
  isTransient: false,
  hasLegacyCounterShards: statistics.hasLegacyCounterShards ?? true,
  originatingHostId: undefined,
});
