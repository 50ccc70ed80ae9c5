// Data plane. MurmurHash3 x64 128 with seed 0, in Cassandra's variant: the bytes of the tail are sign-extended (spec: sstable-data §11.1;
// MurmurHash.hash3_x64_128). Called once per partition key, so 64-bit words are pairs of 32-bit halves and BigInt appears only at the end.

/** Both 64-bit words of a hash: `hi` halves are signed, `lo` halves unsigned 32-bit integers. */
export interface Murmur3Words {
  h1hi: number;
  h1lo: number;
  h2hi: number;
  h2lo: number;
}

const C1_HI = 0x87c37b91 | 0;
const C1_LO = 0x114253d5;
const C2_HI = 0x4cf5ad43;
const C2_LO = 0x2745937f;

/** High half of the product of two unsigned 32-bit integers. */
const mulHigh32 = (a: number, b: number): number => {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return (aHigh * bHigh + (first >>> 16) + (second >>> 16)) | 0;
};

/** High half of a 64-bit product; the low half is `Math.imul(aLo, bLo)`. */
const mulHi = (aHi: number, aLo: number, bHi: number, bLo: number): number =>
  (mulHigh32(aLo, bLo) + Math.imul(aHi, bLo) + Math.imul(aLo, bHi)) | 0;

/** 1 when the sum of two 32-bit halves carries; `sum` is that sum's low 32 bits. */
const carry = (sum: number, addend: number): number => (sum >>> 0 < addend >>> 0 ? 1 : 0);

/** `h ^= rotl(k * c1, 31) * c2`, on the first word. */
const mixFirst = (words: Murmur3Words, kHi: number, kLo: number): void => {
  const productHi = mulHi(kHi, kLo, C1_HI, C1_LO);
  const productLo = Math.imul(kLo, C1_LO);
  const hi = (productHi << 31) | (productLo >>> 1);
  const lo = (productLo << 31) | (productHi >>> 1);
  words.h1hi ^= mulHi(hi, lo, C2_HI, C2_LO);
  words.h1lo ^= Math.imul(lo, C2_LO);
};

/** `h ^= rotl(k * c2, 33) * c1`, on the second word. */
const mixSecond = (words: Murmur3Words, kHi: number, kLo: number): void => {
  const productHi = mulHi(kHi, kLo, C2_HI, C2_LO);
  const productLo = Math.imul(kLo, C2_LO);
  const hi = (productLo << 1) | (productHi >>> 31);
  const lo = (productHi << 1) | (productLo >>> 31);
  words.h2hi ^= mulHi(hi, lo, C1_HI, C1_LO);
  words.h2lo ^= Math.imul(lo, C1_LO);
};

/** `h1 = (rotl(h1, 27) + h2) * 5 + 0x52dce729` */
const stepFirst = (words: Murmur3Words): void => {
  const { h1hi, h1lo, h2hi, h2lo } = words;
  const lo = (((h1lo << 27) | (h1hi >>> 5)) + h2lo) | 0;
  const hi = ((h1hi << 27) | (h1lo >>> 5)) + h2hi + carry(lo, h2lo);
  const product = Math.imul(lo, 5);
  words.h1lo = (product + 0x52dce729) | 0;
  words.h1hi = (Math.imul(hi, 5) + mulHigh32(lo, 5) + carry(words.h1lo, product)) | 0;
};

/** `h2 = (rotl(h2, 31) + h1) * 5 + 0x38495ab5` */
const stepSecond = (words: Murmur3Words): void => {
  const { h1hi, h1lo, h2hi, h2lo } = words;
  const lo = (((h2lo << 31) | (h2hi >>> 1)) + h1lo) | 0;
  const hi = ((h2hi << 31) | (h2lo >>> 1)) + h1hi + carry(lo, h1lo);
  const product = Math.imul(lo, 5);
  words.h2lo = (product + 0x38495ab5) | 0;
  words.h2hi = (Math.imul(hi, 5) + mulHigh32(lo, 5) + carry(words.h2lo, product)) | 0;
};

const wordLe = (key: Uint8Array, at: number): number =>
  (key[at] as number) |
  ((key[at + 1] as number) << 8) |
  ((key[at + 2] as number) << 16) |
  ((key[at + 3] as number) << 24);

/**
 * The tail word that begins at `at` has up to 8 bytes; each is sign-extended to 64 bits, shifted into place and XORed,
 * so a byte of 0x80 and above also flips everything above it. That is Cassandra's own behaviour.
 */
const tailHi = (key: Uint8Array, at: number, end: number): number => {
  let hi = 0;
  for (let index = at; index < end; index++) {
    const byte = ((key[index] as number) << 24) >> 24;
    const shift = (index - at) * 8;
    hi ^= shift < 32 ? byte >> 31 : byte << (shift - 32);
  }
  return hi;
};

const tailLo = (key: Uint8Array, at: number, end: number): number => {
  let lo = 0;
  for (let index = at; index < end && index < at + 4; index++)
    lo ^= (((key[index] as number) << 24) >> 24) << ((index - at) * 8);
  return lo;
};

/** `k ^= k >>> 33; k *= 0xff51afd7ed558ccd; k ^= k >>> 33; k *= 0xc4ceb9fe1a85ec53; k ^= k >>> 33`, high half. */
const finalHi = (hi: number, lo: number): number => {
  const lo1 = lo ^ (hi >>> 1);
  const hi2 = mulHi(hi, lo1, 0xff51afd7 | 0, 0xed558ccd | 0);
  const lo2 = Math.imul(lo1, 0xed558ccd | 0) ^ (hi2 >>> 1);
  return mulHi(hi2, lo2, 0xc4ceb9fe | 0, 0x1a85ec53);
};

/** The low half of the same, given the high half of the result. */
const finalLo = (hi: number, lo: number, resultHi: number): number => {
  const lo1 = lo ^ (hi >>> 1);
  const hi2 = mulHi(hi, lo1, 0xff51afd7 | 0, 0xed558ccd | 0);
  const lo2 = Math.imul(lo1, 0xed558ccd | 0) ^ (hi2 >>> 1);
  return Math.imul(lo2, 0x1a85ec53) ^ (resultHi >>> 1);
};

const finish = (words: Murmur3Words, length: number): void => {
  const h2lo = words.h2lo ^ length;
  const h1lo = ((words.h1lo ^ length) + h2lo) | 0;
  const h1hi = (words.h1hi + words.h2hi + carry(h1lo, h2lo)) | 0;
  const sumLo = (h2lo + h1lo) | 0;
  const sumHi = (words.h2hi + h1hi + carry(sumLo, h1lo)) | 0;
  const firstHi = finalHi(h1hi, h1lo);
  const firstLo = finalLo(h1hi, h1lo, firstHi);
  const secondHi = finalHi(sumHi, sumLo);
  const secondLo = finalLo(sumHi, sumLo, secondHi);
  const lo = (firstLo + secondLo) | 0;
  const hi = (firstHi + secondHi + carry(lo, secondLo)) | 0;
  const lo2 = (secondLo + lo) | 0;
  words.h1hi = hi;
  words.h1lo = lo >>> 0;
  words.h2hi = (secondHi + hi + carry(lo2, lo)) | 0;
  words.h2lo = lo2 >>> 0;
};

/** Puts the hash of the key into `out`; allocates nothing. */
export const murmur3Into = (key: Uint8Array, out: Murmur3Words): void => {
  out.h1hi = 0;
  out.h1lo = 0;
  out.h2hi = 0;
  out.h2lo = 0;
  const { length } = key;
  const blocksEnd = length & ~15;
  for (let at = 0; at < blocksEnd; at += 16) {
    mixFirst(out, wordLe(key, at + 4), wordLe(key, at));
    stepFirst(out);
    mixSecond(out, wordLe(key, at + 12), wordLe(key, at + 8));
    stepSecond(out);
  }
  if (length > blocksEnd) {
    const middle = Math.min(length, blocksEnd + 8);
    if (length > middle) mixSecond(out, tailHi(key, middle, length), tailLo(key, middle, length));
    mixFirst(out, tailHi(key, blocksEnd, middle), tailLo(key, blocksEnd, middle));
  }
  finish(out, length);
};

const word = (hi: number, lo: number): bigint => (BigInt(hi) << 32n) | BigInt(lo);

/** Working space of the functions below; each fills and reads it without giving up control in between. */
const scratch: Murmur3Words = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };

/** Both signed 64-bit words of the hash, as the bloom filter uses them (not normalised). */
export const murmur3 = (key: Uint8Array): { h1: bigint; h2: bigint } => {
  murmur3Into(key, scratch);
  return { h1: word(scratch.h1hi, scratch.h1lo), h2: word(scratch.h2hi, scratch.h2lo) };
};

/**
 * The key's token under Murmur3Partitioner as two halves, `hi` signed and `lo` unsigned; allocates nothing. The empty key
 * has the minimum token -2^63, and a hash of -2^63 becomes 2^63 - 1 (Murmur3Partitioner#getToken, #normalize).
 */
export const murmur3TokenInto = (key: Uint8Array, out: { hi: number; lo: number }): void => {
  if (key.length === 0) {
    out.hi = -0x80000000;
    out.lo = 0;
    return;
  }
  murmur3Into(key, scratch);
  const isMinimum = scratch.h1hi === -0x80000000 && scratch.h1lo === 0;
  out.hi = isMinimum ? 0x7fffffff : scratch.h1hi;
  out.lo = isMinimum ? 0xffffffff : scratch.h1lo;
};

/** The key's token under Murmur3Partitioner. */
export const murmur3Token = (key: Uint8Array): bigint => {
  const out = { hi: 0, lo: 0 };
  murmur3TokenInto(key, out);
  return word(out.hi, out.lo);
};
