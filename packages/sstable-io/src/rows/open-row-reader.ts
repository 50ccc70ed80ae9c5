// Data plane. The row reader of versions ma to da, over any forward source of bytes (spec: sstable-data §4). Called by the open SSTable, by
// verification and by whoever receives sections. Decodes what is in its window without waiting; waits once for each window.
import { NeedMoreBytes } from '@scamander/bytes';
import { contains, normalize, type Partitioner, type TokenRange } from '@scamander/ring';
import type { VersionFeatures } from '../components/version.ts';
import { SSTableError } from '../errors.ts';
import { ROW_BATCH_MAX } from '../limits.ts';
import { KeyOrder } from '../verify/key-order.ts';
import type { DeletionTime, PartitionHead, Unfiltered } from './model.ts';
import { HeadDecoder } from './partition-head.ts';
import { PartitionOrder } from './partition-order.ts';
import { rowError } from './row-error.ts';
import type { RowHeader } from './row-header.ts';
import type { RowReader } from './row-reader.ts';
import type { RowSource } from './row-source.ts';
import { RowWindow, type RowWindowOptions } from './row-window.ts';
import { UnfilteredDecoder } from './unfiltered-decoder.ts';

/** How rows are read. */
export interface RowReaderOptions extends RowWindowOptions {
  /**
   * Refuse what no release writes: rows, markers, keys and cells out of order, wrong sizes, times and flags that contradict each other.
   * Otherwise only bytes that can't be understood are refused. @default true
   */
  readonly strict?: boolean | undefined;
  /** Whose order the keys must have; without it their order is not checked. Needed for `ranges`. */
  readonly partitioner?: Partitioner | undefined;
  /** Partitions of other tokens are passed over. */
  readonly ranges?: readonly TokenRange[] | undefined;
  /** Uncompressed bytes that are decoded without waiting. @default ROW_WINDOW_BYTES */
  readonly windowBytes?: number | undefined;
}

const NO_ROWS: readonly Unfiltered[] = [];

/** See {@link openRowReader}. */
export class DataRowReader implements RowReader {
  readonly header: RowHeader;
  readonly #window: RowWindow;
  readonly #heads: HeadDecoder;
  readonly #decoder: UnfilteredDecoder;
  readonly #order: PartitionOrder | undefined;
  readonly #keys: KeyOrder | undefined;
  readonly #options: RowReaderOptions;
  readonly #ranges: readonly TokenRange[] | undefined;
  #isWithin = false;
  /** Of a single run, the partition has been handed out. */
  #isRunUsed = false;
  #failure: unknown;
  /** Where the row or marker before the next one begins, −1 where that is not known. */
  #previousStart = -1;
  #starts: number[] = [];

  constructor(
    source: RowSource,
    header: RowHeader,
    features: Pick<VersionFeatures, 'hasUIntDeletionTime'>,
    options: RowReaderOptions,
  ) {
    const isStrict = options.strict ?? true;
    const { hasUIntDeletionTime } = features;
    const { partitioner, ranges } = options;
    this.header = header;
    this.#options = options;
    this.#window = new RowWindow(source, options.windowBytes, options);
    this.#decoder = new UnfilteredDecoder(header, { hasUIntDeletionTime, isStrict });
    this.#heads = new HeadDecoder(header, this.#decoder, { hasUIntDeletionTime, isStrict });
    this.#order = isStrict ? new PartitionOrder(header) : undefined;
    this.#keys = isStrict && partitioner !== undefined ? new KeyOrder(partitioner) : undefined;
    if (ranges !== undefined && partitioner === undefined) {
      throw new RangeError('ranges need the partitioner that they are of');
    }
    this.#ranges =
      ranges === undefined || partitioner === undefined
        ? undefined
        : normalize(partitioner, ranges);
  }

  get position(): number {
    return this.#window.position;
  }

  get batchStarts(): ArrayLike<number> {
    return this.#starts;
  }

  /** Partition deletions of a negative timestamp, which nodes of 5.0 write in `oa` and `da` and then refuse to read (spec §4.2). */
  get negativeDeletions(): number {
    return this.#heads.negativeDeletions;
  }

  /** Range deletion that is open behind what was handed out; only of a strict reader. */
  get openDeletion(): DeletionTime | undefined {
    return this.#order?.open;
  }

  nextPartition(): Promise<PartitionHead | undefined> {
    if (this.#failure !== undefined) return this.#rejected();
    if (!this.#isWithin && !this.#isRunUsed) {
      const head = this.#tryHead();
      if (this.#failure !== undefined) return this.#rejected();
      if (head !== undefined && this.#isWanted(head.key)) return Promise.resolve(head);
    }
    return this.#findPartition();
  }

  nextBatch(): Promise<readonly Unfiltered[]> {
    if (this.#failure !== undefined) return this.#rejected();
    if (!this.#isWithin) return Promise.resolve(NO_ROWS);
    const batch = this.#decodeBatch();
    if (batch.length > 0 || !this.#isWithin) return Promise.resolve(batch);
    return this.#failure === undefined ? this.#waitForBatch() : this.#rejected();
  }

  /**
   * Goes on within the present partition, at a row or marker that begins at this position; `open` is the range deletion that is open
   * there. Only of sources that can seek.
   */
  enterAt(position: number, open: DeletionTime | undefined): void {
    this.#window.seek(position);
    this.#order?.begin(open);
    this.#previousStart = -1;
    this.#isWithin = true;
  }

  async close(): Promise<void> {
    this.#isWithin = false;
    this.#failure ??= new SSTableError({
      code: 'SCM_SSTABLE_IO',
      file: this.#window.source.path,
      reason: 'the row reader is closed',
    });
    await this.#window.source.close();
  }

  #rejected(): Promise<never> {
    return Promise.reject(this.#failure);
  }

  /** Where the window is filled again: everything that was handed out before loses its bytes. */
  async #more(): Promise<void> {
    this.#order?.keep();
    await this.#window.more();
  }

  /** The head at the window's position; undefined when it is not all there, or wrong: then `#failure` says how. */
  #tryHead(): PartitionHead | undefined {
    const { reader, base } = this.#window;
    const start = reader.position;
    if (reader.remaining === 0) return undefined;
    try {
      const head = this.#heads.read(reader, base);
      this.#keys?.next(head.key, this.#window.source.path, base + start);
      this.#order?.begin(undefined);
      this.#previousStart = base + start;
      this.#isWithin = true;
      this.#isRunUsed = this.#window.isSingle;
      return head;
    } catch (error) {
      this.#recover(error, start);
      return undefined;
    }
  }

  /** What ends too early is asked for again; anything else is the end of this reader. */
  #recover(error: unknown, start: number): void {
    this.#window.reader.position = start;
    if (error instanceof NeedMoreBytes && this.#window.position < this.#window.end) return;
    this.#failure = rowError(error, this.#window);
  }

  async #findPartition(): Promise<PartitionHead | undefined> {
    try {
      for (;;) {
        if (this.#isRunUsed) {
          if (!this.#nextRun()) return undefined;
        } else if (this.#isWithin) await this.#passOver();
        const head = await this.#waitForHead();
        if (head === undefined || this.#isWanted(head.key)) return head;
      }
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  #nextRun(): boolean {
    this.#isRunUsed = false;
    this.#isWithin = false;
    return this.#window.nextRun();
  }

  async #waitForHead(): Promise<PartitionHead | undefined> {
    const window = this.#window;
    while (window.reader.remaining === 0) {
      if (await window.tryMore()) break;
      window.requireEnd();
      if (!this.#nextRun()) return undefined;
    }
    for (;;) {
      const head = this.#tryHead();
      if (head !== undefined) return head;
      if (this.#failure !== undefined) throw this.#failure;
      await this.#more();
    }
  }

  #isWanted(key: Uint8Array): boolean {
    const { partitioner } = this.#options;
    if (this.#ranges === undefined || partitioner === undefined) return true;
    const token = partitioner.tokenOf(key);
    return this.#ranges.some((range) => contains(partitioner, range, token));
  }

  /** What is in the window of the partition. On an error what came before it is handed out first. */
  #decodeBatch(): Unfiltered[] {
    const { reader, base } = this.#window;
    const order = this.#order;
    const batch: Unfiltered[] = [];
    const starts: number[] = [];
    let start = reader.position;
    try {
      while (batch.length < ROW_BATCH_MAX) {
        start = reader.position;
        const at = base + start;
        const unfiltered = this.#decoder.next(
          reader,
          this.#previousStart < 0 ? -1 : at - this.#previousStart,
        );
        if (unfiltered === undefined) {
          order?.end(start);
          this.#isWithin = false;
          break;
        }
        order?.next(unfiltered, start);
        this.#previousStart = at;
        batch.push(unfiltered);
        starts.push(at);
      }
    } catch (error) {
      this.#recover(error, start);
    }
    this.#starts = starts;
    return batch;
  }

  async #waitForBatch(): Promise<readonly Unfiltered[]> {
    try {
      for (;;) {
        await this.#more();
        const batch = this.#decodeBatch();
        if (batch.length > 0 || !this.#isWithin) return batch;
        if (this.#failure !== undefined) throw this.#failure;
      }
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  /** By the sizes of rows, without looking into them. */
  async #passOver(): Promise<void> {
    const window = this.#window;
    for (;;) {
      const start = window.reader.position;
      let body: number;
      try {
        body = this.#decoder.skipHead(window.reader);
      } catch (error) {
        this.#recover(error, start);
        if (this.#failure !== undefined) throw this.#failure;
        await this.#more();
        continue;
      }
      if (body < 0) break;
      if (body <= window.reader.remaining) window.reader.skip(body);
      else await window.skip(body);
    }
    this.#isWithin = false;
  }
}

/**
 * Reads the rows of Data.db of a version from `ma` to `da`. `header` says with which columns (`rowHeaderOf` of the SSTable's own header).
 * Rejects with `SCM_SSTABLE_CORRUPT` or `_TOO_LONG`, which name the uncompressed byte and the partition, with what the source rejects
 * with, and with the reason of an aborted signal; rows before the wrong one are handed out first. After that it only rejects.
 */
export const openRowReader = (
  source: RowSource,
  header: RowHeader,
  features: Pick<VersionFeatures, 'hasUIntDeletionTime'>,
  options: RowReaderOptions = {},
): DataRowReader => new DataRowReader(source, header, features, options);
