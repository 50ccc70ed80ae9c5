// Data plane. Partitions.db and Rows.db (spec: sstable-index-and-stats §4.2, §7.4, §7.5; BtiTableWriter's IndexWriter, BtiFormatPartitionWriter):
// cuts partitions into blocks of rows and hands them to the writers of the tries. Called by the SSTable writer.
import { join } from 'node:path';
import type { Partitioner } from '@scamander/ring';
import { PartitionIndexWriter } from '../bti/partition-index-writer.ts';
import { RowIndexWriter } from '../bti/row-index-writer.ts';
import { type ClusteringPlace, placeOf } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { canStandInIndex } from './deletion-time.ts';
import type { IndexedPartition, IndexOutput } from './index-output.ts';
import { KeptPlace } from './kept-place.ts';
import { OutputFile } from './output-file.ts';
import { unwritable } from './refusal.ts';

/** What the tries depend on. */
export interface BtiIndexOptions {
  readonly directory: string;
  readonly header: RowHeader;
  readonly partitioner: Partitioner;
  /** `column_index_size`: a block ends behind the row that reaches it. */
  readonly columnIndexBytes: number;
}

/** Writes both tries. */
export class BtiIndexOutput implements IndexOutput {
  readonly #columnIndexBytes: number;
  readonly #partitionsFile: OutputFile;
  readonly #rowsFile: OutputFile;
  readonly #partitions: PartitionIndexWriter;
  readonly #rows: RowIndexWriter;
  readonly #first = new KeptPlace();
  #partition: IndexedPartition | undefined;
  #blockStart = -1;
  /** Where the block begins, and behind the last unfiltered: tries store the former, Index.db the latter (pitfall P12). */
  #openAtStart: DeletionTime | undefined;
  #open: DeletionTime | undefined;

  private constructor(options: BtiIndexOptions, partitions: OutputFile, rows: OutputFile) {
    this.#columnIndexBytes = options.columnIndexBytes;
    this.#partitionsFile = partitions;
    this.#rowsFile = rows;
    this.#partitions = new PartitionIndexWriter(options.partitioner, partitions);
    this.#rows = new RowIndexWriter(options.header.clusteringTypes, rows);
  }

  /** Makes both files in the folder. Throws a `RangeError` for clustering types without an order in bytes. */
  static async create(options: BtiIndexOptions): Promise<BtiIndexOutput> {
    const { directory } = options;
    const partitions = await OutputFile.create(join(directory, 'Partitions.db'));
    let rows: OutputFile | undefined;
    try {
      rows = await OutputFile.create(join(directory, 'Rows.db'));
      return new BtiIndexOutput(options, partitions, rows);
    } catch (error) {
      await partitions.abort();
      await rows?.abort();
      throw error;
    }
  }

  get pressure(): Promise<void> | undefined {
    return this.#partitionsFile.pressure ?? this.#rowsFile.pressure;
  }

  startPartition(partition: IndexedPartition): void {
    this.#partition = partition;
    this.#blockStart = -1;
    this.#open = undefined;
  }

  add(
    unfiltered: Unfiltered,
    start: number,
    end: number,
    openDeletion: DeletionTime | undefined,
  ): void {
    if (this.#blockStart < 0) {
      this.#blockStart = start;
      this.#openAtStart = this.#open;
      this.#first.keep(unfiltered);
    }
    this.#open = openDeletion;
    if (end - this.#blockStart >= this.#columnIndexBytes && canStandInIndex(openDeletion, true))
      this.#endBlock(placeOf(unfiltered));
  }

  endPartition(last: ClusteringPlace | undefined, lengthBytes: number): void {
    const { key, position, deletion } = this.#partition as IndexedPartition;
    if (this.#blockStart >= 0 && this.#rows.blockCount > 0 && last !== undefined)
      this.#endBlock(last);
    const rowsPosition = this.#intoTrie(() =>
      this.#rows.endPartition({
        key,
        dataPosition: position,
        deletion,
        endOffset: lengthBytes - 1,
      }),
    );
    this.#partitions.add(
      key,
      rowsPosition === undefined ? { dataPosition: position } : { rowsPosition },
    );
  }

  async finish(): Promise<readonly string[]> {
    this.#partitions.finish();
    this.#rows.finish();
    await this.#partitionsFile.finish();
    await this.#rowsFile.finish();
    return ['Partitions.db', 'Rows.db'];
  }

  async abort(): Promise<void> {
    await this.#partitionsFile.abort();
    await this.#rowsFile.abort();
  }

  #endBlock(last: ClusteringPlace): void {
    this.#intoTrie(() =>
      this.#rows.addBlock({
        first: this.#first,
        last,
        offset: this.#blockStart,
        openDeletion: this.#openAtStart,
      }),
    );
    this.#blockStart = -1;
  }

  /**
   * A few values are ordered otherwise than their byte-comparable forms: NaNs whose bits differ, empty elements inside tuples and collections
   * beside nulls. Cassandra's own tries go astray over them; ours are not written.
   */
  #intoTrie<T>(put: () => T): T {
    try {
      return put();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw unwritable(
        this.#rowsFile.path,
        this.#partition?.key,
        'clustering values whose byte-comparable forms are not in their order (NaNs, or empty elements beside nulls); a BIG version can hold them',
      );
    }
  }
}
