// Control plane. What Statistics.db says of the rows against what they are (spec: sstable-index-and-stats §6.4, §8.3). Called by deep verification.
// An error is what makes a node lose or hide data; everything else that differs is a warning.
import type { VersionFeatures } from '../components/version.ts';
import { corrupt } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import {
  boundPlace,
  ClusteringComparator,
  type ClusteringPlace,
} from '../rows/clustering-comparator.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { METADATA_TYPE } from '../statistics/container.ts';
import type { TombstoneHistogram } from '../statistics/histograms.ts';
import type { ClusteringBound, ClusteringSlice } from '../statistics/slice.ts';
import type { CompactionMetadata, Statistics } from '../statistics/statistics.ts';
import type { StatsMetadata } from '../statistics/stats.ts';
import { usualRelease, type WritingRelease, writingHabits } from '../statistics/writing-release.ts';
import type { Findings } from './findings.ts';
import { hex } from './key-order.ts';

/** What a pass over the rows gives. */
export interface Recount {
  readonly header: RowHeader;
  readonly stats: StatsMetadata;
  readonly compaction: CompactionMetadata;
}

/** Bins from which on a tombstone histogram is one of merged points; 3.x merges in a way of its own. */
const TOMBSTONE_BINS_MAX = 100;
/** A point that ma to mc count by mistake: "no deletion time" (pitfall P21). */
const NO_DELETION_POINT = 2_147_483_647;
/** Where nothing has a timestamp. */
const TIMESTAMP_MIN = -(2n ** 63n);
const TIMESTAMP_MAX = 2n ** 63n - 1n;

/** Which release wrote it, by the length of its histograms: 5.0 writes `nb` too. */
export const releaseOf = (statistics: Statistics, features: VersionFeatures): WritingRelease => {
  const offsets = statistics.stats.estimatedPartitionSize.offsets.length;
  return offsets === writingHabits('5.0').partitionSizeOffsets ? '5.0' : usualRelease(features);
};

interface Limits {
  readonly min: number | bigint;
  readonly max: number | bigint;
}

const limitsText = ({ min, max }: Limits): string => `${min} to ${max}`;

const boundText = ({ kind, values }: ClusteringBound): string =>
  `${kind} (${values.map((value) => (value === null ? 'null' : hex(value))).join(', ')})`;

const sliceText = ({ start, end }: ClusteringSlice): string =>
  `${boundText(start)} to ${boundText(end)}`;

const placeOf = ({ kind, values }: ClusteringBound): ClusteringPlace => boundPlace(kind, values);

/** Lists of values without kinds, as before `oa`; none stand for everything. */
const sliceOfLists = ({
  minClusteringValues,
  maxClusteringValues,
}: StatsMetadata): ClusteringSlice | undefined =>
  minClusteringValues === undefined || maxClusteringValues === undefined
    ? undefined
    : {
        start: { kind: 'INCL_START_BOUND', values: minClusteringValues },
        end: { kind: 'INCL_END_BOUND', values: maxClusteringValues },
      };

const binsText = ({ bins }: TombstoneHistogram, without: number | undefined): string =>
  bins
    .filter(({ point }) => point !== without)
    .map(({ point, count }) => `${point}:${count}`)
    .join();

/** Compares the facts of one SSTable. */
class Comparison {
  readonly #parts: SSTableParts;
  readonly #findings: Findings;
  readonly #recount: Recount;
  readonly #found: StatsMetadata;
  readonly #expected: StatsMetadata;

  constructor(parts: SSTableParts, recount: Recount, findings: Findings) {
    this.#parts = parts;
    this.#findings = findings;
    this.#recount = recount;
    this.#found = parts.statistics.stats;
    this.#expected = recount.stats;
  }

  run(): void {
    this.#times();
    this.#clustering();
    this.#deletionFlag();
    this.#counts();
    this.#tombstones();
  }

  #error(found: string, expected: string): void {
    const { files, statistics } = this.#parts;
    const at = statistics.parts.find(({ type }) => type === METADATA_TYPE.stats)?.offset;
    this.#findings.add(corrupt(files.path('Statistics.db'), at, found, expected));
  }

  #warn(what: string, found: unknown, expected: unknown): void {
    this.#findings.warn(`Statistics.db says ${what} ${found}, the rows say ${expected}`);
  }

  /** A file may say more than there is, never less: nodes pass over an SSTable that can't have what they look for. */
  #limits(what: string, found: Limits, expected: Limits): void {
    if (found.min > expected.min || found.max < expected.max) {
      this.#error(
        `${what} from ${limitsText(found)}`,
        `${limitsText(expected)}, as the rows have, or more`,
      );
    } else if (found.min !== expected.min || found.max !== expected.max) {
      if (!this.#countsLostDeletions()) {
        this.#warn(`${what} from`, limitsText(found), limitsText(expected));
      }
    }
  }

  #times(): void {
    const found = this.#found;
    const expected = this.#expected;
    const hasTimestamps =
      expected.minTimestamp !== TIMESTAMP_MIN || expected.maxTimestamp !== TIMESTAMP_MAX;
    if (hasTimestamps) {
      this.#limits(
        'timestamps',
        { min: found.minTimestamp, max: found.maxTimestamp },
        { min: expected.minTimestamp, max: expected.maxTimestamp },
      );
    }
    this.#limits(
      'local deletion times',
      { min: found.minLocalDeletionTime, max: found.maxLocalDeletionTime },
      { min: expected.minLocalDeletionTime, max: expected.maxLocalDeletionTime },
    );
    if (found.minTtl !== expected.minTtl || found.maxTtl !== expected.maxTtl) {
      const ttls = ({ minTtl, maxTtl }: StatsMetadata) => limitsText({ min: minTtl, max: maxTtl });
      this.#warn('TTLs from', ttls(found), ttls(expected));
    }
  }

  /**
   * 4.0 to 5.0 lose the deletion of a complex column whose name begins with a byte above 0x7f, and count it all the same (spec: sstable-data
   * §4.6): then the statistics are those of more than there is.
   */
  #countsLostDeletions(): boolean {
    const { staticColumns, regularColumns } = this.#recount.header;
    return (
      this.#parts.features.hasMetadataChecksum &&
      [...staticColumns, ...regularColumns].some(
        ({ isComplex, name }) => isComplex && (name[0] ?? 0) > 0x7f,
      )
    );
  }

  /** Not before `md`, whose lists no node believes (pitfall P19). */
  #clustering(): void {
    const { version, hasLegacyMinMax } = this.#parts.features;
    if (hasLegacyMinMax && version < 'md') return;
    const found = hasLegacyMinMax ? sliceOfLists(this.#found) : this.#found.coveredClustering;
    const expected = this.#expected.coveredClustering;
    if (found === undefined || expected === undefined) return;
    if (expected.start.kind === 'EXCL_START_BOUND' && expected.start.values.length === 0) return;
    const comparator = new ClusteringComparator(this.#recount.header.clusteringTypes);
    const isCovered =
      comparator.comparePlaces(placeOf(found.start), placeOf(expected.start)) <= 0 &&
      comparator.comparePlaces(placeOf(found.end), placeOf(expected.end)) >= 0;
    if (!isCovered) {
      this.#error(
        `clustering values from ${sliceText(found)}`,
        `${sliceText(expected)}, as the rows have, or more`,
      );
      return;
    }
    const exact = hasLegacyMinMax ? sliceOfLists(this.#expected) : expected;
    if (exact !== undefined && sliceText(found) !== sliceText(exact)) {
      this.#warn('clustering values from', sliceText(found), sliceText(exact));
    }
  }

  /** Without it nodes pass over the deletions of partitions. */
  #deletionFlag(): void {
    const found = this.#found.hasPartitionLevelDeletions;
    const expected = this.#expected.hasPartitionLevelDeletions;
    if (found === undefined || found === expected) return;
    if (found) this.#warn('that partitions are deleted:', found, expected);
    else this.#error('no deleted partitions', 'that there are some, as Data.db has them');
  }

  #counts(): void {
    const found = this.#found;
    const expected = this.#expected;
    const facts: [what: string, found: unknown, expected: unknown][] = [
      ['a number of rows of', found.totalRows, expected.totalRows],
      ['a number of columns of', found.totalColumnsSet, expected.totalColumnsSet],
      ['a ratio of compression of', found.compressionRatio, this.#compressionRatio()],
      [
        'that there are counter shards of before 2.1:',
        found.hasLegacyCounterShards,
        expected.hasLegacyCounterShards,
      ],
    ];
    for (const [what, ofFile, ofRows] of facts) {
      if (ofFile !== ofRows) this.#warn(what, ofFile, ofRows);
    }
    const cardinality = this.#parts.statistics.compaction?.cardinality;
    if (cardinality === undefined) return;
    if (Buffer.compare(cardinality, this.#recount.compaction.cardinality) !== 0) {
      this.#findings.warn('Statistics.db has another sketch of the keys than they give');
    }
  }

  /** Early 3.0 says −1, "unknown", also of what it compressed. */
  #compressionRatio(): number {
    const { source } = this.#parts;
    if (source.compressed === undefined || this.#found.compressionRatio === -1) return -1;
    const { chunkCount } = source.compressed.offsets.params;
    return (source.file.lengthBytes - 4 * chunkCount) / source.dataLengthBytes;
  }

  #tombstones(): void {
    const { version } = this.#parts.features;
    const expected = this.#expected.estimatedTombstoneDropTime;
    const isOwnMerge = version < 'na' && expected.bins.length >= TOMBSTONE_BINS_MAX;
    if (isOwnMerge || this.#countsLostDeletions()) return;
    const without = version < 'md' ? NO_DELETION_POINT : undefined;
    const found = binsText(this.#found.estimatedTombstoneDropTime, without);
    if (found === binsText(expected, without)) return;
    this.#findings.warn('Statistics.db counts other deletion times than there are');
  }
}

/** See the file's head. */
export const checkRecount = (parts: SSTableParts, recount: Recount, findings: Findings): void =>
  new Comparison(parts, recount, findings).run();
