// Data plane. Walks Index.db entry by entry over one reused buffer (spec: sstable-index-and-stats §4.1, §4.4). Called for keys, sections and
// verification.
// Skips promoted indexes without reading them.
import { ByteReader, MalformedBytes, NeedMoreBytes } from '@scamander/bytes';
import { asSSTableError, corrupt } from '../io/decoding.ts';
import type { ReadableFile } from '../io/readable-file.ts';
import { SCAN_BUFFER_BYTES } from '../limits.ts';

/** A key with its length, and two variable-length integers. */
const ENTRY_HEADER_BYTES_MAX = 2 + 65_535 + 9 + 9;
const LOOKUP_BUFFER_BYTES = 16 * 1024;

/**
 * How an entry stores position and size: variable-length integers; an i64 and an i32 before `ma`; an i64 alone before `ia`, where rows hold their
 * own indexes.
 */
export type IndexEntryLayout = 'variable' | 'fixed' | 'bare';

/** One consumer at a time. After `next()` gave true the fields describe the entry, until the next call. */
export class IndexScanner {
  /** View of the buffer. */
  key: Uint8Array = new Uint8Array(0);
  /** In the uncompressed Data.db. */
  dataPosition = 0;
  /** Where the entry begins in Index.db. */
  entryOffset = 0;
  /** Where its promoted index begins, and its length; 0 when there is none. */
  promotedOffset = 0;
  promotedBytes = 0;

  readonly #file: ReadableFile;
  readonly #layout: IndexEntryLayout;
  #buffer: Uint8Array;
  #reader: ByteReader;
  /** File position of the buffer's first byte. */
  #base: number;
  #filled = 0;

  /** `lookup` takes a small buffer, for reading a few entries. */
  constructor(
    file: ReadableFile,
    start: number,
    use: 'scan' | 'lookup',
    layout: IndexEntryLayout = 'variable',
  ) {
    this.#file = file;
    this.#layout = layout;
    this.#base = start;
    const bufferBytes = use === 'scan' ? SCAN_BUFFER_BYTES : LOOKUP_BUFFER_BYTES;
    this.#buffer = new Uint8Array(Math.max(0, Math.min(bufferBytes, file.lengthBytes - start)));
    this.#reader = new ByteReader(this.#buffer, 0, 0);
  }

  /** The same where the buffer holds the next entry, without a promise; false where `next()` has to be asked. Throws SSTableError. */
  nextBuffered(): boolean {
    return this.#parse();
  }

  /** Moves to the next entry; false at the end of the file. Rejects with SSTableError. */
  async next(): Promise<boolean> {
    if (!this.#parse()) {
      if (!(await this.#refill())) return false;
      if (!this.#parse()) await this.#widen();
    }
    return true;
  }

  /** Reads the entry at the reader's position; false when the buffer ends within it. */
  #parse(): boolean {
    const reader = this.#reader;
    const start = reader.position;
    if (start === this.#filled) return false;
    try {
      this.key = reader.bytes16();
      if (this.#layout === 'variable') {
        this.dataPosition = reader.uvintNumber();
        this.promotedBytes = reader.uvintNumber();
      } else this.#parseFixed(reader);
    } catch (error) {
      reader.position = start;
      if (error instanceof NeedMoreBytes) return false;
      throw asSSTableError(error, this.#file.path, this.#base);
    }
    this.entryOffset = this.#base + start;
    this.promotedOffset = this.#base + reader.position;
    this.#skipPromoted();
    return true;
  }

  #parseFixed(reader: ByteReader): void {
    const offset = reader.position;
    this.dataPosition = reader.i64Number();
    this.promotedBytes = this.#layout === 'bare' ? 0 : reader.i32();
    if (this.dataPosition < 0 || this.promotedBytes < 0) {
      const found = `position ${this.dataPosition}, size ${this.promotedBytes}`;
      throw new MalformedBytes({ what: 'a position and a size of 0 or more', found, offset });
    }
  }

  #skipPromoted(): void {
    const after = this.promotedOffset + this.promotedBytes;
    if (after > this.#file.lengthBytes) {
      throw corrupt(
        this.#file.path,
        this.entryOffset,
        `an entry up to byte ${after}`,
        `one that ends within the file's ${this.#file.lengthBytes} bytes`,
      );
    }
    if (after <= this.#base + this.#filled) {
      this.#reader.position = after - this.#base;
      return;
    }
    // beyond the buffer: the next refill begins there. The key stays in the buffer until then
    this.#base = after;
    this.#filled = 0;
    this.#reader = new ByteReader(this.#buffer, 0, 0);
  }

  /** Puts the bytes from the reader's position on at the front of the buffer; false when there are none left in the file. */
  async #refill(): Promise<boolean> {
    const at = this.#base + this.#reader.position;
    const count = Math.min(this.#buffer.length, this.#file.lengthBytes - at);
    if (count <= 0) return false;
    await this.#file.read(this.#buffer, at, count);
    this.#base = at;
    this.#filled = count;
    this.#reader = new ByteReader(this.#buffer, 0, count);
    return true;
  }

  /** The entry at the front does not fit a lookup's buffer, or the file ends within it. */
  async #widen(): Promise<void> {
    if (this.#buffer.length < ENTRY_HEADER_BYTES_MAX) {
      this.#buffer = new Uint8Array(SCAN_BUFFER_BYTES);
      await this.#refill();
      if (this.#parse()) return;
    }
    throw corrupt(
      this.#file.path,
      this.#base,
      'the end of the file within an entry',
      'a key, a position and a size',
    );
  }
}
