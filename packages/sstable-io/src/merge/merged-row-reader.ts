// Data plane. Several row readers as one: partitions by token and key, rows by clustering, everything reconciled as a compaction does (spec:
// hints-commitlog-compaction F; CompactionIterator, UnfilteredRowIterators.merge). Called by the compaction and by whoever reads several SSTables.
// Copies no bytes; holds one batch of each source.
import type { Partitioner } from '@scamander/ring';
import { ClusteringComparator } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Marker, PartitionHead, Row, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import { ColumnMapping } from './column-mapping.ts';
import { MarkerMerger } from './marker-merger.ts';
import { MergeSource } from './merge-source.ts';
import { mergeHeaders } from './merged-header.ts';
import { PlaceQueue } from './place-queue.ts';
import { type PurgeOptions, Purger } from './purger.ts';
import { RowMerger } from './row-merger.ts';
import { deletionSupersedes } from './supersede.ts';

/** How readers are merged. */
export interface MergeOptions {
  /** Whose order the keys of all readers have. */
  readonly partitioner: Partitioner;
  /** What is left out because it is old enough. Wrong promises make deleted data come back. @default nothing is left out */
  readonly purge?: PurgeOptions | undefined;
}

const NOTHING: readonly Unfiltered[] = [];
/** Rows and markers that are handed out at once. */
const BATCH_MAX = 1024;

const hasMarker = (batch: readonly Unfiltered[]): boolean => {
  for (let i = 0; i < batch.length; i++)
    if ((batch[i] as Unfiltered).kind === 'marker') return true;
  return false;
};

/**
 * Merges readers of one table. `header` has the columns of all of them and the smallest bases. Rejects with what the readers reject with; the
 * constructor throws `SCM_SSTABLE_UNSUPPORTED` for readers that can't be of one table. Heads have no length, and positions are sums.
 */
export class MergedRowReader implements RowReader {
  readonly header: RowHeader;
  readonly #partitioner: Partitioner;
  readonly #sources: readonly MergeSource[];
  readonly #rowMerger: RowMerger;
  readonly #markers = new MarkerMerger();
  readonly #purger: Purger | undefined;
  readonly #queue: PlaceQueue;
  /** Sources by the partition they are at; undefined before the first one. */
  #order: MergeSource[] | undefined;
  /** Sources of the present partition. */
  #present: MergeSource[] = [];
  /** Sum of the positions of all sources when they were last told to go on. */
  #settledPosition = 0;
  /** The rows of the present partition, when only one source has it, are handed out as that source does: nothing can cover or change them. */
  #isTransparent = false;
  #partitionDeletion: DeletionTime | undefined;
  /** What was read ahead of the present partition to find out whether anything is left of it. */
  #ahead: readonly Unfiltered[] = NOTHING;
  /** Sources of the partition whose batch is used up. */
  readonly #dry: MergeSource[] = [];
  readonly #taken: MergeSource[] = [];
  readonly #rows: Row[] = [];

  constructor(readers: readonly RowReader[], options: MergeOptions) {
    const header = mergeHeaders(readers.map((reader) => reader.header));
    this.header = header;
    this.#partitioner = options.partitioner;
    this.#sources = readers.map(
      (reader, index) => new MergeSource(reader, new ColumnMapping(reader.header, header), index),
    );
    this.#rowMerger = new RowMerger(header);
    this.#queue = new PlaceQueue(new ClusteringComparator(header.clusteringTypes));
    this.#purger = options.purge === undefined ? undefined : new Purger(options.purge);
  }

  get position(): number {
    return this.#present.reduce(
      (sum, source) => sum + source.reader.position - source.position,
      this.#settledPosition,
    );
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled(this.#sources.map(({ reader }) => reader.close()));
    const failed = closed.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async nextPartition(): Promise<PartitionHead | undefined> {
    for (;;) {
      await this.#advancePartitions();
      const order = this.#order as MergeSource[];
      const [first] = order;
      if (first === undefined) return undefined;
      this.#takePartition(order, first);
      const head = this.#mergeHeads(first);
      if (this.#purger === undefined || head.deletion !== undefined || head.staticRow !== undefined)
        return head;
      this.#ahead = await this.#merge();
      if (this.#ahead.length > 0) return head;
    }
  }

  nextBatch(): Promise<readonly Unfiltered[]> {
    const [only] = this.#present;
    if (this.#isTransparent && only !== undefined && this.#present.length === 1)
      return only.reader.nextBatch();
    if (this.#ahead.length > 0) {
      const batch = this.#ahead;
      this.#ahead = NOTHING;
      return Promise.resolve(batch);
    }
    return this.#merge();
  }

  /** Sources that were at the present partition go to their next one. */
  async #advancePartitions(): Promise<void> {
    if (this.#order === undefined) {
      this.#order = [];
      this.#present = [...this.#sources];
    }
    for (const source of this.#present) {
      const head = await source.reader.nextPartition();
      this.#settledPosition += source.reader.position - source.position;
      source.position = source.reader.position;
      source.head = head;
      if (head === undefined) continue;
      source.token = this.#partitioner.tokenOf(head.key);
      this.#insertPartition(this.#order, source);
    }
    this.#present = [];
    this.#ahead = NOTHING;
  }

  #comparePartitions(a: MergeSource, b: MergeSource): number {
    return (
      this.#partitioner.compare(a.token as never, b.token as never) ||
      Buffer.compare((a.head as PartitionHead).key, (b.head as PartitionHead).key)
    );
  }

  /** By halving: in a merge of many that do not overlap, the one that has moved on is in front again, or far behind. */
  #insertPartition(order: MergeSource[], source: MergeSource): void {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = order[middle] as MergeSource;
      const compared = this.#comparePartitions(source, other) || source.index - other.index;
      if (compared < 0) high = middle;
      else low = middle + 1;
    }
    if (low === 0) order.unshift(source);
    else order.splice(low, 0, source);
  }

  /** The sources whose partition is the first one. */
  #takePartition(order: MergeSource[], first: MergeSource): void {
    let count = 1;
    for (; count < order.length; count++)
      if (this.#comparePartitions(first, order[count] as MergeSource) !== 0) break;
    this.#present = order.splice(0, count);
    this.#queue.clear();
    this.#dry.length = 0;
    for (let i = 0; i < count; i++) {
      const source = this.#present[i] as MergeSource;
      source.begin(i);
      this.#dry.push(source);
    }
  }

  #mergeHeads(first: MergeSource): PartitionHead {
    const { key } = first.head as PartitionHead;
    let deletion: DeletionTime | undefined;
    const statics = this.#rows;
    let count = 0;
    for (const { head, mapping } of this.#present) {
      if (deletionSupersedes(head?.deletion, deletion)) deletion = head?.deletion;
      if (head?.staticRow === undefined) continue;
      statics[count] = mapping.apply(head.staticRow);
      count += 1;
    }
    const staticRow = count === 0 ? undefined : this.#rowMerger.merge(statics, count, deletion);
    this.#partitionDeletion = deletion;
    // without clustering columns there are no ranges
    this.#isTransparent =
      deletion === undefined &&
      this.#purger === undefined &&
      this.header.clusteringTypes.length === 0 &&
      (this.#present[0] as MergeSource).mapping.isIdentity;
    this.#markers.begin(this.#present.length, deletion);
    const purger = this.#purger;
    purger?.startPartition(key);
    return {
      key,
      deletion: purger === undefined ? deletion : purger.deletion(deletion),
      staticRow:
        purger === undefined || staticRow === undefined ? staticRow : purger.row(staticRow),
      position: this.position,
      headerLength: 0,
    };
  }

  async #merge(): Promise<readonly Unfiltered[]> {
    const [only] = this.#present;
    if (only !== undefined && this.#present.length === 1 && this.#partitionDeletion === undefined)
      return this.#passOn(only);
    for (;;) {
      for (const source of this.#dry) {
        await source.refill();
        if (!source.isAtEnd) this.#queue.insert(source);
      }
      this.#dry.length = 0;
      if (this.#queue.isEmpty) return NOTHING;
      const batch = this.#mergePlaces();
      if (batch.length > 0) return batch;
    }
  }

  /** A partition of one source, whose rows are covered by nothing but its own ranges. */
  async #passOn(source: MergeSource): Promise<readonly Unfiltered[]> {
    for (;;) {
      const batch = await source.reader.nextBatch();
      if (batch.length === 0) return NOTHING;
      const isPlain = !this.#markers.isOpen && !hasMarker(batch);
      if (isPlain && source.mapping.isIdentity && this.#purger === undefined) return batch;
      const merged: Unfiltered[] = [];
      for (let i = 0; i < batch.length; i++) {
        const next = batch[i] as Unfiltered;
        if (next.kind === 'marker') {
          this.#markers.add(0, next);
          this.#emit(this.#markers.merge(next), merged);
        } else {
          this.#rows[0] = source.mapping.isIdentity ? next : source.mapping.apply(next);
          this.#emit(this.#rowMerger.merge(this.#rows, 1, this.#markers.active), merged);
        }
      }
      if (merged.length > 0) return merged;
    }
  }

  /** Place by place, until a batch is full or a source needs another one: what was handed out stands until then. */
  #mergePlaces(): Unfiltered[] {
    const batch: Unfiltered[] = [];
    const taken = this.#taken;
    while (this.#dry.length === 0 && !this.#queue.isEmpty && batch.length < BATCH_MAX) {
      const count = this.#queue.takeFirst(taken);
      const first = (taken[0] as MergeSource).current as Unfiltered;
      this.#emit(
        first.kind === 'row'
          ? this.#mergeRows(taken, count, first)
          : this.#mergeMarkers(taken, count, first),
        batch,
      );
      for (let i = 0; i < count; i++) {
        const source = taken[i] as MergeSource;
        source.advance();
        if (source.current === undefined) this.#dry.push(source);
        else this.#queue.insert(source);
      }
    }
    return batch;
  }

  #mergeRows(taken: readonly MergeSource[], count: number, first: Row): Row | undefined {
    const { active } = this.#markers;
    // most rows are in one source only, and nothing covers them
    if (count === 1 && active === undefined) return first;
    const rows = this.#rows;
    for (let i = 0; i < count; i++) rows[i] = (taken[i] as MergeSource).current as Row;
    return this.#rowMerger.merge(rows, count, active);
  }

  #mergeMarkers(taken: readonly MergeSource[], count: number, first: Marker): Marker | undefined {
    for (let i = 0; i < count; i++) {
      const { slot, current } = taken[i] as MergeSource;
      this.#markers.add(slot, current as Marker);
    }
    return this.#markers.merge(first);
  }

  #emit(unfiltered: Unfiltered | undefined, batch: Unfiltered[]): void {
    if (unfiltered === undefined) return;
    const purger = this.#purger;
    const left =
      purger === undefined
        ? unfiltered
        : unfiltered.kind === 'row'
          ? purger.row(unfiltered)
          : purger.marker(unfiltered);
    if (left !== undefined) batch.push(left);
  }
}
