// Data plane. A file open for positioned reads of exact lengths. Called by page caches, scanners and the Data.db reader.
// Holds one descriptor until close(); never more bytes than its caller's buffer.
import { type FileHandle, open } from 'node:fs/promises';
import { asFileError, corrupt } from './decoding.ts';

/** Positioned reads. Every failure is an SSTableError that names the file. */
export class ReadableFile {
  readonly path: string;
  readonly lengthBytes: number;
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;

  private constructor(path: string, lengthBytes: number, handle: FileHandle) {
    this.path = path;
    this.lengthBytes = lengthBytes;
    this.#handle = handle;
  }

  /** Opens for reading; rejects with `SCM_SSTABLE_NOT_FOUND` or `SCM_SSTABLE_IO`. */
  static async open(path: string): Promise<ReadableFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const { size } = await handle.stat();
      return new ReadableFile(path, size, handle);
    } catch (error) {
      await handle?.close();
      throw asFileError(error, path);
    }
  }

  /** Fills `target[0, length)` from `position`; a file that ends before is corrupt. */
  async read(target: Uint8Array, position: number, length: number): Promise<void> {
    let done = 0;
    while (done < length) {
      const count = await this.#readOnce(target, done, length - done, position + done);
      if (count === 0) {
        throw corrupt(
          this.path,
          position + done,
          'the end of the file',
          `${length - done} bytes more`,
        );
      }
      done += count;
    }
  }

  async #readOnce(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(target, offset, length, position);
      return bytesRead;
    } catch (error) {
      throw asFileError(error, this.path);
    }
  }

  /** Closes the descriptor, once. */
  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }
}
