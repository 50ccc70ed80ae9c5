// Data plane. Goes forward through uncompressed Data.db and gives a reader over the bytes ahead. Called by the partition walk of verification.
// Loads every chunk on its way, also those that are only passed over, so that each chunk's CRC is checked.
import { ByteReader } from '@scamander/bytes';
import { ROW_HEAD_BYTES_MAX } from '../limits.ts';
import type { DataReader } from './data-reader.ts';
import { corrupt, tooLong } from './decoding.ts';

/** The reader stands on a window of whole chunks; `more()` and `skip()` replace it. */
export class DataCursor {
  reader = new ByteReader(new Uint8Array(0));
  readonly #data: DataReader;
  readonly #onChunk: (bytes: number) => void;
  /** Position in Data.db of the reader's index 0. */
  #base = 0;
  #nextChunk = 0;

  constructor(data: DataReader, onChunk: (bytes: number) => void) {
    this.#data = data;
    this.#onChunk = onChunk;
  }

  get path(): string {
    return this.#data.path;
  }

  /** Position in uncompressed Data.db. */
  get position(): number {
    return this.#base + this.reader.position;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#data.dataLengthBytes;
  }

  async #chunk(): Promise<Uint8Array> {
    const chunk = await this.#data.chunk(this.#nextChunk);
    this.#nextChunk += 1;
    this.#onChunk(chunk.length);
    return chunk;
  }

  /** Appends the next chunk to what is left of the window; rejects when the data ends. */
  async more(): Promise<void> {
    const { reader } = this;
    const left = reader.bytes(reader.remaining);
    const end = this.position;
    if (end >= this.#data.dataLengthBytes) {
      throw corrupt(this.path, undefined, `the end of the data at ${end}`, 'a whole partition');
    }
    if (left.length > ROW_HEAD_BYTES_MAX) {
      throw tooLong(this.path, undefined, 'head of a row', left.length, ROW_HEAD_BYTES_MAX);
    }
    const chunk = await this.#chunk();
    this.#base = end - left.length;
    if (left.length === 0) {
      this.reader = new ByteReader(chunk);
      return;
    }
    const window = new Uint8Array(left.length + chunk.length);
    window.set(left);
    window.set(chunk, left.length);
    this.reader = new ByteReader(window);
  }

  /** Passes over `count` bytes. */
  async skip(count: number): Promise<void> {
    let rest = count - this.reader.remaining;
    if (rest <= 0) {
      this.reader.skip(count);
      return;
    }
    if (this.position + count > this.#data.dataLengthBytes) {
      throw corrupt(
        this.path,
        undefined,
        `the end of the data at ${this.#data.dataLengthBytes}`,
        `${count} bytes at ${this.position}`,
      );
    }
    this.#base = this.position + this.reader.remaining;
    let chunk: Uint8Array = new Uint8Array(0);
    while (rest > 0) {
      chunk = await this.#chunk();
      if (rest < chunk.length) break;
      rest -= chunk.length;
      this.#base += chunk.length;
      chunk = new Uint8Array(0);
    }
    this.reader = new ByteReader(chunk);
    this.reader.skip(rest);
  }

  /** Loads what follows the data: a surplus chunk. */
  async finish(chunkCount: number): Promise<void> {
    while (this.#nextChunk < chunkCount) await this.#chunk();
  }
}
