// Data plane. Makes a Filter.db of keys (spec: sstable-data §10; BloomFilter, BloomFilterSerializer). Called by the SSTable writer, and by
// whatever collected the hashes of keys first. Holds the bits, or one segment of them.
import { type Murmur3Words, murmur3Into } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import { bitPositionsInto } from './bit-positions.ts';
import { type FilterSize, filterSize } from './sizing.ts';

const WORD_BYTES = 8;
const HEADER_BYTES = 8;

type BitOrder = Pick<VersionFeatures, 'hasOldBfFormat'>;

/** The fields in front of the bits. */
export const filterHeader = ({ hashCount, wordCount }: FilterSize): Uint8Array => {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setInt32(0, hashCount);
  view.setInt32(4, wordCount);
  return header;
};

const reverseWords = (bits: Uint8Array): void => {
  for (let at = 0; at < bits.length; at += WORD_BYTES) {
    bits.subarray(at, at + WORD_BYTES).reverse();
  }
};

/** Bits `[startByte, startByte + lengthBytes)` of a filter; a whole one, or one of several that together are it. */
export class FilterBits {
  readonly #size: FilterSize;
  readonly #bits: Uint8Array;
  readonly #startBit: number;
  readonly #endBit: number;
  readonly #words: Murmur3Words = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };
  readonly #positions: Float64Array;

  /** Start and length are multiples of 8. */
  constructor(size: FilterSize, startByte: number, lengthBytes: number) {
    this.#size = size;
    this.#bits = new Uint8Array(lengthBytes);
    this.#startBit = startByte * 8;
    this.#endBit = (startByte + lengthBytes) * 8;
    this.#positions = new Float64Array(size.hashCount);
  }

  /** Adds a key by its bytes. */
  add(key: Uint8Array): void {
    murmur3Into(key, this.#words);
    this.addWords(this.#words);
  }

  /** Adds a key by its hash, which is not normalised. */
  addWords(words: Murmur3Words): void {
    const { hashCount, wordCount } = this.#size;
    const positions = this.#positions;
    bitPositionsInto(words, hashCount, wordCount * 64, positions);
    for (let i = 0; i < hashCount; i++) {
      const position = positions[i]!;
      if (position < this.#startBit || position >= this.#endBit) continue;
      const bit = position - this.#startBit;
      const byte = Math.floor(bit / 8);
      this.#bits[byte] = this.#bits[byte]! | (1 << (bit & 7));
    }
  }

  /** The bits as a version stores them. Before `na` the words are reversed where they stand, so nothing may be added afterwards. */
  stored({ hasOldBfFormat }: BitOrder): Uint8Array {
    if (hasOldBfFormat) reverseWords(this.#bits);
    return this.#bits;
  }
}

/**
 * A filter for a number of keys that is known beforehand, held whole: 1.25 MB for a million keys at the usual chance of 0.01. Cassandra
 * sizes it by its estimate; the true number makes the same file as a flush does. Throws the `RangeError`s of {@link filterSize}.
 */
export class FilterBuilder {
  readonly size: FilterSize;
  readonly #bits: FilterBits;
  readonly #words: Murmur3Words = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };

  constructor(options: { readonly keys: number; readonly fpChance: number }) {
    this.size = filterSize(options.keys, options.fpChance);
    this.#bits = new FilterBits(this.size, 0, this.size.wordCount * WORD_BYTES);
  }

  /** Adds a partition key, as serialized. */
  add(key: Uint8Array): void {
    this.#bits.add(key);
  }

  /** Adds a key by the two words of its murmur3, not normalised. */
  addHash(h1: bigint, h2: bigint): void {
    const words = this.#words;
    words.h1hi = Number(BigInt.asIntN(32, h1 >> 32n));
    words.h1lo = Number(BigInt.asUintN(32, h1));
    words.h2hi = Number(BigInt.asIntN(32, h2 >> 32n));
    words.h2lo = Number(BigInt.asUintN(32, h2));
    this.#bits.addWords(words);
  }

  /** The whole Filter.db in the bit order of a version; once, after the last key. */
  toBytes(features: BitOrder): Uint8Array {
    const header = filterHeader(this.size);
    const bits = this.#bits.stored(features);
    const bytes = new Uint8Array(header.length + bits.length);
    bytes.set(header);
    bytes.set(bits, header.length);
    return bytes;
  }
}
