// Data plane. LZ4 blocks that take more time and less room: what `lz4_compressor_type: high` asks for (spec: sstable-data §8.1; any encoder's
// output is accepted, §8.3). Called by the writer's compressors; the fast encoder is in lz4.ts.
import { lz4BlockBytesMax } from './lz4.ts';

const LENGTH_BYTES = 4;
const MATCH_MIN = 4;
/** The last bytes of a block are literals. */
const LAST_LITERALS = 5;
/** A match begins at least so many bytes before the end of the block. */
const MATCH_END = 12;
const DISTANCE_MAX = 65_535;
const HASH_BITS = 15;
const WINDOW = 65_536;
const LEVEL_MAX = 17;
/** Attempts of the highest levels: twice as many for each level below. */
const ATTEMPTS_MAX_LOG = 12;
const RUN_MASK = 15;

const hashAt = (source: Uint8Array, at: number): number =>
  Math.imul(
    (source[at] as number) |
      ((source[at + 1] as number) << 8) |
      ((source[at + 2] as number) << 16) |
      ((source[at + 3] as number) << 24),
    0x9e3779b1,
  ) >>>
  (32 - HASH_BITS);

/** Finds matches through chains of positions with the same hash, and writes sequences. */
class Lz4HighBlock {
  readonly #heads = new Int32Array(1 << HASH_BITS);
  readonly #previous = new Int32Array(WINDOW);
  readonly #attemptsMax: number;
  #source: Uint8Array = new Uint8Array(0);
  #target: Uint8Array = new Uint8Array(0);
  #end = 0;
  #inserted = 0;
  #matchAt = 0;

  constructor(attemptsMax: number) {
    this.#attemptsMax = attemptsMax;
  }

  /** Compresses behind `start` of the target, and returns where the block ends. */
  compress(source: Uint8Array, target: Uint8Array, start: number): number {
    this.#heads.fill(-1);
    this.#source = source;
    this.#target = target;
    this.#end = start;
    this.#inserted = 0;
    const matchEnd = source.length - MATCH_END;
    let anchor = 0;
    let at = 0;
    while (at <= matchEnd) {
      let length = this.#longestMatch(at);
      if (length < MATCH_MIN) {
        at += 1;
        continue;
      }
      let from = this.#matchAt;
      // a longer match one byte further is worth a literal
      while (at + 1 <= matchEnd) {
        const next = this.#longestMatch(at + 1);
        if (next <= length + 1) break;
        at += 1;
        length = next;
        from = this.#matchAt;
      }
      this.#sequence(anchor, at, at - from, length);
      at += length;
      anchor = at;
    }
    this.#literals(anchor, source.length, 0);
    this.#source = this.#target = new Uint8Array(0);
    return this.#end;
  }

  #insertUpTo(at: number): void {
    for (let i = this.#inserted; i < at; i++) {
      const hash = hashAt(this.#source, i);
      this.#previous[i & (WINDOW - 1)] = this.#heads[hash] as number;
      this.#heads[hash] = i;
    }
    if (at > this.#inserted) this.#inserted = at;
  }

  #longestMatch(at: number): number {
    this.#insertUpTo(at);
    const source = this.#source;
    const limit = source.length - LAST_LITERALS;
    let best = MATCH_MIN - 1;
    let candidate = this.#heads[hashAt(source, at)] as number;
    for (
      let attempts = this.#attemptsMax;
      attempts > 0 && candidate >= 0 && at - candidate <= DISTANCE_MAX;
      attempts--
    ) {
      if (source[candidate + best] === source[at + best]) {
        let length = 0;
        while (at + length < limit && source[candidate + length] === source[at + length])
          length += 1;
        if (length > best) {
          best = length;
          this.#matchAt = candidate;
        }
      }
      const next = this.#previous[candidate & (WINDOW - 1)] as number;
      if (next >= candidate) break;
      candidate = next;
    }
    return best;
  }

  #sequence(anchor: number, at: number, distance: number, length: number): void {
    const rest = length - MATCH_MIN;
    this.#literals(anchor, at, Math.min(rest, RUN_MASK));
    this.#target[this.#end] = distance & 0xff;
    this.#target[this.#end + 1] = distance >>> 8;
    this.#end += 2;
    if (rest >= RUN_MASK) this.#run(rest - RUN_MASK);
  }

  /** Token and literals. */
  #literals(from: number, to: number, matchNibble: number): void {
    const count = to - from;
    this.#target[this.#end] = (Math.min(count, RUN_MASK) << 4) | matchNibble;
    this.#end += 1;
    if (count >= RUN_MASK) this.#run(count - RUN_MASK);
    this.#target.set(this.#source.subarray(from, to), this.#end);
    this.#end += count;
  }

  #run(length: number): void {
    let rest = length;
    for (; rest >= 255; rest -= 255) {
      this.#target[this.#end] = 255;
      this.#end += 1;
    }
    this.#target[this.#end] = rest;
    this.#end += 1;
  }
}

/** A compressor of `LZ4Compressor` chunks (u32 little-endian length, one block) for a level of 1 to 17. One caller at a time. */
export const lz4HighCompressor = (level: number): ((source: Uint8Array) => Uint8Array) => {
  const bounded = Math.min(Math.max(Math.trunc(level) || 1, 1), LEVEL_MAX);
  const block = new Lz4HighBlock(2 ** Math.min(bounded - 1, ATTEMPTS_MAX_LOG));
  return (source) => {
    const target = new Uint8Array(LENGTH_BYTES + lz4BlockBytesMax(source.length));
    new DataView(target.buffer).setUint32(0, source.length, true);
    return target.subarray(0, block.compress(source, target, LENGTH_BYTES));
  };
};
