// Data plane. The order of decimals by their bytes, an i32 scale and an unscaled varint: numeric, so that 1.0 and 1.00 are equal
// (DecimalType; spec: sstable-data §6.2, §6.7). Called by the orders of types. Never expands a power of ten beyond the digits at hand.
import { DECIMAL_EXACT_BYTES_MAX } from '../limits.ts';
import { byteOrder, type RangeOrder } from './byte-order.ts';
import { varintOrder } from './integer-order.ts';

const SCALE_BYTES = 4;
/** Unscaled values up to here are exact as numbers. */
const NUMBER_BYTES = 6;
const LOG10_OF_2 = Math.log10(2);

const scaleAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number);

/** −1, 0 or 1. */
const signOf = (bytes: Uint8Array, from: number, to: number): number => {
  for (let at = from; at < to; at++)
    if (bytes[at] !== 0) return (bytes[from] as number) >= 0x80 ? -1 : 1;
  return 0;
};

/** Bits of the magnitude, up to one too many for negative values. */
const bitsOf = (bytes: Uint8Array, from: number, to: number, sign: number): number => {
  const fill = sign < 0 ? 0xff : 0;
  let at = from;
  while (at < to && bytes[at] === fill) at += 1;
  if (at === to) return 1;
  const first = (bytes[at] as number) ^ fill;
  return 8 * (to - at) - (Math.clz32(first) - 24) + (sign < 0 ? 1 : 0);
};

const numberOf = (bytes: Uint8Array, from: number, to: number): number => {
  let value = ((bytes[from] as number) << 24) >> 24;
  for (let at = from + 1; at < to; at++) value = value * 256 + (bytes[at] as number);
  return value;
};

const bigintOf = (bytes: Uint8Array, from: number, to: number): bigint => {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
  return BigInt.asIntN((to - from) * 8, BigInt(`0x${hex}`));
};

/** Orders magnitudes that differ by their powers of ten alone; undefined when they may be close. */
const byPower = (
  aBits: number,
  aScale: number,
  bBits: number,
  bScale: number,
): number | undefined => {
  // a value of n bits has between (n−1)·log10(2) and n·log10(2) digits; two bits of leeway for negative ones and rounding
  const leeway = 3 * LOG10_OF_2 + 1;
  const difference = aBits * LOG10_OF_2 - aScale - (bBits * LOG10_OF_2 - bScale);
  return Math.abs(difference) > leeway ? difference : undefined;
};

/** Both of one sign and close to each other, so the scales differ by no more than the digits there are. */
const closeOrder: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  const more = scaleAt(b, bFrom) - scaleAt(a, aFrom);
  const aAt = aFrom + SCALE_BYTES;
  const bAt = bFrom + SCALE_BYTES;
  if (aTo - aAt <= NUMBER_BYTES && bTo - bAt <= NUMBER_BYTES && Math.abs(more) < 16) {
    const aNumber = numberOf(a, aAt, aTo) * 10 ** Math.max(more, 0);
    const bNumber = numberOf(b, bAt, bTo) * 10 ** Math.max(-more, 0);
    if (Number.isSafeInteger(aNumber) && Number.isSafeInteger(bNumber)) return aNumber - bNumber;
  }
  // nobody stores such numbers: they have an order, if not the exact one
  if (Math.max(aTo - aAt, bTo - bAt) > DECIMAL_EXACT_BYTES_MAX)
    return varintOrder(a, aAt, aTo, b, bAt, bTo) || more;
  const aValue = bigintOf(a, aAt, aTo) * 10n ** BigInt(Math.max(more, 0));
  const bValue = bigintOf(b, bAt, bTo) * 10n ** BigInt(Math.max(-more, 0));
  if (aValue === bValue) return 0;
  return aValue < bValue ? -1 : 1;
};

/** Empty values first, then numbers, then what is too short for a scale. */
const rankOf = (length: number): number => {
  if (length >= SCALE_BYTES) return 1;
  return length === 0 ? 0 : 2;
};

export const decimalOrder: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  const aRank = rankOf(aTo - aFrom);
  const bRank = rankOf(bTo - bFrom);
  if (aRank !== bRank) return aRank - bRank;
  if (aRank !== 1) return byteOrder(a, aFrom, aTo, b, bFrom, bTo);
  const aAt = aFrom + SCALE_BYTES;
  const bAt = bFrom + SCALE_BYTES;
  const sign = signOf(a, aAt, aTo);
  const bSign = signOf(b, bAt, bTo);
  if (sign !== bSign) return sign - bSign;
  if (sign === 0) return 0;
  const aScale = scaleAt(a, aFrom);
  const bScale = scaleAt(b, bFrom);
  if (aScale === bScale) return varintOrder(a, aAt, aTo, b, bAt, bTo);
  const power = byPower(bitsOf(a, aAt, aTo, sign), aScale, bitsOf(b, bAt, bTo, sign), bScale);
  if (power !== undefined) return sign * power;
  return closeOrder(a, aFrom, aTo, b, bFrom, bTo);
};
