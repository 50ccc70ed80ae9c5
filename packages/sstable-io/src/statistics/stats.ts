// Control plane. The STATS component of Statistics.db, read and written, for every version (spec: sstable-index-and-stats §6.4; StatsMetadata).
// Called by the Statistics codec. Knows nothing of the container around it.
import { ByteReader, ByteWriter } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import { STATISTICS_FIELD_BYTES_MAX, STATISTICS_LIST_MAX } from '../limits.ts';
import {
  type EstimatedHistogram,
  readEstimatedHistogram,
  readTombstoneHistogram,
  type TombstoneHistogram,
  writeEstimatedHistogram,
  writeTombstoneHistogram,
} from './histograms.ts';
import {
  readCount,
  readOptionalUuid,
  readShortBytesList,
  readTypes,
  writeOptionalUuid,
  writeShortBytesList,
  writeTypes,
} from './lists.ts';
import { type ClusteringSlice, readSlice, writeSlice } from './slice.ts';

/** A place in the commit log of the node that wrote the SSTable. */
export interface CommitLogPosition {
  readonly segmentId: bigint;
  readonly position: number;
}

/** A closed piece of that commit log. */
export interface CommitLogInterval {
  readonly start: CommitLogPosition;
  readonly end: CommitLogPosition;
}

/** Every field of STATS. Fields that the version lacks are undefined, so that writing gives the same bytes again. */
export interface StatsMetadata {
  readonly estimatedPartitionSize: EstimatedHistogram;
  readonly estimatedCellPerPartitionCount: EstimatedHistogram;
  readonly commitLogUpperBound: CommitLogPosition;
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  /** Seconds; 2147483647 (before `oa`) or 4294967295 means that there is none. */
  readonly minLocalDeletionTime: number;
  readonly maxLocalDeletionTime: number;
  readonly minTtl: number;
  readonly maxTtl: number;
  /** −1 when uncompressed. */
  readonly compressionRatio: number;
  readonly estimatedTombstoneDropTime: TombstoneHistogram;
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  /** Before `oa`; wrong before `md` (pitfall P19). */
  readonly minClusteringValues: readonly Uint8Array[] | undefined;
  readonly maxClusteringValues: readonly Uint8Array[] | undefined;
  readonly clusteringTypes: readonly string[] | undefined;
  readonly coveredClustering: ClusteringSlice | undefined;
  readonly hasLegacyCounterShards: boolean;
  readonly totalColumnsSet: bigint;
  readonly totalRows: bigint;
  readonly commitLogLowerBound: CommitLogPosition | undefined;
  readonly commitLogIntervals: readonly CommitLogInterval[] | undefined;
  readonly pendingRepair: string | undefined;
  /** Undefined in `na` files of early 4.0 development, which end before it. */
  readonly isTransient: boolean | undefined;
  readonly originatingHostId: string | undefined;
  readonly hasPartitionLevelDeletions: boolean | undefined;
  readonly firstKey: Uint8Array | undefined;
  readonly lastKey: Uint8Array | undefined;
  /** NaN when unknown. */
  readonly tokenSpaceCoverage: number | undefined;
  /** What follows the known fields: zeros of `oa` and `da` (pitfall P7), or fields of a newer minor version. */
  readonly trailing: Uint8Array;
}

const readPosition = (reader: ByteReader): CommitLogPosition => ({
  segmentId: reader.i64(),
  position: reader.i32(),
});

const writePosition = (writer: ByteWriter, position: CommitLogPosition): void => {
  writer.i64(position.segmentId);
  writer.i32(position.position);
};

const INTERVAL_BYTES = 24;

const readIntervals = (reader: ByteReader): CommitLogInterval[] => {
  const count = readCount(reader, 'commit log intervals', INTERVAL_BYTES, STATISTICS_LIST_MAX);
  return Array.from({ length: count }, () => ({
    start: readPosition(reader),
    end: readPosition(reader),
  }));
};

const writeIntervals = (writer: ByteWriter, intervals: readonly CommitLogInterval[]): void => {
  writer.i32(intervals.length);
  for (const { start, end } of intervals) {
    writePosition(writer, start);
    writePosition(writer, end);
  }
};

/** Fields 1–13, which every version from `ma` has. */
const readCommon = (reader: ByteReader, features: VersionFeatures) => {
  const unsigned = features.hasUIntDeletionTime;
  const deletionTime = () => (unsigned ? reader.u32() : reader.i32());
  return {
    estimatedPartitionSize: readEstimatedHistogram(reader),
    estimatedCellPerPartitionCount: readEstimatedHistogram(reader),
    commitLogUpperBound: readPosition(reader),
    minTimestamp: reader.i64(),
    maxTimestamp: reader.i64(),
    minLocalDeletionTime: deletionTime(),
    maxLocalDeletionTime: deletionTime(),
    minTtl: reader.i32(),
    maxTtl: reader.i32(),
    compressionRatio: reader.f64(),
    estimatedTombstoneDropTime: readTombstoneHistogram(reader, unsigned),
    sstableLevel: reader.i32(),
    repairedAtMs: reader.i64(),
  };
};

const readTypesAndSlice = (reader: ByteReader) => {
  const clusteringTypes = readTypes(reader);
  return { clusteringTypes, coveredClustering: readSlice(reader, clusteringTypes) };
};

const none = { clusteringTypes: undefined, coveredClustering: undefined } as const;

/** Fields 14–19. */
const readMiddle = (reader: ByteReader, features: VersionFeatures) => {
  const lists = features.hasLegacyMinMax;
  return {
    minClusteringValues: lists
      ? readShortBytesList(reader, 'minimal clustering values')
      : undefined,
    maxClusteringValues: lists
      ? readShortBytesList(reader, 'maximal clustering values')
      : undefined,
    ...(features.coveredSlice === 'inPlace' ? readTypesAndSlice(reader) : none),
    hasLegacyCounterShards: reader.bool(),
    totalColumnsSet: reader.i64(),
    totalRows: reader.i64(),
    commitLogLowerBound: features.hasCommitLogLowerBound ? readPosition(reader) : undefined,
    commitLogIntervals: features.hasCommitLogIntervals ? readIntervals(reader) : undefined,
  };
};

const readKey = (reader: ByteReader): Uint8Array =>
  Uint8Array.from(reader.bytesV(STATISTICS_FIELD_BYTES_MAX));

/** Fields 20–26 and whatever follows. */
const readEnd = (reader: ByteReader, features: VersionFeatures) => {
  const hasPending = features.hasPendingRepair;
  const head = {
    pendingRepair: hasPending ? readOptionalUuid(reader) : undefined,
    isTransient: features.hasIsTransient && reader.remaining > 0 ? reader.bool() : undefined,
    originatingHostId: features.hasOriginatingHostId ? readOptionalUuid(reader) : undefined,
    hasPartitionLevelDeletions: features.hasPartitionLevelDeletionPresenceMarker
      ? reader.bool()
      : undefined,
  };
  const slice = features.coveredSlice === 'nearEnd' ? readTypesAndSlice(reader) : {};
  return {
    ...head,
    ...slice,
    firstKey: features.hasKeyRange ? readKey(reader) : undefined,
    lastKey: features.hasKeyRange ? readKey(reader) : undefined,
    tokenSpaceCoverage: features.hasTokenSpaceCoverage ? reader.f64() : undefined,
    trailing: Uint8Array.from(reader.bytes(reader.remaining)),
  };
};

/** Decodes a whole STATS component. Throws the control flow of the bytes package. */
export const readStats = (bytes: Uint8Array, features: VersionFeatures): StatsMetadata => {
  const reader = new ByteReader(bytes);
  const common = readCommon(reader, features);
  const middle = readMiddle(reader, features);
  return { ...common, ...middle, ...readEnd(reader, features) };
};

const writeCommon = (writer: ByteWriter, stats: StatsMetadata, features: VersionFeatures): void => {
  writeEstimatedHistogram(writer, stats.estimatedPartitionSize);
  writeEstimatedHistogram(writer, stats.estimatedCellPerPartitionCount);
  writePosition(writer, stats.commitLogUpperBound);
  writer.i64(stats.minTimestamp);
  writer.i64(stats.maxTimestamp);
  writer.u32(stats.minLocalDeletionTime);
  writer.u32(stats.maxLocalDeletionTime);
  writer.i32(stats.minTtl);
  writer.i32(stats.maxTtl);
  writer.f64(stats.compressionRatio);
  writeTombstoneHistogram(writer, stats.estimatedTombstoneDropTime, features.hasUIntDeletionTime);
  writer.i32(stats.sstableLevel);
  writer.i64(stats.repairedAtMs);
};

const writeTypesAndSlice = (writer: ByteWriter, stats: StatsMetadata): void => {
  const types = stats.clusteringTypes ?? [];
  writeTypes(writer, types);
  const everything: ClusteringSlice = {
    start: { kind: 'INCL_START_BOUND', values: [] },
    end: { kind: 'INCL_END_BOUND', values: [] },
  };
  writeSlice(writer, stats.coveredClustering ?? everything, types);
};

const NO_POSITION: CommitLogPosition = { segmentId: -1n, position: 0 };
const NO_KEY = new Uint8Array(0);

const writeMiddle = (writer: ByteWriter, stats: StatsMetadata, features: VersionFeatures): void => {
  if (features.hasLegacyMinMax) {
    writeShortBytesList(writer, stats.minClusteringValues ?? []);
    writeShortBytesList(writer, stats.maxClusteringValues ?? []);
  }
  if (features.coveredSlice === 'inPlace') writeTypesAndSlice(writer, stats);
  writer.bool(stats.hasLegacyCounterShards);
  writer.i64(stats.totalColumnsSet);
  writer.i64(stats.totalRows);
  if (features.hasCommitLogLowerBound) {
    writePosition(writer, stats.commitLogLowerBound ?? NO_POSITION);
  }
  if (features.hasCommitLogIntervals) writeIntervals(writer, stats.commitLogIntervals ?? []);
};

const writeEnd = (writer: ByteWriter, stats: StatsMetadata, features: VersionFeatures): void => {
  if (features.hasPendingRepair) writeOptionalUuid(writer, stats.pendingRepair);
  if (features.hasIsTransient && stats.isTransient !== undefined) writer.bool(stats.isTransient);
  if (features.hasOriginatingHostId) writeOptionalUuid(writer, stats.originatingHostId);
  if (features.hasPartitionLevelDeletionPresenceMarker) {
    writer.bool(stats.hasPartitionLevelDeletions ?? true);
  }
  if (features.coveredSlice === 'nearEnd') writeTypesAndSlice(writer, stats);
  if (features.hasKeyRange) {
    writer.bytesV(stats.firstKey ?? NO_KEY);
    writer.bytesV(stats.lastKey ?? NO_KEY);
  }
  if (features.hasTokenSpaceCoverage) writer.f64(stats.tokenSpaceCoverage ?? Number.NaN);
  writer.bytes(stats.trailing);
};

/** The mirror of {@link readStats}. */
export const writeStats = (stats: StatsMetadata, features: VersionFeatures): Uint8Array => {
  const writer = new ByteWriter(8 * 1024);
  writeCommon(writer, stats, features);
  writeMiddle(writer, stats, features);
  writeEnd(writer, stats, features);
  return writer.toBytes();
};
