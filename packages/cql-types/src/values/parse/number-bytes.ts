// Data plane. Numbers as bytes: big-endian, of fixed length or as short as possible. Called by the encoders of values.

export const fixedBytes = (lengthBytes: 1 | 2 | 4, value: number): Uint8Array => {
  const bytes = new Uint8Array(lengthBytes);
  for (let i = 0; i < lengthBytes; i++) bytes[i] = value >> (8 * (lengthBytes - 1 - i));
  return bytes;
};

const scratch = new Uint8Array(8);
const scratchView = new DataView(scratch.buffer);

export const longBytes = (value: bigint): Uint8Array => {
  scratchView.setBigInt64(0, value);
  return scratch.slice();
};

/** Of a number that is exact. */
export const longBytesOfNumber = (value: number): Uint8Array => {
  scratchView.setInt32(0, Math.floor(value / 0x100000000));
  scratchView.setUint32(4, value);
  return scratch.slice();
};

export const floatBytes = (value: number): Uint8Array => {
  scratchView.setFloat32(0, value);
  return scratch.slice(0, 4);
};

export const doubleBytes = (value: number): Uint8Array => {
  scratchView.setFloat64(0, value);
  return scratch.slice();
};

/** Two's complement in as few bytes as it takes, at least one (BigInteger#toByteArray). */
export const varintBytes = (value: bigint): Uint8Array => {
  const magnitude = (value < 0n ? -value - 1n : value).toString(16);
  const firstDigitBits = 32 - Math.clz32(Number.parseInt(magnitude.charAt(0), 16));
  // and one bit for the sign
  const bits = 4 * (magnitude.length - 1) + firstDigitBits + 1;
  const lengthBytes = Math.ceil(bits / 8);
  const hex = BigInt.asUintN(8 * lengthBytes, value)
    .toString(16)
    .padStart(2 * lengthBytes, '0');
  return new Uint8Array(Buffer.from(hex, 'hex'));
};

/** An i32 scale and the unscaled integer. */
export const decimalBytes = (unscaled: bigint, scale: number): Uint8Array => {
  const digits = varintBytes(unscaled);
  const bytes = new Uint8Array(4 + digits.length);
  new DataView(bytes.buffer).setInt32(0, scale);
  bytes.set(digits, 4);
  return bytes;
};
