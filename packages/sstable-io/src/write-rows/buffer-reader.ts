// Data plane. Buffered partitions as a row reader, so that they are merged and written like any others. Called by the CQL writer.
import { ROW_BATCH_MAX } from '../limits.ts';
import type { PartitionHead, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { BufferedPartition } from './row-buffer.ts';

/** Hands partitions out once, and lets go of each behind it. */
export class BufferReader implements RowReader {
  readonly header: RowHeader;
  readonly #partitions: BufferedPartition[];
  #next = 0;
  #unfiltereds: readonly Unfiltered[] = [];
  #taken = 0;

  constructor(header: RowHeader, partitions: BufferedPartition[]) {
    this.header = header;
    this.#partitions = partitions;
  }

  /** Partitions so far: there are no bytes to count. */
  get position(): number {
    return this.#next;
  }

  nextPartition(): Promise<PartitionHead | undefined> {
    const partition = this.#partitions[this.#next];
    if (partition === undefined) return Promise.resolve(undefined);
    // it is held by nobody else, and may be large
    delete this.#partitions[this.#next];
    this.#next += 1;
    this.#unfiltereds = partition.unfiltereds();
    this.#taken = 0;
    const { key, deletion, staticRow } = partition;
    return Promise.resolve({ key, deletion, staticRow, position: 0, headerLength: 0 });
  }

  nextBatch(): Promise<readonly Unfiltered[]> {
    const batch = this.#unfiltereds.slice(this.#taken, this.#taken + ROW_BATCH_MAX);
    this.#taken += batch.length;
    return Promise.resolve(batch);
  }

  async close(): Promise<void> {
    this.#partitions.length = 0;
    this.#unfiltereds = [];
  }
}
