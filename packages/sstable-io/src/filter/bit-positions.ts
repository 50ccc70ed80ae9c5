// Data plane. Which bits of a filter a key sets (spec: sstable-data §10.1; BloomFilter.setIndexes). Called once per key by what builds
// filters, so 64-bit words are pairs of 32-bit halves. Allocates nothing.
import type { Murmur3Words } from '@scamander/bytes';

const TWO_32 = 0x1_0000_0000;
const TWO_16 = 0x1_0000;

/** Remainder of a whole number below 2^53; quotients are off by one at most. */
const remainder = (value: number, divisor: number): number => {
  const rest = value - Math.floor(value / divisor) * divisor;
  return rest < 0 ? rest + divisor : rest;
};

/** |hi·2^32 + lo| mod capacity, for capacities of at most 2^37 bits; `hi` and `lo` are read as one signed 64-bit integer. */
const absoluteRemainder = (hi: number, lo: number, capacity: number): number => {
  let high = hi;
  let low = lo;
  if (high < 0) {
    low = -low | 0;
    high = low === 0 ? -high | 0 : ~high;
  }
  const top = remainder(high >>> 0, capacity);
  const middle = remainder(top * TWO_16 + (low >>> 16), capacity);
  return remainder(middle * TWO_16 + (low & 0xffff), capacity);
};

/**
 * Puts the positions of a key's bits into `out[0, hashCount)`. `words` is the key's murmur3, not normalised; `capacityBits` is 64 for each
 * word of the filter, at most 2^37.
 */
export const bitPositionsInto = (
  words: Murmur3Words,
  hashCount: number,
  capacityBits: number,
  out: Float64Array,
): void => {
  let hi = words.h2hi;
  let lo = words.h2lo | 0;
  for (let i = 0; i < hashCount; i++) {
    out[i] = absoluteRemainder(hi, lo, capacityBits);
    const sum = (lo >>> 0) + (words.h1lo >>> 0);
    hi = (hi + words.h1hi + (sum >= TWO_32 ? 1 : 0)) | 0;
    lo = sum | 0;
  }
};
