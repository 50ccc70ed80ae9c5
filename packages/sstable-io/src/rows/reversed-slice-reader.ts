// Data plane. One partition, cut to a slice, last row first: block by block from the back. Called by lookups of slices. Holds one block.
import { REVERSED_BLOCK_BYTES_MAX } from '../limits.ts';
import {
  type ClusteringComparator,
  type ClusteringPlace,
  placeOf,
} from './clustering-comparator.ts';
import { detach } from './detach.ts';
import type { DeletionTime, PartitionHead, Unfiltered } from './model.ts';
import type { DataRowReader } from './open-row-reader.ts';
import type { RowBlock, RowBlocks } from './row-blocks.ts';
import type { RowHeader } from './row-header.ts';
import type { RowReader } from './row-reader.ts';
import type { SliceParts } from './slice-reader.ts';

const NO_ROWS: readonly Unfiltered[] = [];

const openBehind = (
  batch: readonly Unfiltered[],
  open: DeletionTime | undefined,
): DeletionTime | undefined => {
  for (let i = batch.length - 1; i >= 0; i--) {
    const unfiltered = batch[i] as Unfiltered;
    if (unfiltered.kind === 'marker') return unfiltered.opens;
  }
  return open;
};

/** Blocks of a partition that has no index, found by reading it once. */
class ScannedBlocks implements RowBlocks {
  readonly #blocks: (RowBlock & { readonly first: ClusteringPlace })[] = [];
  readonly #comparator: ClusteringComparator;

  private constructor(comparator: ClusteringComparator) {
    this.#comparator = comparator;
  }

  static async scan(
    reader: DataRowReader,
    head: PartitionHead,
    comparator: ClusteringComparator,
  ): Promise<ScannedBlocks> {
    const scanned = new ScannedBlocks(comparator);
    let open: DeletionTime | undefined;
    for (;;) {
      const batch = await reader.nextBatch();
      const [first] = batch;
      if (first === undefined) return scanned;
      const offset = (reader.batchStarts[0] ?? 0) - head.position;
      scanned.#blocks.push({ offset, open, first: placeOf(detach(first)) });
      open = openBehind(batch, open);
    }
  }

  async floor(place: ClusteringPlace): Promise<RowBlock> {
    const isBefore = ({ first }: { first: ClusteringPlace }) =>
      this.#comparator.comparePlaces(first, place) <= 0;
    return this.#blocks.findLast(isBefore) ?? (this.#blocks[0] as RowBlock);
  }

  async all(): Promise<readonly RowBlock[]> {
    return this.#blocks;
  }
}

/** Reads each block forward and hands it out backwards. */
export class ReversedSliceReader implements RowReader {
  readonly #parts: SliceParts;
  readonly #comparator: ClusteringComparator;
  #blocks: readonly RowBlock[] = [];
  #start = 0;
  #next = -1;
  #last = -1;
  #first = 0;

  constructor(parts: SliceParts, comparator: ClusteringComparator) {
    this.#parts = parts;
    this.#comparator = comparator;
  }

  get header(): RowHeader {
    return this.#parts.reader.header;
  }

  get position(): number {
    return this.#parts.reader.position;
  }

  async nextPartition(): Promise<PartitionHead | undefined> {
    const { reader, filter } = this.#parts;
    const head = await reader.nextPartition();
    this.#next = -1;
    if (head === undefined || filter.isEmpty) return head;
    this.#start = head.position;
    const index = await this.#usableIndex();
    const blocks = index ?? (await ScannedBlocks.scan(reader, head, this.#comparator));
    this.#blocks = await blocks.all();
    if (this.#blocks.length === 0) return head;
    this.#first = filter.from === undefined ? 0 : this.#indexOf(await blocks.floor(filter.from));
    this.#last =
      filter.to === undefined
        ? this.#blocks.length - 1
        : this.#indexOf(await blocks.floor(filter.to));
    this.#next = this.#last;
    return head;
  }

  /** An index of blocks that are too long to be held is no help. */
  async #usableIndex(): Promise<RowBlocks | undefined> {
    const { blocks } = this.#parts;
    const all = (await blocks?.all()) ?? [];
    const fits = all.every(({ offset }, i) => {
      const next = all[i + 1]?.offset ?? offset;
      return next - offset <= REVERSED_BLOCK_BYTES_MAX;
    });
    return fits ? blocks : undefined;
  }

  /** A place behind the last block, such as the entry at the end of a row trie, counts as the last one. */
  #indexOf({ offset }: RowBlock): number {
    const index = this.#blocks.findIndex((block) => block.offset >= offset);
    return index < 0 ? this.#blocks.length - 1 : index;
  }

  async nextBatch(): Promise<readonly Unfiltered[]> {
    while (this.#next >= this.#first) {
      const index = this.#next;
      this.#next -= 1;
      const rows = await this.#block(index);
      if (rows.length > 0) return rows.reverse();
    }
    return NO_ROWS;
  }

  async #block(index: number): Promise<Unfiltered[]> {
    const { reader, filter } = this.#parts;
    const { offset, open } = this.#blocks[index] as RowBlock;
    const end = this.#start + (this.#blocks[index + 1]?.offset ?? Number.POSITIVE_INFINITY);
    const out: Unfiltered[] = [];
    filter.begin(open, index > this.#first);
    reader.enterAt(this.#start + offset, open);
    let isWithin = true;
    while (isWithin) {
      const batch = await reader.nextBatch();
      const starts = reader.batchStarts;
      isWithin =
        batch.length > 0 &&
        batch.every(
          (unfiltered, i) => (starts[i] ?? 0) < end && filter.push(detach(unfiltered), out),
        );
    }
    if (index === this.#last) filter.end(out);
    else filter.enter(out);
    return out;
  }

  close(): Promise<void> {
    return this.#parts.reader.close();
  }
}
