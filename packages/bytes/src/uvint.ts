// Data plane. Sizes of Cassandra's variable-length integers (VIntCoding; spec: sstable-data §1.1). Called by the writer and by codecs
// that compute sizes ahead of writing.

/** 2 to the power 7, 14, … 49: the first number that needs one byte more. */
const FIRST_NUMBER_OF_SIZE = [2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28, 2 ** 35, 2 ** 42, 2 ** 49];

const bigintLength = (value: bigint): number => {
  const pattern = BigInt.asUintN(64, value);
  if (pattern >> 56n !== 0n) return 9;
  if (pattern >> 49n !== 0n) return 8;
  return uvintLength(Number(pattern));
};

/**
 * Bytes that the value takes as a uvint: 1 to 9. Negative values are 64-bit patterns and take 9 (spec:
 * sstable-index-and-stats §0). Numbers are whole and at most 2^53 - 1.
 */
export const uvintLength = (value: bigint | number): number => {
  if (typeof value === 'bigint') return bigintLength(value);
  if (value < 0) return 9;
  let size = 1;
  while (size < 8 && value >= (FIRST_NUMBER_OF_SIZE[size - 1] as number)) size += 1;
  return size;
};

/** Zig-zag of a signed 64-bit value: small magnitudes become small unsigned values. */
export const zigZag = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));

/** The signed value of a zig-zag. */
export const unZigZag = (value: bigint): bigint => BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
