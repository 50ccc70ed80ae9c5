// Data plane. Collects the hashes of partition keys while their number is not known, so that the filter gets the right size afterwards.
// Called by the SSTable writer. Holds a named number of hashes in memory and the others in a file of its own, which `close` removes.
import { type FileHandle, open, rm } from 'node:fs/promises';
import { type Murmur3Words, murmur3Into } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import { asFileError, corrupt } from '../io/decoding.ts';
import { FILTER_BUILT_BYTES_MAX, KEY_HASHES_HELD_MAX } from '../limits.ts';
import { FilterBits, filterHeader } from './filter-builder.ts';
import { filterSize } from './sizing.ts';

const WORDS_OF_HASH = 4;
const WORD_BYTES = 8;
/** Hashes held when the first key comes; more room is taken as keys come. */
const HELD_FIRST = 1024;

/** Where hashes go that are too many, and how many are too many. */
export interface KeyHashesOptions {
  /** Made when it is needed, in a folder that exists; must not exist. */
  readonly spillPath: string;
  /** @default KEY_HASHES_HELD_MAX */
  readonly heldMax?: number;
  /** Longest part of a filter that is held while it is made. A multiple of 8. @default FILTER_BUILT_BYTES_MAX */
  readonly filterBytesMax?: number;
}

/** Hashes of keys, in the order in which they were added. Rejects with `SCM_SSTABLE_IO`. */
export class KeyHashes {
  readonly #spillPath: string;
  readonly #heldMax: number;
  readonly #filterBytesMax: number;
  readonly #words: Murmur3Words = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };
  #held = new Int32Array(HELD_FIRST * WORDS_OF_HASH);
  #heldCount = 0;
  #spilledCount = 0;
  #spill: FileHandle | undefined;

  constructor(options: KeyHashesOptions) {
    this.#spillPath = options.spillPath;
    this.#heldMax = Math.max(1, options.heldMax ?? KEY_HASHES_HELD_MAX);
    this.#filterBytesMax = options.filterBytesMax ?? FILTER_BUILT_BYTES_MAX;
  }

  /** Keys added. */
  get count(): number {
    return this.#spilledCount + this.#heldCount;
  }

  /** Adds a partition key, as serialized. A promise must be waited for before the next key: the hashes go to the file. */
  add(key: Uint8Array): Promise<void> | undefined {
    const words = this.#words;
    murmur3Into(key, words);
    let at = this.#heldCount * WORDS_OF_HASH;
    if (at === this.#held.length) this.#grow();
    this.#held[at++] = words.h1hi;
    this.#held[at++] = words.h1lo;
    this.#held[at++] = words.h2hi;
    this.#held[at] = words.h2lo;
    this.#heldCount += 1;
    return this.#heldCount === this.#heldMax ? this.#spillHeld() : undefined;
  }

  #grow(): void {
    const length = Math.min(this.#held.length * 2, this.#heldMax * WORDS_OF_HASH);
    const larger = new Int32Array(Math.max(length, this.#held.length + WORDS_OF_HASH));
    larger.set(this.#held);
    this.#held = larger;
  }

  async #spillHeld(): Promise<void> {
    const length = this.#heldCount * WORDS_OF_HASH * 4;
    const bytes = new Uint8Array(this.#held.buffer, 0, length);
    try {
      this.#spill ??= await open(this.#spillPath, 'wx+');
      for (let done = 0; done < length; ) {
        const position = this.#spilledCount * WORDS_OF_HASH * 4 + done;
        const { bytesWritten } = await this.#spill.write(bytes, done, length - done, position);
        done += bytesWritten;
      }
    } catch (error) {
      throw asFileError(error, this.#spillPath);
    }
    this.#spilledCount += this.#heldCount;
    this.#heldCount = 0;
  }

  #addHeld(bits: FilterBits, held: Int32Array, count: number): void {
    const words = this.#words;
    for (let at = 0; at < count * WORDS_OF_HASH; at += WORDS_OF_HASH) {
      words.h1hi = held[at]!;
      words.h1lo = held[at + 1]!;
      words.h2hi = held[at + 2]!;
      words.h2lo = held[at + 3]!;
      bits.addWords(words);
    }
  }

  async #addSpilled(bits: FilterBits, buffer: Int32Array): Promise<void> {
    const spill = this.#spill;
    if (spill === undefined) return;
    const bytes = new Uint8Array(buffer.buffer);
    const end = this.#spilledCount * WORDS_OF_HASH * 4;
    for (let position = 0; position < end; ) {
      const length = Math.min(bytes.length, end - position);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await spill.read(bytes, done, length - done, position + done);
        if (bytesRead === 0) {
          throw corrupt(this.#spillPath, position + done, 'the end of the file', 'more hashes');
        }
        done += bytesRead;
      }
      this.#addHeld(bits, buffer, length / (WORDS_OF_HASH * 4));
      position += length;
    }
  }

  /**
   * The Filter.db of all keys, of the size that their number asks for, in parts: its beginning, then its bits. Each part is a view until
   * the next. Adding ends here. Throws the `RangeError`s of {@link filterSize}.
   */
  async *filter(
    fpChance: number,
    features: Pick<VersionFeatures, 'hasOldBfFormat'>,
  ): AsyncGenerator<Uint8Array, void, void> {
    const size = filterSize(this.count, fpChance);
    yield filterHeader(size);
    const bitsBytes = size.wordCount * WORD_BYTES;
    const buffer = new Int32Array(Math.min(this.#spilledCount, this.#heldMax) * WORDS_OF_HASH);
    for (let start = 0; start < bitsBytes; start += this.#filterBytesMax) {
      const bits = new FilterBits(size, start, Math.min(this.#filterBytesMax, bitsBytes - start));
      try {
        await this.#addSpilled(bits, buffer);
      } catch (error) {
        throw asFileError(error, this.#spillPath);
      }
      this.#addHeld(bits, this.#held, this.#heldCount);
      yield bits.stored(features);
    }
  }

  /** Removes the file, when there is one. */
  async close(): Promise<void> {
    const spill = this.#spill;
    this.#spill = undefined;
    if (spill === undefined) return;
    await spill.close();
    await rm(this.#spillPath, { force: true });
  }
}
