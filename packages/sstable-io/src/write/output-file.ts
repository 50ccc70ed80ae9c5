// Data plane. A file that only grows, written in large pieces behind the back of who fills it. Called by everything that writes a component.
// Holds a few buffers; who appends without waiting for `pressure` makes it hold more.
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from '@scamander/bytes';
import { ioError } from '../directory/bounded-read.ts';
import { WRITE_BUFFER_BYTES } from '../limits.ts';

/** Full buffers that may wait before whoever appends is asked to wait. */
const WAITING_MAX = 2;

/** Appends bytes; the first failure of the file system ends it, and is what `pressure` and `finish` reject with. */
export class OutputFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #buffer = new Uint8Array(WRITE_BUFFER_BYTES);
  #filled = 0;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #written = 0;
  #queued = 0;
  #crc = 0;
  #pump: Promise<void> | undefined;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Makes a new file; one that is there is an error. Rejects with `SCM_SSTABLE_IO`. */
  static async create(path: string): Promise<OutputFile> {
    try {
      return new OutputFile(path, await open(path, 'wx'));
    } catch (cause) {
      throw ioError(path, cause);
    }
  }

  /** Bytes appended so far. */
  get lengthBytes(): number {
    return this.#queued + this.#filled;
  }

  /** CRC-32 of all bytes, once {@link finish} has resolved. */
  get crc(): number {
    return this.#crc;
  }

  /** Appends a copy of the bytes. */
  append(bytes: Uint8Array): void {
    let from = 0;
    while (bytes.length - from > this.#buffer.length - this.#filled) {
      const room = this.#buffer.length - this.#filled;
      this.#buffer.set(bytes.subarray(from, from + room), this.#filled);
      this.#filled += room;
      from += room;
      this.#passOn();
    }
    this.#buffer.set(from === 0 ? bytes : bytes.subarray(from), this.#filled);
    this.#filled += bytes.length - from;
  }

  /** To be waited for when it is there: buffers are waiting, or the file has failed. */
  get pressure(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#waiting.length >= WAITING_MAX ? this.#oneWritten() : undefined;
  }

  /** Writes the rest, waits until it is on the disk and closes the file. */
  async finish(): Promise<void> {
    if (this.#filled > 0) this.#passOn();
    await this.#drained();
    try {
      await this.#handle.sync();
    } catch (cause) {
      throw ioError(this.path, cause);
    }
    await this.#close();
  }

  /** Closes the file as it is. Never rejects; safe after a failure and after {@link finish}. */
  async abort(): Promise<void> {
    this.#failure ??= ioError(this.path, new Error('aborted'));
    await this.#pump;
    await this.#handle.close().catch(() => undefined);
  }

  async #oneWritten(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #drained(): Promise<void> {
    await this.#pump;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #close(): Promise<void> {
    try {
      await this.#handle.close();
    } catch (cause) {
      throw ioError(this.path, cause);
    }
  }

  /** Hands the buffer to the pump and takes an empty one. */
  #passOn(): void {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#queued += this.#filled;
    this.#crc = crc32(bytes, this.#crc);
    this.#filled = 0;
    this.#buffer = this.#spare ?? new Uint8Array(WRITE_BUFFER_BYTES);
    this.#spare = undefined;
    if (this.#failure !== undefined) return;
    this.#waiting.push(bytes);
    this.#pump ??= this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    try {
      for (let bytes = this.#waiting[0]; bytes !== undefined; bytes = this.#waiting[0]) {
        this.#writing = this.#write(bytes);
        await this.#writing;
        this.#waiting.shift();
        this.#spare = new Uint8Array(bytes.buffer);
        if (this.#failure !== undefined) this.#waiting.length = 0;
      }
    } finally {
      this.#pump = undefined;
    }
  }

  /** Never rejects: a failure is kept. */
  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const rest = bytes.length - done;
        const { bytesWritten } = await this.#handle.write(bytes, done, rest, this.#written);
        done += bytesWritten;
        this.#written += bytesWritten;
      }
    } catch (cause) {
      this.#failure ??= ioError(this.path, cause);
    }
  }
}
