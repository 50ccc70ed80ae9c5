// Data plane. Filter.db: layout, bit positions, membership (spec: sstable-data §10; BloomFilter, BloomFilterSerializer). Called by verification.
// Never holds more of a filter than a named segment.
import { ByteReader, murmur3 } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { ReadableFile } from '../io/readable-file.ts';
import { type Murmur2Words, murmur2Into } from '../statistics/murmur2.ts';

const HEADER_BYTES = 8;
const WORD_BYTES = 8;
/** Cassandra never uses more than 20 (BloomCalculations). */
const HASH_COUNT_MAX = 20;

/** The fixed fields. */
export interface FilterLayout {
  readonly hashCount: number;
  readonly bitsBytes: number;
  /** Each 8-byte word is stored reversed (versions before `na`). */
  readonly isReversed: boolean;
  /** The halves of the hash change places (versions before `ma`). */
  readonly isOldHashOrder?: boolean;
  /** Keys are hashed by MurmurHash 2, the second time with the first hash as seed (versions before `ia`). */
  readonly isMurmur2?: boolean;
}

/** Reads and checks the header; the words must fill the file exactly. Rejects with SSTableError. */
export const readFilterLayout = async (
  paged: PagedFile,
  features: Pick<VersionFeatures, 'hasOldBfFormat' | 'hasOldBfHashOrder' | 'hasMurmur2Bf'>,
): Promise<FilterLayout> => {
  const { path, lengthBytes } = paged;
  const bytes = await paged.bytes(0, Math.min(HEADER_BYTES, lengthBytes));
  const { hashCount, wordCount } = decoding(path, 0, () => {
    const reader = new ByteReader(bytes);
    return { hashCount: reader.i32(), wordCount: reader.i32() };
  });
  if (hashCount < 1 || hashCount > HASH_COUNT_MAX) {
    throw corrupt(path, 0, `${hashCount} hashes`, `1 to ${HASH_COUNT_MAX}`);
  }
  const bitsBytes = wordCount * WORD_BYTES;
  if (wordCount < 1 || HEADER_BYTES + bitsBytes !== lengthBytes) {
    throw corrupt(
      path,
      4,
      `${wordCount} words in a file of ${lengthBytes} bytes`,
      `words that fill it exactly`,
    );
  }
  const isOldHashOrder = features.hasOldBfHashOrder ?? false;
  const isMurmur2 = features.hasMurmur2Bf ?? false;
  return { hashCount, bitsBytes, isReversed: features.hasOldBfFormat, isOldHashOrder, isMurmur2 };
};

const murmur2Pair = (key: Uint8Array): { h1: bigint; h2: bigint } => {
  const words: Murmur2Words = { hi: 0, lo: 0 };
  const value = () => BigInt.asIntN(64, (BigInt(words.hi) << 32n) | BigInt(words.lo >>> 0));
  murmur2Into(key, words);
  const h1 = value();
  murmur2Into(key, words, words.lo);
  return { h1, h2: value() };
};

/** Puts the bit positions of a key into `out[0, hashCount)`. */
export const bitPositions = (
  key: Uint8Array,
  layout: Pick<FilterLayout, 'hashCount' | 'bitsBytes' | 'isOldHashOrder' | 'isMurmur2'>,
  out: number[],
): void => {
  const capacity = BigInt(layout.bitsBytes) * 8n;
  const { h1, h2 } = layout.isMurmur2 === true ? murmur2Pair(key) : murmur3(key);
  let base = layout.isOldHashOrder ? h1 : h2;
  const step = layout.isOldHashOrder ? h2 : h1;
  for (let i = 0; i < layout.hashCount; i++) {
    const remainder = Number(base % capacity);
    out[i] = remainder < 0 ? -remainder : remainder;
    base = BigInt.asIntN(64, base + step);
  }
};

/** Where in the stored bits a byte of the bit array stands. */
const storedByte = (byte: number, isReversed: boolean): number =>
  isReversed ? byte - (byte % WORD_BYTES) + (WORD_BYTES - 1 - (byte % WORD_BYTES)) : byte;

/** Membership by single reads through pages; for a few keys. */
export const filterMayContain = async (
  paged: PagedFile,
  layout: FilterLayout,
  key: Uint8Array,
): Promise<boolean> => {
  const positions: number[] = [];
  bitPositions(key, layout, positions);
  for (const position of positions) {
    const byte = storedByte(Math.floor(position / 8), layout.isReversed);
    const bytes = await paged.bytes(HEADER_BYTES + byte, 1);
    if ((bytes[0]! & (1 << (position & 7))) === 0) return false;
  }
  return true;
};

/** Bits that differ between a filter and one made of the keys. */
export interface FilterDifference {
  /** Bits of keys that the filter lacks: it would hide those keys. */
  readonly missingBits: number;
  /** Bits that no key needs: harmless, but not as written. */
  readonly surplusBits: number;
}

const bitCount = (byte: number): number => {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
};

/** A part of the bits as stored, and the same part made anew of the keys; a filter longer than a segment takes several passes over the keys. */
export class FilterSegment {
  readonly #layout: FilterLayout;
  readonly #stored: Uint8Array;
  readonly #made: Uint8Array;
  readonly #start: number;
  readonly #positions: number[] = [];

  private constructor(layout: FilterLayout, stored: Uint8Array, start: number) {
    this.#layout = layout;
    this.#stored = stored;
    this.#made = new Uint8Array(stored.length);
    this.#start = start;
  }

  /** Loads at most `length` bytes of the bits from `start`, a multiple of 8. */
  static async load(
    file: ReadableFile,
    layout: FilterLayout,
    start: number,
    length: number,
  ): Promise<FilterSegment> {
    const bits = new Uint8Array(Math.min(length, layout.bitsBytes - start));
    await file.read(bits, HEADER_BYTES + start, bits.length);
    return new FilterSegment(layout, bits, start);
  }

  /** Sets the key's bits that lie in this segment; false when one of them is not set in the filter. */
  add(key: Uint8Array): boolean {
    bitPositions(key, this.#layout, this.#positions);
    let isThere = true;
    for (let i = 0; i < this.#layout.hashCount; i++) {
      const position = this.#positions[i]!;
      const byte = storedByte(Math.floor(position / 8), this.#layout.isReversed) - this.#start;
      if (byte < 0 || byte >= this.#made.length) continue;
      const mask = 1 << (position & 7);
      this.#made[byte]! |= mask;
      if ((this.#stored[byte]! & mask) === 0) isThere = false;
    }
    return isThere;
  }

  /** After every key was added. */
  difference(): FilterDifference {
    let missingBits = 0;
    let surplusBits = 0;
    for (let i = 0; i < this.#made.length; i++) {
      const made = this.#made[i]!;
      const stored = this.#stored[i]!;
      if (made === stored) continue;
      missingBits += bitCount(made & ~stored);
      surplusBits += bitCount(stored & ~made);
    }
    return { missingBits, surplusBits };
  }
}
