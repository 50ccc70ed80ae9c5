// Data plane. Byte-comparable forms of integers (spec: sstable-index-and-stats §7.6). Called by the encoders of values, and by whoever puts
// together the forms of tokens. Each appends to `out`.

/** Two's complement, big-endian, any length; 0 for no bytes. */
export const signedOf = (bytes: Uint8Array): bigint => {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
};

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** Signed 64-bit integers, 1 to 9 bytes: a run of ones counts the bytes; negative ones are the inverse of −n−1. */
export const pushVariableInteger = (out: number[], value: bigint): void => {
  const magnitude = value >= 0n ? value : -value - 1n;
  const count = Math.floor(Math.max(1, bitLength(magnitude)) / 7) + 1;
  const invert = value >= 0n ? 0 : 0xff;
  const bytes: number[] = [];
  const total = Math.min(count, 9);
  for (let i = 0; i < total; i++) bytes.unshift(Number((magnitude >> BigInt(8 * i)) & 0xffn));
  if (total === 9) {
    bytes[0] = 0xff;
    bytes[1] = bytes[1]! | 0x80;
  } else {
    bytes[0] = bytes[0]! | (0xff & (0xff << (8 - total)));
  }
  for (const byte of bytes) out.push(byte ^ invert);
};

/** An unsigned length in the manner of UTF-8: as many leading ones as bytes follow, a zero, the value. */
const pushUnsignedLength = (out: number[], value: number, invert: number): void => {
  let extra = 0;
  while (extra < 8 && value >= 2 ** (7 * (extra + 1))) extra += 1;
  const bytes: number[] = [];
  let rest = value;
  for (let i = 0; i <= extra; i++) {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  bytes[0] = bytes[0]! | (0xff & (0xff << (8 - extra)));
  for (const byte of bytes) out.push(byte ^ invert);
};

/** Integers of any size, from their two's complement bytes, which need not be minimal. */
export const pushVarint = (out: number[], bytes: Uint8Array): void => {
  const isNegative = bytes[0]! >= 0x80;
  const signByte = isNegative ? 0xff : 0;
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === signByte) start += 1;
  const length = bytes[start] === signByte ? 0 : bytes.length - start;
  if (length < 7) {
    // with one sign byte, where there are some
    pushVariableInteger(out, signedOf(bytes.subarray(Math.max(0, start - 1))));
    return;
  }
  out.push(isNegative ? 0 : 0xff);
  pushUnsignedLength(out, length - 7, signByte);
  for (let i = start; i < bytes.length; i++) out.push(bytes[i]!);
};
