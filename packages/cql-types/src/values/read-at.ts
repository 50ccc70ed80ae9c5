// Data plane. Big-endian numbers at a place of an array, which the caller has found to be there. Called by the codecs and printers of values.
import { ByteReader, NeedMoreBytes } from '@scamander/bytes';

const TWO_32 = 0x100000000;

export const i16At = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) >> 16) | (bytes[at + 1] as number);

export const i32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number);

export const u32At = (bytes: Uint8Array, at: number): number => i32At(bytes, at) >>> 0;

/** A signed 64-bit integer as the nearest number: exact up to 2^53. */
export const i64NumberAt = (bytes: Uint8Array, at: number): number =>
  i32At(bytes, at) * TWO_32 + u32At(bytes, at + 4);

export const i64At = (bytes: Uint8Array, at: number): bigint => {
  const near = i64NumberAt(bytes, at);
  if (Number.isSafeInteger(near)) return BigInt(near);
  return (BigInt(i32At(bytes, at)) << 32n) | BigInt(u32At(bytes, at + 4));
};

/** Two's complement of any length; 0 for no bytes. */
export const varintAt = (bytes: Uint8Array, from: number, to: number): bigint => {
  const length = to - from;
  if (length <= 6) {
    let value = length === 0 ? 0 : ((bytes[from] as number) << 24) >> 24;
    for (let at = from + 1; at < to; at++) value = value * 256 + (bytes[at] as number);
    return BigInt(value);
  }
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('hex');
  return BigInt.asIntN(8 * length, BigInt(`0x${hex}`));
};

const scratch = new DataView(new ArrayBuffer(8));

export const f32At = (bytes: Uint8Array, at: number): number => {
  scratch.setInt32(0, i32At(bytes, at));
  return scratch.getFloat32(0);
};

export const f64At = (bytes: Uint8Array, at: number): number => {
  scratch.setInt32(0, i32At(bytes, at));
  scratch.setInt32(4, i32At(bytes, at + 4));
  return scratch.getFloat64(0);
};

/** Months, days and nanoseconds. */
export interface DurationParts {
  readonly months: number;
  readonly days: number;
  readonly nanoseconds: bigint;
}

const INT_MAX = 0x7fffffffn;

/** What a duration holds; undefined where it is none: three integers, of which two fit an int, of one sign (DurationSerializer#validate). */
export const durationAt = (
  bytes: Uint8Array,
  from: number,
  to: number,
): DurationParts | undefined => {
  const reader = new ByteReader(bytes, from, to);
  try {
    const months = reader.svint();
    const days = reader.svint();
    const nanoseconds = reader.svint();
    const parts = [months, days, nanoseconds];
    if (parts.some((part) => part < 0n) && parts.some((part) => part > 0n)) return undefined;
    if (months > INT_MAX || months < ~INT_MAX || days > INT_MAX || days < ~INT_MAX)
      return undefined;
    return { months: Number(months), days: Number(days), nanoseconds };
  } catch (error) {
    if (error instanceof NeedMoreBytes) return undefined;
    throw error;
  }
};
