// Data plane. The checksum of compressed chunks and of whole files before `ma` (spec: sstable-data §8.2, §9). Called by the readers of old
// SSTables. Pure; node:zlib has only CRC-32.

const MODULUS = 65_521;
/** Bytes between two reductions: the second sum then stays below 2^31, and all arithmetic among small integers. */
const BLOCK_BYTES = 3_840;

/** Adler-32 (RFC 1950), unsigned; `seed` is the checksum of what came before, 1 for nothing. */
export const adler32 = (bytes: Uint8Array, seed = 1): number => {
  let a = seed & 0xffff;
  let b = seed >>> 16;
  const { length } = bytes;
  for (let start = 0; start < length; start += BLOCK_BYTES) {
    const end = Math.min(start + BLOCK_BYTES, length);
    let i = start;
    for (; i + 8 <= end; i += 8) {
      b += a += bytes[i]!;
      b += a += bytes[i + 1]!;
      b += a += bytes[i + 2]!;
      b += a += bytes[i + 3]!;
      b += a += bytes[i + 4]!;
      b += a += bytes[i + 5]!;
      b += a += bytes[i + 6]!;
      b += a += bytes[i + 7]!;
    }
    for (; i < end; i++) b += a += bytes[i]!;
    a %= MODULUS;
    b %= MODULUS;
  }
  return ((b << 16) | a) >>> 0;
};
