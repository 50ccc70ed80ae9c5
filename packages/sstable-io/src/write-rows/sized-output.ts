// Data plane. Partitions into one SSTable after the other, each of about a given size; all of them appear together (SSTableRewriter, MaxSSTableSizeWriter).
// Called by the CQL writer.
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import type { SSTableFiles } from '../types.ts';
import { appear, type StagedSSTable } from '../write/appearance.ts';
import type { RowSink } from '../write/copy-rows.ts';
import { SSTableWriter } from '../write/sstable-writer.ts';
import type { SSTableWriterOptions } from '../write/writer-options.ts';

/** What the SSTables have in common, and their ids. */
export interface SizedOutputOptions extends Omit<SSTableWriterOptions, 'id'> {
  readonly nextId: () => string;
  /** Bytes of Data.db as stored; a partition is never divided. @default no limit */
  readonly sstableBytesMax?: number | undefined;
}

/** Takes partitions in order. */
export class SizedOutput implements RowSink {
  readonly #options: SizedOutputOptions;
  readonly #staged: StagedSSTable[] = [];
  readonly #ended: SSTableWriter[] = [];
  #writer: SSTableWriter | undefined;

  constructor(options: SizedOutputOptions) {
    this.#options = options;
  }

  startPartition(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): Promise<void> | undefined {
    const writer = this.#writer;
    const { sstableBytesMax = Number.POSITIVE_INFINITY } = this.#options;
    if (writer !== undefined && writer.storedBytes < sstableBytesMax)
      return writer.startPartition(key, deletion, staticRow);
    return this.#startNext(key, deletion, staticRow);
  }

  append(unfiltered: Unfiltered): Promise<void> | undefined {
    return this.#open().append(unfiltered);
  }

  endPartition(): Promise<void> | undefined {
    return this.#open().endPartition();
  }

  /** Completes the last SSTable and lets all of them appear; none when there were no partitions. */
  async finish(): Promise<readonly SSTableFiles[]> {
    await this.#end();
    return this.#staged.length === 0 ? [] : appear(this.#staged, this.#options);
  }

  /** Leaves nothing. */
  async abort(): Promise<void> {
    if (this.#writer !== undefined) this.#ended.push(this.#writer);
    this.#writer = undefined;
    for (const writer of this.#ended.splice(0)) await writer.abort();
  }

  #open(): SSTableWriter {
    if (this.#writer === undefined) throw new RangeError('rows before the first partition');
    return this.#writer;
  }

  async #end(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    if (writer.partitions === 0) {
      await writer.abort();
      return;
    }
    this.#ended.push(writer);
    this.#staged.push(await writer.stage());
  }

  async #startNext(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): Promise<void> {
    await this.#end();
    const { nextId, sstableBytesMax, ...options } = this.#options;
    void sstableBytesMax;
    this.#writer = await SSTableWriter.create({ ...options, id: nextId() });
    await this.#writer.startPartition(key, deletion, staticRow);
  }
}
