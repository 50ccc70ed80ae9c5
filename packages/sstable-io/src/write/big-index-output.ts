// Data plane. Index.db with its blocks of rows, and Summary.db (spec: sstable-index-and-stats §4, §5; BigTableWriter's IndexWriter,
// ColumnIndex, IndexInfo.Serializer). Called by the SSTable writer. Holds the blocks of one partition, some 30 bytes for each 64 KiB of rows.
import { join } from 'node:path';
import { ByteWriter } from '@scamander/bytes';
import { valueLengthIfFixed } from '@scamander/cql-types';
import { type ClusteringPlace, placeOf, ROW_KIND } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { writeClustering } from './clustering.ts';
import type { DeletionTimeOverflow } from './deletion-bounds.ts';
import { canStandInIndex, writeDeletionTime } from './deletion-time.ts';
import type { IndexedPartition, IndexOutput } from './index-output.ts';
import { OutputFile } from './output-file.ts';
import { SummaryBuilder } from './summary-builder.ts';

/** Subtracted from the width of each block, whatever the size of blocks is (IndexInfo.Serializer.WIDTH_BASE). */
const WIDTH_BASE = 65_536;
/** Entries are handed to the file in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;

/** What Index.db depends on. */
export interface BigIndexOptions {
  readonly directory: string;
  readonly header: RowHeader;
  readonly hasUIntDeletionTime: boolean;
  readonly deletionTimeOverflow: DeletionTimeOverflow;
  /** `column_index_size`: a block ends behind the row that reaches it. */
  readonly columnIndexBytes: number;
  readonly minIndexInterval: number;
}

/** Cuts partitions into blocks and writes one entry for each. */
export class BigIndexOutput implements IndexOutput {
  readonly #options: BigIndexOptions;
  readonly #file: OutputFile;
  readonly #clusteringLengths: readonly number[];
  readonly #summary: SummaryBuilder;
  readonly #entry = new ByteWriter(PIECE_BYTES * 2);
  readonly #body = new ByteWriter(256);
  #infos = new ByteWriter(1024);
  #infoStarts: number[] = [];
  #partition: IndexedPartition | undefined;
  #blockStart = -1;
  #openDeletion: DeletionTime | undefined;

  private constructor(options: BigIndexOptions, file: OutputFile) {
    this.#options = options;
    this.#file = file;
    this.#clusteringLengths = options.header.clusteringTypes.map(
      (type) => valueLengthIfFixed(type) ?? -1,
    );
    this.#summary = new SummaryBuilder(options.minIndexInterval);
  }

  /** Makes Index.db in the folder. */
  static async create(options: BigIndexOptions): Promise<BigIndexOutput> {
    return new BigIndexOutput(
      options,
      await OutputFile.create(join(options.directory, 'Index.db')),
    );
  }

  get pressure(): Promise<void> | undefined {
    return this.#file.pressure;
  }

  startPartition(partition: IndexedPartition): void {
    this.#partition = partition;
    this.#infos.reset();
    this.#infoStarts.length = 0;
    this.#blockStart = -1;
    this.#openDeletion = undefined;
  }

  add(
    unfiltered: Unfiltered,
    start: number,
    end: number,
    openDeletion: DeletionTime | undefined,
  ): void {
    this.#openDeletion = openDeletion;
    if (this.#blockStart < 0) {
      this.#blockStart = start;
      this.#infoStarts.push(this.#infos.length);
      this.#prefix(placeOf(unfiltered));
    }
    if (
      end - this.#blockStart >= this.#options.columnIndexBytes &&
      canStandInIndex(openDeletion, this.#options.hasUIntDeletionTime)
    )
      this.#endBlock(placeOf(unfiltered), end);
  }

  endPartition(last: ClusteringPlace | undefined, lengthBytes: number): void {
    const { key, position } = this.#partition as IndexedPartition;
    // "the last, unfinished block (if any) is closed" behind the end-of-partition byte; with one block there is no index
    if (this.#infoStarts.length > 1 && this.#blockStart >= 0 && last !== undefined)
      this.#endBlock(last, lengthBytes);
    const entry = this.#entry;
    this.#summary.add(key, this.#file.lengthBytes + entry.length);
    entry.bytes16(key);
    entry.uvint(position);
    if (this.#infoStarts.length > 1) this.#promotedIndex();
    else entry.u8(0);
    if (entry.length >= PIECE_BYTES) this.#passOn();
  }

  async finish(): Promise<readonly string[]> {
    this.#passOn();
    await this.#file.finish();
    const summary = await OutputFile.create(join(this.#options.directory, 'Summary.db'));
    try {
      summary.append(this.#summary.toBytes());
      await summary.finish();
    } finally {
      await summary.abort();
    }
    return ['Index.db', 'Summary.db'];
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }

  #passOn(): void {
    this.#file.append(this.#entry.toBytes());
    this.#entry.reset();
  }

  #endBlock(last: ClusteringPlace, end: number): void {
    const infos = this.#infos;
    this.#prefix(last);
    infos.uvint(this.#blockStart);
    infos.svint(end - this.#blockStart - WIDTH_BASE);
    infos.bool(this.#openDeletion !== undefined);
    if (this.#openDeletion !== undefined) this.#deletion(infos, this.#openDeletion);
    this.#blockStart = -1;
  }

  /** "prefix(types) (used in IndexInfo): u8 kind; if kind = CLUSTERING: values; else: u16 n, then values(n)" */
  #prefix({ kind, values }: ClusteringPlace): void {
    this.#infos.u8(kind);
    if (kind !== ROW_KIND) this.#infos.u16(values.length);
    writeClustering(this.#infos, values, this.#clusteringLengths);
  }

  /** Everything of an entry behind its position. */
  #promotedIndex(): void {
    const { headerLength, deletion } = this.#partition as IndexedPartition;
    const body = this.#body;
    body.reset();
    body.uvint(headerLength);
    this.#deletion(body, deletion);
    body.uvint(this.#infoStarts.length);
    const entry = this.#entry;
    entry.uvint(body.length + this.#infos.length + 4 * this.#infoStarts.length);
    entry.bytes(body.toBytes());
    entry.bytes(this.#infos.toBytes());
    for (const start of this.#infoStarts) entry.i32(start);
    if (this.#infos.length > PIECE_BYTES) {
      this.#infos = new ByteWriter(1024);
      this.#infoStarts = [];
    }
  }

  #deletion(writer: ByteWriter, deletion: DeletionTime | undefined): void {
    const { hasUIntDeletionTime, deletionTimeOverflow } = this.#options;
    writeDeletionTime(writer, deletion, hasUIntDeletionTime, deletionTimeOverflow);
  }
}
