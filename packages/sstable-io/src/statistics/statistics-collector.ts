// Data plane. Follows what is written, or read, and fills the statistics of an SSTable (spec: sstable-index-and-stats §6.3, §6.4;
// MetadataCollector, Rows.collectStats). Called by the SSTable writer, and by verification, which compares. Does no I/O.
import { typeString } from '@scamander/cql-types';
import type { VersionFeatures } from '../components/version.ts';
import { ClusteringComparator } from '../rows/clustering-comparator.ts';
import {
  type Cell,
  type Column,
  type ColumnData,
  type DeletionTime,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../rows/model.ts';
import { type EncodingStats, NO_ENCODING_STATS, type RowHeader } from '../rows/row-header.ts';
import { deletionBounds, storedDeletionTime } from '../write/deletion-bounds.ts';
import { ClusteringExtremes } from './clustering-extremes.ts';
import { hasLegacyShards } from './counter-shards.ts';
import { EstimatedHistogramBuilder } from './estimated-histogram-builder.ts';
import { HyperLogLogPlus } from './hyper-log-log-plus.ts';
import type { ClusteringSlice } from './slice.ts';
import type { CompactionMetadata } from './statistics.ts';
import type { CommitLogInterval, CommitLogPosition, StatsMetadata } from './stats.ts';
import { TombstoneHistogramBuilder } from './tombstone-histogram-builder.ts';
import {
  usualRelease,
  type WritingHabits,
  type WritingRelease,
  writingHabits,
} from './writing-release.ts';

/** What the statistics depend on. */
export interface StatisticsCollectorOptions {
  readonly header: RowHeader;
  readonly features: VersionFeatures;
  /** Whose habits to follow where releases differ. @default the release that writes the version by default */
  readonly release?: WritingRelease;
}

/** What is not told by the rows. */
export interface StatisticsFacts {
  /** Stored bytes of all chunks, without their checksums, by uncompressed bytes; −1 when uncompressed. */
  readonly compressionRatio: number;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  /** @default 0 */
  readonly sstableLevel?: number;
  /** @default 0n, unrepaired */
  readonly repairedAtMs?: bigint;
  readonly pendingRepair?: string | undefined;
  /** @default false */
  readonly isTransient?: boolean;
  readonly originatingHostId?: string | undefined;
  /** Of the node whose host id is given, ascending. Their bounds are the first start and the last end. @default none */
  readonly commitLogIntervals?: readonly CommitLogInterval[];
  /** Share of the ring. @default NaN, unknown */
  readonly tokenSpaceCoverage?: number;
}

const TIMESTAMP_MIN = -(2n ** 63n);
const TIMESTAMP_MAX = 2n ** 63n - 1n;
const NO_POSITION: CommitLogPosition = { segmentId: -1n, position: 0 };
/** Zeros that `oa` and `da` have behind STATS for each tombstone bin (pitfall P7). */
const PADDING_BYTES_OF_BIN = 4;

const isCounter = ({ type }: Column): boolean => type.kind === 'native' && type.name === 'counter';

/** The values up to the first null, as the lists of the versions before `oa` have them. */
const untilNull = (slice: ClusteringSlice['start']): Uint8Array[] => {
  const { values } = slice;
  const end = values.indexOf(null);
  return values.slice(0, end < 0 ? values.length : end) as Uint8Array[];
};

/** Bytes that 5.0 reserves for what stands from the first null on, and does not write. */
const unwrittenListBytes = (slice: ClusteringSlice['start']): number => {
  const { values } = slice;
  const from = values.indexOf(null);
  if (from < 0) return 0;
  return values.slice(from).reduce((bytes, value) => bytes + 2 + (value?.length ?? 0), 0);
};

/**
 * Everything that Statistics.db says of the rows. Partitions come one after the other: `startPartition`, `add` in clustering order,
 * `endPartition`. Nothing that is handed in is kept.
 */
export class StatisticsCollector {
  readonly #header: RowHeader;
  readonly #features: VersionFeatures;
  readonly #habits: WritingHabits;
  readonly #partitionSizes: EstimatedHistogramBuilder;
  readonly #cellCounts: EstimatedHistogramBuilder;
  readonly #tombstones: TombstoneHistogramBuilder;
  readonly #cardinality = new HyperLogLogPlus();
  readonly #extremes: ClusteringExtremes;
  readonly #mayHaveShards: boolean;

  #lastTimestamp: bigint | undefined;
  #minTimestamp = TIMESTAMP_MAX;
  #maxTimestamp = TIMESTAMP_MIN;
  #minDeletionTime = NO_DELETION_TIME;
  #maxDeletionTime = -1;
  /** Something neither deleted nor expiring was met, or nothing was met at all. */
  #hasNoDeletionTime = false;
  #minTtl = Number.POSITIVE_INFINITY;
  #maxTtl = 0;
  #minExpiringTtl = Number.POSITIVE_INFINITY;
  #hasPartitionDeletions = false;
  #hasLegacyCounterShards = false;
  #columnsSet = 0;
  #rows = 0;
  #cellsOfPartition = 0;

  constructor({ header, features, release = usualRelease(features) }: StatisticsCollectorOptions) {
    this.#header = header;
    this.#features = features;
    this.#habits = writingHabits(release);
    this.#partitionSizes = new EstimatedHistogramBuilder(this.#habits.partitionSizeOffsets);
    this.#cellCounts = new EstimatedHistogramBuilder(this.#habits.cellCountOffsets);
    this.#tombstones = new TombstoneHistogramBuilder(this.#habits);
    this.#mayHaveShards = header.staticColumns.concat(header.regularColumns).some(isCounter);
    this.#extremes = new ClusteringExtremes(new ClusteringComparator(header.clusteringTypes));
  }

  /** Begins a partition that is going to be in the SSTable. */
  startPartition(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): void {
    this.#cardinality.add(key);
    this.#cellsOfPartition = 0;
    if (deletion !== undefined) {
      this.#hasPartitionDeletions = true;
      this.#addDeletion(deletion);
    }
    if (staticRow !== undefined && !isEmpty(staticRow)) this.#addRow(staticRow);
  }

  /** The next row or marker of the partition. */
  add(unfiltered: Unfiltered): void {
    this.#extremes.add(unfiltered);
    if (unfiltered.kind === 'row') {
      this.#addRow(unfiltered);
      return;
    }
    if (unfiltered.closes !== undefined) this.#addDeletion(unfiltered.closes);
    if (unfiltered.opens !== undefined) this.#addDeletion(unfiltered.opens);
  }

  /** `sizeBytes` is the length of the partition in uncompressed Data.db, with the byte that ends it. */
  endPartition(sizeBytes: number): void {
    this.#partitionSizes.add(sizeBytes);
    this.#cellCounts.add(this.#cellsOfPartition);
    this.#extremes.endPartition();
  }

  #addRow({ liveness, deletion, columns }: Row): void {
    if (liveness !== undefined) {
      this.#addTimestamp(liveness.timestamp);
      this.#addTtl(liveness.ttl);
      this.#addDeletionTime(liveness.localExpirationTime);
    }
    if (deletion !== undefined) this.#addDeletion(deletion);
    this.#rows += 1;
    for (let i = 0; i < columns.length; i++) this.#addColumn(columns[i] as ColumnData);
  }

  #addColumn({ column, deletion, cells }: ColumnData): void {
    if (deletion !== undefined) this.#addDeletion(deletion);
    if (cells.length === 0) return;
    this.#columnsSet += 1;
    this.#cellsOfPartition += cells.length;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as Cell;
      this.#addTimestamp(cell.timestamp);
      this.#addTtl(cell.ttl);
      this.#addDeletionTime(cell.localDeletionTime);
    }
    if (this.#mayHaveShards && !this.#hasLegacyCounterShards && isCounter(column)) {
      this.#hasLegacyCounterShards = cells.some(
        ({ localDeletionTime, value }) =>
          localDeletionTime === NO_DELETION_TIME && hasLegacyShards(value),
      );
    }
  }

  #addDeletion({ markedForDeleteAt, localDeletionTime }: DeletionTime): void {
    this.#addTimestamp(markedForDeleteAt);
    this.#addDeletionTime(localDeletionTime);
  }

  #addTimestamp(timestamp: bigint): void {
    // cells of a row share their timestamp: equality is cheaper than order
    if (timestamp === this.#lastTimestamp) return;
    this.#lastTimestamp = timestamp;
    if (timestamp < this.#minTimestamp) this.#minTimestamp = timestamp;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
  }

  #addTtl(ttl: number): void {
    if (ttl < this.#minTtl) this.#minTtl = ttl;
    if (ttl > this.#maxTtl) this.#maxTtl = ttl;
    if (ttl > 0 && ttl < this.#minExpiringTtl) this.#minExpiringTtl = ttl;
  }

  #addDeletionTime(seconds: number): void {
    if (seconds === NO_DELETION_TIME) {
      this.#hasNoDeletionTime = true;
      return;
    }
    if (seconds < this.#minDeletionTime) this.#minDeletionTime = seconds;
    if (seconds > this.#maxDeletionTime) this.#maxDeletionTime = seconds;
    this.#tombstones.add(seconds);
  }

  /** The bases that a flush of what was followed writes with: its minima, or the default where there is none (spec: sstable-data §13.2). */
  encodingStats(): EncodingStats {
    const { minTimestamp, minLocalDeletionTime, minTtl } = NO_ENCODING_STATS;
    const hasTtl = this.#minExpiringTtl !== Number.POSITIVE_INFINITY;
    return {
      minTimestamp: this.#lastTimestamp === undefined ? minTimestamp : this.#minTimestamp,
      minLocalDeletionTime:
        this.#minDeletionTime === NO_DELETION_TIME ? minLocalDeletionTime : this.#minDeletionTime,
      minTtl: hasTtl ? this.#minExpiringTtl : minTtl,
    };
  }

  #stored(seconds: number): number {
    const bounds = deletionBounds(this.#features.hasUIntDeletionTime);
    return storedDeletionTime(seconds, bounds, 'cap') ?? bounds.none;
  }

  /** STATS and COMPACTION, after the last partition; adding ends here. */
  finish(facts: StatisticsFacts): {
    readonly stats: StatsMetadata;
    readonly compaction: CompactionMetadata;
  } {
    const hasDeletionTime = this.#minDeletionTime !== NO_DELETION_TIME;
    const intervals = facts.commitLogIntervals ?? [];
    return {
      compaction: { cardinality: this.#cardinality.toBytes() },
      stats: {
        estimatedPartitionSize: this.#partitionSizes.build(),
        estimatedCellPerPartitionCount: this.#cellCounts.build(),
        commitLogUpperBound: intervals.at(-1)?.end ?? NO_POSITION,
        minTimestamp: this.#lastTimestamp === undefined ? TIMESTAMP_MIN : this.#minTimestamp,
        maxTimestamp: this.#lastTimestamp === undefined ? TIMESTAMP_MAX : this.#maxTimestamp,
        minLocalDeletionTime: this.#stored(this.#minDeletionTime),
        maxLocalDeletionTime: this.#stored(
          this.#hasNoDeletionTime || !hasDeletionTime ? NO_DELETION_TIME : this.#maxDeletionTime,
        ),
        minTtl: this.#minTtl === Number.POSITIVE_INFINITY ? 0 : this.#minTtl,
        maxTtl: this.#maxTtl,
        compressionRatio: facts.compressionRatio,
        sstableLevel: facts.sstableLevel ?? 0,
        repairedAtMs: facts.repairedAtMs ?? 0n,
        hasLegacyCounterShards: this.#hasLegacyCounterShards,
        totalColumnsSet: BigInt(this.#columnsSet),
        totalRows: BigInt(this.#rows),
        commitLogLowerBound: intervals[0]?.start ?? NO_POSITION,
        commitLogIntervals: intervals,
        pendingRepair: facts.pendingRepair,
        isTransient: facts.isTransient ?? false,
        originatingHostId: facts.originatingHostId,
        hasPartitionLevelDeletions: this.#hasPartitionDeletions,
        firstKey: Uint8Array.from(facts.firstKey),
        lastKey: Uint8Array.from(facts.lastKey),
        tokenSpaceCoverage: facts.tokenSpaceCoverage ?? Number.NaN,
        ...this.#clustering(),
      },
    };
  }

  /** The fields that depend on clustering, and the zeros that Cassandra leaves because of others. */
  #clustering() {
    const { hasLegacyMinMax, hasUIntDeletionTime } = this.#features;
    const slice = this.#extremes.slice();
    const estimatedTombstoneDropTime = this.#tombstones.build();
    const paddingBytes = hasUIntDeletionTime
      ? estimatedTombstoneDropTime.bins.length * PADDING_BYTES_OF_BIN
      : this.#habits.padsClusteringLists
        ? unwrittenListBytes(slice.start) + unwrittenListBytes(slice.end)
        : 0;
    return {
      estimatedTombstoneDropTime,
      minClusteringValues: hasLegacyMinMax ? untilNull(slice.start) : undefined,
      maxClusteringValues: hasLegacyMinMax ? untilNull(slice.end) : undefined,
      clusteringTypes: this.#header.clusteringTypes.map(typeString),
      coveredClustering: slice,
      trailing: new Uint8Array(paddingBytes),
    };
  }
}

const isEmpty = ({ liveness, deletion, columns }: Row): boolean =>
  liveness === undefined && deletion === undefined && columns.length === 0;
