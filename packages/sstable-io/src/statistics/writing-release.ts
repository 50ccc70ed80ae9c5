// Control plane. What the releases write differently into the Statistics.db of one version (spec: sstable-index-and-stats §3.4, §3.5). Called
// by the statistics collector. Constants only.
import type { VersionFeatures } from '../components/version.ts';

/** A release whose habits are followed; any reader takes any of them. */
export type WritingRelease = '3.11' | '4.x' | '5.0';

/** The habits of one release. */
export interface WritingHabits {
  /** Offsets of the histogram of partition lengths. */
  readonly partitionSizeOffsets: number;
  /** Offsets of the histogram of cells per partition. */
  readonly cellCountOffsets: number;
  /** The number that stands in front of a tombstone histogram: its limit, or as many bins as there are. */
  readonly tombstoneBinsMaxStored: number | 'bins';
  /** What a rounded deletion time becomes that is above this or negative: this. */
  readonly tombstonePointMax: number;
  /** Two bins that are merged give a point above the first and not above the second. */
  readonly keepsMergedPointBetween: boolean;
  /** The lists of clustering values are followed by zeros for what stands behind a null in them (pitfall P7). */
  readonly padsClusteringLists: boolean;
}

const HABITS: Readonly<Record<WritingRelease, WritingHabits>> = {
  '3.11': {
    partitionSizeOffsets: 150,
    cellCountOffsets: 118,
    tombstoneBinsMaxStored: 100,
    // what the largest time of 3.x becomes when it is rounded up
    tombstonePointMax: 2_147_483_700,
    // 3.x has an implementation of its own, which is not specified beyond 100 points
    keepsMergedPointBetween: true,
    padsClusteringLists: false,
  },
  '4.x': {
    partitionSizeOffsets: 150,
    cellCountOffsets: 118,
    tombstoneBinsMaxStored: 'bins',
    tombstonePointMax: 0x7ffffffe,
    keepsMergedPointBetween: false,
    padsClusteringLists: false,
  },
  '5.0': {
    partitionSizeOffsets: 155,
    cellCountOffsets: 118,
    tombstoneBinsMaxStored: 'bins',
    tombstonePointMax: 0xfffffffd,
    keepsMergedPointBetween: true,
    padsClusteringLists: true,
  },
};

/** The habits of a release. */
export const writingHabits = (release: WritingRelease): WritingHabits => HABITS[release];

/** The release that writes a version by default. `nb` is what 5.0 writes too, in its compatibility mode. */
export const usualRelease = ({ format, version }: VersionFeatures): WritingRelease => {
  if (format === 'bti' || version >= 'oa') return '5.0';
  return version >= 'na' ? '4.x' : '3.11';
};
