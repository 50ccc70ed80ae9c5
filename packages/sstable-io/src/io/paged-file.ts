// Data plane. Random reads of a component through few cached pages. Called by the summary, the chunk offsets and the tries.
// Pages are never reused for other content, so a view stays valid after its page left the cache.
import { PAGE_BYTES, PAGES_CACHED_MAX } from '../limits.ts';
import { corrupt } from './decoding.ts';
import type { ReadableFile } from './readable-file.ts';

/** A file seen as pages of 4096 bytes; keeps at most `PAGES_CACHED_MAX` of them. */
export class PagedFile {
  readonly file: ReadableFile;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(file: ReadableFile) {
    this.file = file;
  }

  get path(): string {
    return this.file.path;
  }

  get lengthBytes(): number {
    return this.file.lengthBytes;
  }

  /** The page with this index if it is in the cache. */
  cached(index: number): Uint8Array | undefined {
    return this.#pages.get(index);
  }

  /** The page with this index; the last one of a file is short. */
  async page(index: number): Promise<Uint8Array> {
    const known = this.#pages.get(index);
    if (known !== undefined) {
      this.#pages.delete(index);
      this.#pages.set(index, known);
      return known;
    }
    const start = index * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES, this.lengthBytes - start);
    if (!(length > 0)) throw corrupt(this.path, start, 'the end of the file', 'a page');
    const page = new Uint8Array(length);
    await this.file.read(page, start, length);
    if (this.#pages.size >= PAGES_CACHED_MAX) {
      for (const oldest of this.#pages.keys()) {
        this.#pages.delete(oldest);
        break;
      }
    }
    this.#pages.set(index, page);
    return page;
  }

  /** `length` bytes at `position`: a view of a page, or a copy when they cross one. The caller has checked `length` against a limit. */
  async bytes(position: number, length: number): Promise<Uint8Array> {
    if (position < 0 || position + length > this.lengthBytes) {
      throw corrupt(
        this.path,
        position,
        `a length of ${this.lengthBytes}`,
        `${length} bytes at ${position}`,
      );
    }
    const index = Math.floor(position / PAGE_BYTES);
    const offset = position - index * PAGE_BYTES;
    if (offset + length <= PAGE_BYTES) {
      if (length === 0) return new Uint8Array(0);
      const page = this.#pages.get(index) ?? (await this.page(index));
      return page.subarray(offset, offset + length);
    }
    const copy = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = position + done;
      const page = await this.page(Math.floor(at / PAGE_BYTES));
      const from = at % PAGE_BYTES;
      const part = page.subarray(from, Math.min(page.length, from + length - done));
      copy.set(part, done);
      done += part.length;
    }
    return copy;
  }
}
