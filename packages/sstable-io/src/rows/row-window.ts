// Data plane. A window over the bytes of a row source, recycled: what is left is moved to its front before it is filled again. Called by the
// row reader. Grows for a row that does not fit, up to a limit, as its bytes come.
import { ByteReader } from '@scamander/bytes';
import { corrupt, tooLong } from '../io/decoding.ts';
import { ROW_BYTES_MAX, ROW_WINDOW_BYTES } from '../limits.ts';
import type { RowSource } from './row-source.ts';

const SMALLEST_WINDOW_BYTES = 64;

/** How bytes are taken. */
export interface RowWindowOptions {
  /** Aborted, no more bytes are asked for: the window rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Uncompressed bytes taken so far, of how many where that is known. */
  readonly progress?: ((bytes: number, totalBytes: number | undefined) => void) | undefined;
}

/** Views of the reader's bytes stand until `more()`, `skip()` or `nextRun()`. */
export class RowWindow {
  reader: ByteReader;
  readonly source: RowSource;
  /** Bytes taken from the source so far. */
  bytesRead = 0;
  readonly #usual: Uint8Array;
  #buffer: Uint8Array;
  #filled = 0;
  #isRunDone = true;
  /** Uncompressed position of the reader's index 0. */
  base = 0;
  /** Only the first partition of the run is wanted. */
  isSingle = false;
  #end: number | undefined;

  readonly #options: RowWindowOptions;

  constructor(source: RowSource, windowBytes = ROW_WINDOW_BYTES, options: RowWindowOptions = {}) {
    this.source = source;
    this.#options = options;
    // a little more than there is, so that a row at the end does not look as if it filled the window
    const needed = (source.totalBytes ?? windowBytes) + SMALLEST_WINDOW_BYTES;
    this.#usual = new Uint8Array(Math.min(windowBytes, needed));
    this.#buffer = this.#usual;
    this.reader = new ByteReader(this.#buffer, 0, 0);
  }

  /** In uncompressed bytes. */
  get position(): number {
    return this.base + this.reader.position;
  }

  /** Behind the last byte of the run, as far as that is known. */
  get end(): number {
    return this.#end ?? (this.#isRunDone ? this.base + this.#filled : Number.POSITIVE_INFINITY);
  }

  /** Begins the next run, when the present one is used up; false behind the last one. */
  nextRun(): boolean {
    const run = this.source.nextRun();
    this.#filled = 0;
    this.reader = new ByteReader(this.#buffer, 0, 0);
    this.#isRunDone = run === undefined;
    if (run === undefined) return false;
    this.base = run.position;
    this.#end = run.end;
    this.isSingle = run.isSingle ?? false;
    return true;
  }

  /** Goes on at another place of the run; its source must be able to. */
  seek(position: number): void {
    const index = position - this.base;
    if (index >= 0 && index <= this.#filled) {
      this.reader.position = index;
      return;
    }
    if (this.source.seek === undefined) throw new RangeError('this source only goes forward');
    this.source.seek(position);
    this.#filled = 0;
    this.#isRunDone = false;
    this.base = position;
    this.reader = new ByteReader(this.#buffer, 0, 0);
  }

  /** Takes bytes behind those that are left; false at the end of the run. */
  async tryMore(): Promise<boolean> {
    if (this.#isRunDone) return false;
    this.#options.signal?.throwIfAborted();
    this.#makeRoom();
    const room = this.#buffer.length - this.#filled;
    const count = await this.source.read(this.#buffer, this.#filled, room);
    this.#isRunDone = count === 0;
    this.#filled += count;
    this.bytesRead += count;
    this.#options.progress?.(this.bytesRead, this.source.totalBytes);
    this.reader = new ByteReader(this.#buffer, 0, this.#filled);
    return count > 0;
  }

  /** The same, where the run must not end. */
  async more(): Promise<void> {
    if (!(await this.tryMore())) throw this.#tooShort('a whole partition');
  }

  /** After the last byte: it must be where the run was said to end. */
  requireEnd(): void {
    const isShort = this.#end !== undefined && !this.isSingle && this.position < this.#end;
    if (isShort) throw this.#tooShort(`all bytes up to ${this.#end}`);
  }

  #tooShort(expected: string) {
    const at = this.base + this.#filled;
    const found = `the end of the data at uncompressed byte ${at}`;
    return corrupt(this.source.path, undefined, found, expected);
  }

  /** Moves what is left to the front of a buffer with room behind it. */
  #makeRoom(): void {
    const { position, remaining } = this.reader;
    const left = this.#buffer.subarray(position, position + remaining);
    this.base += position;
    this.#filled = remaining;
    if (remaining <= this.#usual.length / 2) {
      this.#usual.set(left);
      this.#buffer = this.#usual;
    } else if (remaining <= this.#buffer.length / 2) {
      this.#buffer.copyWithin(0, position, position + remaining);
    } else {
      this.#grow(left);
    }
  }

  #grow(left: Uint8Array): void {
    if (left.length >= ROW_BYTES_MAX) {
      throw tooLong(this.source.path, undefined, 'a row', left.length + 1, ROW_BYTES_MAX);
    }
    const longer = new Uint8Array(Math.min(left.length * 2 + 64, ROW_BYTES_MAX));
    longer.set(left);
    this.#buffer = longer;
  }

  /** Passes over bytes of the run. */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > this.reader.remaining) {
      left -= this.reader.remaining;
      this.reader.skip(this.reader.remaining);
      await this.more();
    }
    this.reader.skip(left);
  }
}
