// Data plane. Filter.db: layout, bit positions, membership (spec: sstable-data §10; BloomFilter, BloomFilterSerializer). Called by verification.
// Never holds more of a filter than a named segment.
import { ByteReader, murmur3 } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { ReadableFile } from '../io/readable-file.ts';

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
}

/** Reads and checks the header; the words must fill the file exactly. Rejects with SSTableError. */
export const readFilterLayout = async (
  paged: PagedFile,
  features: Pick<VersionFeatures, 'hasOldBfFormat'>,
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
  return { hashCount, bitsBytes, isReversed: features.hasOldBfFormat };
};

/** Puts the bit positions of a key into `out[0, hashCount)`. */
export const bitPositions = (
  key: Uint8Array,
  layout: Pick<FilterLayout, 'hashCount' | 'bitsBytes'>,
  out: number[],
): void => {
  const capacity = BigInt(layout.bitsBytes) * 8n;
  const { h1, h2 } = murmur3(key);
  let base = h2;
  for (let i = 0; i < layout.hashCount; i++) {
    const remainder = Number(base % capacity);
    out[i] = remainder < 0 ? -remainder : remainder;
    base = BigInt.asIntN(64, base + h1);
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

/** A part of the bits in memory; for many keys, in several passes when the filter is longer. */
export class FilterSegment {
  readonly #layout: FilterLayout;
  readonly #bits: Uint8Array;
  readonly #start: number;
  readonly #positions: number[] = [];

  private constructor(layout: FilterLayout, bits: Uint8Array, start: number) {
    this.#layout = layout;
    this.#bits = bits;
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

  /** False when a bit of the key that lies in this segment is not set. */
  mayContain(key: Uint8Array): boolean {
    bitPositions(key, this.#layout, this.#positions);
    for (let i = 0; i < this.#layout.hashCount; i++) {
      const position = this.#positions[i]!;
      const byte = storedByte(Math.floor(position / 8), this.#layout.isReversed) - this.#start;
      const bits = this.#bits[byte];
      if (bits !== undefined && (bits & (1 << (position & 7))) === 0) return false;
    }
    return true;
  }
}
