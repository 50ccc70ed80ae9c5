// Data plane. What an index of partitions is told while Data.db is written. Implemented for Index.db beside this file and for the tries of
// BTI; called by the SSTable writer. Holds types only.
import type { ClusteringPlace } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Unfiltered } from '../rows/model.ts';

/** A partition whose rows follow. */
export interface IndexedPartition {
  /** Stays as it is until the end of the partition. */
  readonly key: Uint8Array;
  /** In uncompressed bytes. */
  readonly position: number;
  /** Bytes of key, deletion and static row. */
  readonly headerLength: number;
  readonly deletion: DeletionTime | undefined;
}

/** Writes an index; rejects with `SCM_SSTABLE_IO`. */
export interface IndexOutput {
  startPartition(partition: IndexedPartition): void;
  /**
   * A row or marker between two offsets within the partition, and the deletion that is open behind it. `unfiltered` stands for the time of
   * the call only.
   */
  add(
    unfiltered: Unfiltered,
    start: number,
    end: number,
    openDeletion: DeletionTime | undefined,
  ): void;
  /** The end: where the last unfiltered stands, and the length with the byte that ends the partition. */
  endPartition(last: ClusteringPlace | undefined, lengthBytes: number): void;
  /** To be waited for when it is there. */
  readonly pressure: Promise<void> | undefined;
  /** Writes what is left; the names of the components are those that are on the disk then. */
  finish(): Promise<readonly string[]>;
  /** Closes everything as it is. Never rejects. */
  abort(): Promise<void>;
}
