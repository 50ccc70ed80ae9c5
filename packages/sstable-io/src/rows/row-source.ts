// Data plane. Where the bytes of rows come from: forward only, uncompressed, whole partitions. Implemented here for bytes that arrive in pieces
// and in data-row-source.ts for Data.db; called by the row reader.
import type { Section } from '../types.ts';

/** Partitions that adjoin each other. */
export interface RowRun {
  /** Where its first byte stands in the uncompressed data. */
  readonly position: number;
  /** Behind its last byte; undefined where that is known only when it comes. */
  readonly end: number | undefined;
  /** Only the first partition of it is wanted, and `end` is not its own. */
  readonly isSingle?: boolean;
}

/** Uncompressed bytes of whole partitions, front to back. One consumer. */
export interface RowSource {
  /** What errors name. */
  readonly path: string;
  /** Whether positions are those of the file itself: nothing is compressed, nothing cut. */
  readonly isPlain: boolean;
  /** Uncompressed bytes of all runs together, where that is known; for progress. */
  readonly totalBytes: number | undefined;
  /** Begins the next run; undefined behind the last one. The run before has been read to its end, unless it is a single one. */
  nextRun(): RowRun | undefined;
  /** Goes on at another place of the present run. Absent where that is not possible. */
  seek?(position: number): void;
  /** Puts at most `length` bytes at `target[offset]`; how many, 0 at the end of the run. Rejects with SSTableError. */
  read(target: Uint8Array, offset: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/** How pieces become runs. */
export interface PieceSourceOptions {
  /** What errors name, such as a file that is being received. */
  readonly path: string;
  /** The sections that the pieces hold, one behind the other. Without them all is one run from position 0 on. */
  readonly sections?: readonly Section[] | undefined;
}

/** Bytes that someone else brings in pieces of any length: from the wire, or whole partitions held in memory. */
export class PieceRowSource implements RowSource {
  readonly path: string;
  readonly isPlain = false;
  readonly totalBytes: number | undefined;
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #runs: RowRun[];
  #piece: Uint8Array = new Uint8Array(0);
  #used = 0;
  #left = 0;

  constructor(
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PieceSourceOptions,
  ) {
    this.path = options.path;
    this.#pieces =
      Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
    const { sections } = options;
    this.#runs =
      sections === undefined
        ? [{ position: 0, end: undefined }]
        : sections.map(({ lower, upper }) => ({ position: Number(lower), end: Number(upper) }));
    this.totalBytes =
      sections === undefined
        ? undefined
        : this.#runs.reduce((sum, { position, end }) => sum + (end ?? position) - position, 0);
  }

  nextRun(): RowRun | undefined {
    const run = this.#runs.shift();
    if (run !== undefined) {
      this.#left = run.end === undefined ? Number.POSITIVE_INFINITY : run.end - run.position;
    }
    return run;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.#used === this.#piece.length) {
      if (this.#left === 0) return 0;
      const next = await this.#pieces.next();
      if (next.done === true) return 0;
      this.#piece = next.value;
      this.#used = 0;
    }
    const count = Math.min(length, this.#piece.length - this.#used, this.#left);
    target.set(this.#piece.subarray(this.#used, this.#used + count), offset);
    this.#used += count;
    this.#left -= count;
    return count;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
