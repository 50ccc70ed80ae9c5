// Data plane. Partitions in order into one SSTable after the other, all of which appear together. Called by the compaction, the split and the
// upgrade. Holds one open writer.
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import type { SSTableFiles } from '../types.ts';
import { type AppearanceOptions, appear, type StagedSSTable } from '../write/appearance.ts';
import type { RowSink } from '../write/copy-rows.ts';
import { SSTableWriter } from '../write/sstable-writer.ts';
import type { SeriesOptions } from './rewrite-target.ts';

/** When an SSTable ends and the next one begins. */
export interface SeriesLimits {
  /** At the first partition behind so many stored bytes of Data.db. @default never */
  readonly sizeBytes?: number | undefined;
}

/** Writes SSTables; nothing of them is visible before {@link finish}. After an error only {@link abort} is left. */
export class SSTableSeries implements RowSink {
  readonly #options: SeriesOptions;
  readonly #nextId: () => string;
  readonly #sizeBytes: number;
  readonly #staged: StagedSSTable[] = [];
  /** All writers so far: those whose SSTable is staged remove it when the series is aborted. */
  readonly #writers: SSTableWriter[] = [];
  #writer: SSTableWriter | undefined;
  #partitions = 0;

  constructor(options: SeriesOptions, nextId: () => string, limits: SeriesLimits = {}) {
    this.#options = options;
    this.#nextId = nextId;
    this.#sizeBytes = limits.sizeBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Partitions of the SSTables that have ended. */
  get partitions(): number {
    return this.#partitions;
  }

  startPartition(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): Promise<void> | undefined {
    const writer = this.#writer;
    return writer === undefined || writer.storedBytes >= this.#sizeBytes
      ? this.#startNext(key, deletion, staticRow)
      : writer.startPartition(key, deletion, staticRow);
  }

  append(unfiltered: Unfiltered): Promise<void> | undefined {
    return this.#writer?.append(unfiltered);
  }

  endPartition(): Promise<void> | undefined {
    return this.#writer?.endPartition();
  }

  /** Ends the SSTable; the next partition begins another one. One without partitions is not made. */
  async next(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer === undefined) return;
    if (writer.partitions === 0) {
      await writer.abort();
      return;
    }
    this.#partitions += writer.partitions;
    this.#staged.push(await writer.stage());
  }

  /** Ends the last SSTable and lets all of them appear. */
  async finish(options: AppearanceOptions): Promise<readonly SSTableFiles[]> {
    await this.next();
    return this.#staged.length === 0 ? [] : await appear(this.#staged, options);
  }

  /** Leaves nothing, unless {@link finish} has succeeded. */
  async abort(): Promise<void> {
    for (const writer of this.#writers) await writer.abort();
  }

  async #startNext(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): Promise<void> {
    await this.next();
    const writer = await SSTableWriter.create({ ...this.#options, id: this.#nextId() });
    this.#writer = writer;
    this.#writers.push(writer);
    await writer.startPartition(key, deletion, staticRow);
  }
}
