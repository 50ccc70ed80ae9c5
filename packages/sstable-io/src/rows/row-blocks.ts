// Both planes. Places within a partition where reading may begin. Implemented over the promoted index, over row tries and by reading the
// partition once; called by slices. Holds types only.
import type { ClusteringPlace } from './clustering-comparator.ts';
import type { DeletionTime } from './model.ts';

/** Rows and markers between two places where reading may begin. */
export interface RowBlock {
  /** Of its first row or marker, from the beginning of the partition. */
  readonly offset: number;
  /** Range deletion that is open before it. */
  readonly open: DeletionTime | undefined;
}

/** Blocks of one partition, ascending. */
export interface RowBlocks {
  /**
   * The last block that does not begin behind the place: nothing in the blocks after it is before the place. What is in the block may be
   * before the place, and all of it. Rejects with SSTableError.
   */
  floor(place: ClusteringPlace): Promise<RowBlock>;
  /** All of them. Rejects with `SCM_SSTABLE_TOO_LONG` beyond `ROW_BLOCKS_MAX`. */
  all(): Promise<readonly RowBlock[]>;
}
