// Data plane. What a format of the dump must do. Implemented by the JSON and the table writer; called by the loop in dump-rows.ts. Types only.
import type { PartitionHead, Unfiltered } from '../rows/model.ts';

/** Writes partitions into its text buffer. Keeps nothing of what it is handed once a call is over. */
export interface DumpWriter {
  begin(): void;
  startPartition(head: PartitionHead): void;
  /** `position` is where the row or marker begins in uncompressed bytes; undefined where that is not known. */
  add(unfiltered: Unfiltered, position: number | undefined): void;
  endPartition(): void;
  end(): void;
}
