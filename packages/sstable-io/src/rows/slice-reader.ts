// Data plane. One partition, cut to a slice, first row first. Called by lookups of slices.
import type { PartitionHead, Unfiltered } from './model.ts';
import type { DataRowReader } from './open-row-reader.ts';
import type { RowBlocks } from './row-blocks.ts';
import type { RowHeader } from './row-header.ts';
import type { RowReader } from './row-reader.ts';
import type { SliceFilter } from './slice-filter.ts';

const NO_ROWS: readonly Unfiltered[] = [];

/** What a slice is read with. `reader` stands before its partition. */
export interface SliceParts {
  readonly reader: DataRowReader;
  readonly filter: SliceFilter;
  /** The partition's index; undefined where it has none. */
  readonly blocks: RowBlocks | undefined;
}

/** Begins in the block that the index names, or at the first row. */
export class SliceReader implements RowReader {
  readonly #parts: SliceParts;
  #isDone = true;

  constructor(parts: SliceParts) {
    this.#parts = parts;
  }

  get header(): RowHeader {
    return this.#parts.reader.header;
  }

  get position(): number {
    return this.#parts.reader.position;
  }

  async nextPartition(): Promise<PartitionHead | undefined> {
    const { reader, filter, blocks } = this.#parts;
    const head = await reader.nextPartition();
    this.#isDone = head === undefined || filter.isEmpty;
    if (head === undefined || filter.isEmpty) return head;
    filter.begin(undefined, false);
    if (blocks !== undefined && filter.from !== undefined) {
      const { offset, open } = await blocks.floor(filter.from);
      reader.enterAt(head.position + Math.max(offset, head.headerLength), open);
      filter.begin(open, false);
    }
    return head;
  }

  async nextBatch(): Promise<readonly Unfiltered[]> {
    const { reader, filter } = this.#parts;
    while (!this.#isDone) {
      const out: Unfiltered[] = [];
      const batch = await reader.nextBatch();
      const isOver =
        batch.length === 0 || !batch.every((unfiltered) => filter.push(unfiltered, out));
      if (isOver) {
        filter.end(out);
        this.#isDone = true;
      }
      if (out.length > 0) return out;
    }
    return NO_ROWS;
  }

  close(): Promise<void> {
    return this.#parts.reader.close();
  }
}
