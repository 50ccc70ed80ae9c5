// Data plane. Rows and atoms of Data.db before `ma`, over any forward source of bytes (spec: sstable-old-formats §4, §4a, §6, from `jb` on without
// size and count; sstable-index-and-stats §4.4). Called by the open SSTable, the conversion to rows and verification. Knows no schema.
import { NeedMoreBytes } from '@scamander/bytes';
import type { Partitioner } from '@scamander/ring';
import { LEGACY_ATOM_BATCH_MAX, ROW_WINDOW_BYTES } from '../limits.ts';
import { rowError } from '../rows/row-error.ts';
import type { RowSource } from '../rows/row-source.ts';
import { RowWindow } from '../rows/row-window.ts';
import { KeyOrder } from '../verify/key-order.ts';
import type { LegacyAtom } from './atom.ts';
import type { LegacyRowLayout } from './features.ts';
import { type LegacyPartition, RowDecoder } from './row-decoder.ts';

/** How atoms are read. */
export interface LegacyAtomOptions {
  /** How rows stand. @default marked, as from 2.0 on */
  readonly layout?: LegacyRowLayout | undefined;
  /**
   * Columns are super columns, up to 1.2. They are handed out as 2.0 writes them: as cells whose names have two parts, behind a range tombstone
   * where the super column is deleted. @default false
   */
  readonly isSuper?: boolean | undefined;
  /** Whose order the keys must have; without it their order is not checked. */
  readonly partitioner?: Partitioner | undefined;
  /** Aborted, the reader rejects with its reason before it asks for more bytes. */
  readonly signal?: AbortSignal | undefined;
  /** Uncompressed bytes taken so far, of how many where that is known. */
  readonly progress?: ((bytes: number, totalBytes: number | undefined) => void) | undefined;
  /** @default ROW_WINDOW_BYTES */
  readonly windowBytes?: number | undefined;
}

const NO_ATOMS: readonly LegacyAtom[] = [];

/**
 * Partitions one after the other, each with its atoms in the order of the file. Rejects with `SCM_SSTABLE_CORRUPT` or `_TOO_LONG`, which name
 * the uncompressed byte, with what the source rejects with, and with the reason of an aborted signal; atoms before the wrong one are handed
 * out first. Bytes of atoms are views until the next batch.
 */
export class LegacyAtomReader {
  /** Where each atom of the present batch begins, in uncompressed bytes. Stands until the next batch. */
  batchStarts: readonly number[] = [];
  readonly #window: RowWindow;
  readonly #decoder: RowDecoder;
  readonly #keys: KeyOrder | undefined;
  #isWithin = false;
  #failure: unknown;

  constructor(source: RowSource, options: LegacyAtomOptions = {}) {
    const { partitioner, signal, progress, windowBytes } = options;
    this.#window = new RowWindow(source, windowBytes ?? ROW_WINDOW_BYTES, { signal, progress });
    this.#decoder = new RowDecoder(options.layout ?? 'marked', options.isSuper ?? false);
    this.#keys = partitioner === undefined ? undefined : new KeyOrder(partitioner);
  }

  /** What errors name. */
  get path(): string {
    return this.#window.source.path;
  }

  /** Behind what was handed out, in uncompressed bytes; after an empty batch the end of the partition. */
  get position(): number {
    return this.#window.position;
  }

  /** The next partition; what is left of the one before is read over. Undefined at the end. */
  async nextPartition(): Promise<LegacyPartition | undefined> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      while (this.#isWithin) await this.nextBatch();
      return await this.#waitForPartition();
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  /** Some more atoms of the present partition; none at its end. */
  async nextBatch(): Promise<readonly LegacyAtom[]> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      while (this.#isWithin) {
        const batch = this.#decodeBatch();
        if (batch.length > 0) return batch;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#isWithin) await this.#window.more();
      }
      return NO_ATOMS;
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isWithin = false;
    this.#failure ??= new Error('the atom reader is closed');
    await this.#window.source.close();
  }

  async #waitForPartition(): Promise<LegacyPartition | undefined> {
    const window = this.#window;
    while (window.reader.remaining === 0) {
      if (await window.tryMore()) break;
      if (!window.nextRun()) return undefined;
    }
    for (;;) {
      const start = window.reader.position;
      try {
        const partition = this.#decoder.partition(window.reader, window.base);
        this.#keys?.next(partition.key, this.path, partition.position);
        this.#isWithin = true;
        return partition;
      } catch (error) {
        this.#recover(error, start);
        if (this.#failure !== undefined) throw this.#failure;
        await window.more();
      }
    }
  }

  /** What ends too early is asked for again; anything else is the end of this reader. */
  #recover(error: unknown, start: number): void {
    this.#window.reader.position = start;
    if (error instanceof NeedMoreBytes && this.#window.position < this.#window.end) return;
    this.#failure = rowError(error, this.#window);
  }

  #decodeBatch(): readonly LegacyAtom[] {
    const { reader, base } = this.#window;
    const batch: LegacyAtom[] = [];
    const starts: number[] = [];
    let start = reader.position;
    try {
      while (batch.length < LEGACY_ATOM_BATCH_MAX) {
        start = reader.position;
        const atom = this.#decoder.atom(reader, base);
        if (atom === undefined) {
          this.#isWithin = false;
          break;
        }
        batch.push(atom);
        starts.push(base + start);
      }
    } catch (error) {
      this.#recover(error, start);
    }
    this.batchStarts = starts;
    return batch;
  }
}
