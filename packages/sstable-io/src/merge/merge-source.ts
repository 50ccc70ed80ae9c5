// Data plane. One reader of a merge: its present partition and its present row. Called by the merge only.
import type { Token } from '@scamander/ring';
import type { PartitionHead, Unfiltered } from '../rows/model.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { ColumnMapping } from './column-mapping.ts';

const NOTHING: readonly Unfiltered[] = [];

/** A reader, and what of it is next. */
export class MergeSource {
  readonly reader: RowReader;
  readonly mapping: ColumnMapping;
  /** Place among the sources: the earlier one wins where nothing else decides. */
  readonly index: number;
  head: PartitionHead | undefined;
  /** The reader's when it was last told to go on to another partition. */
  position = 0;
  token: Token | undefined;
  /** The next row or marker, with columns of the merged header. Undefined when the batch is used up. */
  current: Unfiltered | undefined;
  /** The one behind this source in the queue is at the same place. */
  tiesWithNext = false;
  /** Place among the sources of the present partition. */
  slot = 0;
  isAtEnd = false;
  #batch = NOTHING;
  #at = 0;

  constructor(reader: RowReader, mapping: ColumnMapping, index: number) {
    this.reader = reader;
    this.mapping = mapping;
    this.index = index;
  }

  /** Before the first row of a partition. */
  begin(slot: number): void {
    this.slot = slot;
    this.isAtEnd = false;
    this.current = undefined;
    this.#batch = NOTHING;
    this.#at = 0;
  }

  /** Another batch: the bytes of what came before are lost. */
  async refill(): Promise<void> {
    this.#batch = await this.reader.nextBatch();
    this.#at = 0;
    this.isAtEnd = this.#batch.length === 0;
    this.advance();
  }

  /** The next of the batch becomes the present one. */
  advance(): void {
    const next = this.#batch[this.#at];
    this.#at += 1;
    this.current =
      next === undefined || this.mapping.isIdentity || next.kind === 'marker'
        ? next
        : this.mapping.apply(next);
  }
}
