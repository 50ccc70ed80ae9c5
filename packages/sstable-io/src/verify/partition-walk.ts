// Data plane. Reads the partitions of Data.db one by one with the strict reader, beside an index of their blocks, and shows every row to whoever
// looks closer (spec: sstable-data §4). Called by deep verification.
import { corrupt } from '../io/decoding.ts';
import { type ClusteringPlace, placeOf } from '../rows/clustering-comparator.ts';
import { detachValues } from '../rows/detach.ts';
import type { DeletionTime, PartitionHead, Unfiltered } from '../rows/model.ts';
import type { DataRowReader } from '../rows/open-row-reader.ts';

/** A row or marker as an index of blocks sees it. */
export interface BlockPlace {
  /** From the beginning of the partition. */
  offset: number;
  place: ClusteringPlace;
  /** Of the row or marker before; undefined for the first one. */
  previous: ClusteringPlace | undefined;
  /** Range deletion that is open before this one. */
  open: DeletionTime | undefined;
}

/** An index of blocks, asked at its boundaries. Rejects with SSTableError when it disagrees. */
export interface BlockCheck {
  /** Where the next block should begin, from the beginning of the partition. */
  nextOffset: number;
  boundary(at: BlockPlace): Promise<void> | void;
  /** `length` counts the byte that ends the partition. */
  end(length: number, at: BlockPlace): Promise<void> | void;
}

/** Sees everything that is read. Views, which it must not keep. */
export interface RowVisitor {
  startPartition(head: PartitionHead): void;
  add(unfiltered: Unfiltered): void;
  endPartition(lengthBytes: number): void;
}

/** A partition after the walk. */
export interface WalkedPartition {
  readonly key: Uint8Array;
  readonly length: number;
}

const NOWHERE: ClusteringPlace = { kind: 0, values: [] };

/** One instance for all partitions of an SSTable. */
export class PartitionWalker {
  /** Where the next partition begins in uncompressed Data.db. */
  position = 0;
  readonly #reader: DataRowReader;
  readonly #visitor: RowVisitor;
  readonly #path: string;
  readonly #at: BlockPlace = { offset: 0, place: NOWHERE, previous: undefined, open: undefined };

  /** `path` is that of Data.db. */
  constructor(reader: DataRowReader, visitor: RowVisitor, path: string) {
    this.#reader = reader;
    this.#visitor = visitor;
    this.#path = path;
  }

  /** Reads the next partition to its end. `blocksFor` gives the index of its blocks, once its head is known. */
  async walk(
    blocksFor: (head: PartitionHead) => Promise<BlockCheck | undefined> | BlockCheck | undefined,
  ): Promise<WalkedPartition> {
    const head = await this.#reader.nextPartition();
    if (head === undefined) {
      throw corrupt(
        this.#path,
        undefined,
        `the end of the data at uncompressed byte ${this.position}`,
        'a partition, as the index says',
      );
    }
    this.#visitor.startPartition(head);
    const given = blocksFor(head);
    const blocks = given instanceof Promise ? await given : given;
    await this.#rows(head, blocks);
    this.position = this.#reader.position;
    const length = this.position - head.position;
    if (blocks !== undefined) await blocks.end(length, this.#at);
    this.#visitor.endPartition(length);
    return { key: head.key, length };
  }

  async #rows(head: PartitionHead, blocks: BlockCheck | undefined): Promise<void> {
    const reader = this.#reader;
    const visitor = this.#visitor;
    this.#at.previous = undefined;
    this.#at.open = undefined;
    for (;;) {
      const batch = await reader.nextBatch();
      if (batch.length === 0) return;
      const starts = reader.batchStarts;
      for (let i = 0; i < batch.length; i++) {
        const unfiltered = batch[i] as Unfiltered;
        visitor.add(unfiltered);
        if (blocks !== undefined) {
          const asked = this.#see(unfiltered, (starts[i] as number) - head.position, blocks);
          if (asked !== undefined) await asked;
          this.#pass(unfiltered);
        }
      }
      this.#keepPrevious();
    }
  }

  /** The batch's bytes are about to go. */
  #keepPrevious(): void {
    const { previous } = this.#at;
    if (previous === undefined) return;
    this.#at.previous = { kind: previous.kind, values: detachValues(previous.values) };
  }

  #see(unfiltered: Unfiltered, offset: number, blocks: BlockCheck): Promise<void> | undefined {
    const at = this.#at;
    at.offset = offset;
    at.place = placeOf(unfiltered);
    return offset >= blocks.nextOffset ? (blocks.boundary(at) ?? undefined) : undefined;
  }

  #pass(unfiltered: Unfiltered): void {
    const at = this.#at;
    at.previous = at.place;
    if (unfiltered.kind === 'marker') at.open = unfiltered.opens;
  }
}
