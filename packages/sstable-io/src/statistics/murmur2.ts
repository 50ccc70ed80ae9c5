// Data plane. MurmurHash2 64A with seed 0 as the sketch of partition keys uses it: bytes of the tail are sign-extended, unlike in the textbook
// (spec: sstable-index-and-stats §6.3, pitfall P14; stream-lib's MurmurHash.hash64). Called once per key: 64-bit words are pairs of halves.

/** A 64-bit hash; both halves are signed 32-bit integers. */
export interface Murmur2Words {
  hi: number;
  lo: number;
}

/** The multiplier c6a4a7935bd1e995. */
const M_HI = 0xc6a4a793 | 0;
const M_LO = 0x5bd1e995;
const M_LO_TOP = M_LO >>> 16;
const M_LO_BOTTOM = M_LO & 0xffff;

/** words · m, in place. */
const multiply = (words: Murmur2Words): void => {
  const { hi, lo } = words;
  const bottom = lo & 0xffff;
  const top = lo >>> 16;
  const first = top * M_LO_BOTTOM + ((bottom * M_LO_BOTTOM) >>> 16);
  const second = bottom * M_LO_TOP + (first & 0xffff);
  const high = top * M_LO_TOP + (first >>> 16) + (second >>> 16);
  words.hi = ((high | 0) + Math.imul(hi, M_LO) + Math.imul(lo, M_HI)) | 0;
  words.lo = Math.imul(lo, M_LO);
};

/** words ^= words >>> 47 */
const fold = (words: Murmur2Words): void => {
  words.lo ^= words.hi >>> 15;
};

const wordLe = (key: Uint8Array, at: number): number =>
  key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24);

/** Working space: filled and read without giving up control in between. */
const block: Murmur2Words = { hi: 0, lo: 0 };

/** Puts the hash of the key into `out`; allocates nothing. `seed` is a signed 32-bit integer, other than 0 only for filters before `ia`. */
export const murmur2Into = (key: Uint8Array, out: Murmur2Words, seed = 0): void => {
  const { length } = key;
  out.hi = 0;
  out.lo = length;
  multiply(out);
  out.lo ^= seed;
  const blocksEnd = length & ~7;
  for (let at = 0; at < blocksEnd; at += 8) {
    block.lo = wordLe(key, at);
    block.hi = wordLe(key, at + 4);
    multiply(block);
    fold(block);
    multiply(block);
    out.hi ^= block.hi;
    out.lo ^= block.lo;
    multiply(out);
  }
  if (length > blocksEnd) {
    for (let at = blocksEnd; at < length; at++) {
      const byte = (key[at]! << 24) >> 24;
      const shift = 8 * (at - blocksEnd);
      if (shift >= 32) {
        out.hi ^= byte << (shift - 32);
      } else {
        out.lo ^= byte << shift;
        out.hi ^= shift === 0 ? byte >> 31 : byte >> (32 - shift);
      }
    }
    multiply(out);
  }
  fold(out);
  multiply(out);
  fold(out);
};
