// Data plane. A cursor over chunks as they come from a socket or a file. Called by incremental decoders. Holds at most the bytes that its
// owner allows and copies only what crosses from one chunk into the next.
import { LimitExceeded } from './errors.ts';

/** Taken chunks that may stand in front of the list before it is moved down. */
const TAKEN_CHUNKS_MAX = 64;

/** Bounds of a {@link ChunkCursor}. */
export interface ChunkCursorOptions {
  /** Most bytes that may wait to be taken; a push beyond it throws {@link LimitExceeded} and keeps nothing of the chunk. */
  readonly bytesMax: number;
}

/** Bytes in the order in which they were pushed; views into the chunks are handed out, so a chunk is not reused by its owner. */
export class ChunkCursor {
  readonly #bytesMax: number;
  #chunks: Uint8Array[] = [];
  #head = 0;
  #available = 0;

  constructor(options: ChunkCursorOptions) {
    this.#bytesMax = options.bytesMax;
  }

  /** Bytes that wait. */
  get available(): number {
    return this.#available;
  }

  /** Adds a chunk at the end. */
  push(chunk: Uint8Array): void {
    const available = this.#available + chunk.length;
    if (available > this.#bytesMax)
      throw new LimitExceeded({
        field: 'a buffer',
        value: BigInt(available),
        limit: BigInt(this.#bytesMax),
        offset: 0,
      });
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available = available;
  }

  /** The next `count` bytes in one piece, left in place; undefined when fewer wait. */
  peek(count: number): Uint8Array | undefined {
    if (count > this.#available) return undefined;
    if (count === 0) return new Uint8Array(0);
    const first = this.#chunks[this.#head] as Uint8Array;
    return first.length >= count ? first.subarray(0, count) : this.#join(count);
  }

  /** The next `count` bytes in one piece, passed over; undefined when fewer wait, and then nothing is passed over. */
  take(count: number): Uint8Array | undefined {
    const bytes = this.peek(count);
    if (bytes !== undefined) this.skip(count);
    return bytes;
  }

  /** Passes over `count` bytes, or all that wait where that is less; returns how many. */
  skip(count: number): number {
    const skipped = Math.min(count, this.#available);
    let left = skipped;
    while (left > 0) {
      const first = this.#chunks[this.#head] as Uint8Array;
      if (first.length > left) {
        this.#chunks[this.#head] = first.subarray(left);
        left = 0;
      } else {
        left -= first.length;
        this.#dropFirst();
      }
    }
    this.#available -= skipped;
    return skipped;
  }

  /** All that waits, chunk by chunk, without a copy; nothing waits afterwards. */
  drain(): Uint8Array[] {
    const chunks = this.#chunks.slice(this.#head);
    this.#chunks = [];
    this.#head = 0;
    this.#available = 0;
    return chunks;
  }

  /** Puts the first `count` bytes, which lie in several chunks, into one. */
  #join(count: number): Uint8Array {
    const joined = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const first = this.#chunks[this.#head] as Uint8Array;
      const wanted = count - filled;
      if (first.length > wanted) {
        joined.set(first.subarray(0, wanted), filled);
        this.#chunks[this.#head] = first.subarray(wanted);
        filled = count;
      } else {
        joined.set(first, filled);
        filled += first.length;
        this.#dropFirst();
      }
    }
    if (this.#head > 0) this.#chunks[--this.#head] = joined;
    else this.#chunks.unshift(joined);
    return joined;
  }

  #dropFirst(): void {
    this.#head += 1;
    if (this.#head === this.#chunks.length) {
      this.#chunks = [];
      this.#head = 0;
    } else if (this.#head > TAKEN_CHUNKS_MAX) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#head = 0;
    }
  }
}
