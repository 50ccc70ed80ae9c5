// Data plane. The one way in which rows are read, whatever they come from: Data.db of any version, sections from the wire, a merge. Implemented
// in this package; called by the dump, verification, the merge and the writer. Holds types only.
import type { PartitionHead, Unfiltered } from './model.ts';
import type { RowHeader } from './row-header.ts';

/**
 * Partitions one after the other, in the order of the partitioner. Rejects with an SSTableError that names file and byte. Byte arrays that it
 * hands out (keys, values, paths) are views: a head's stand until `nextPartition` is called again, those of a batch until the next batch.
 */
export interface RowReader {
  readonly header: RowHeader;
  /** The next partition; what is left of the one before is passed over. Undefined at the end. */
  nextPartition(): Promise<PartitionHead | undefined>;
  /** Some more rows and markers of the present partition, in order; none at its end. */
  nextBatch(): Promise<readonly Unfiltered[]>;
  /**
   * Where each row and marker of the present batch begins, in uncompressed bytes: the `position` of a dump. Stands until the next batch.
   * Absent where rows come from no one file, such as those of a merge.
   */
  readonly batchStarts?: ArrayLike<number>;
  /** Position in uncompressed bytes behind what was handed out: progress, and after an empty batch the end of the partition. */
  readonly position: number;
  close(): Promise<void>;
}
