// Data plane. The byte-comparable form of decimals (spec: sstable-index-and-stats §7.6; DecimalType#asComparableBytes): the exponent with base
// 100 and its sign, then two decimal digits a byte. Called by the encoders of values. Its work is bounded by the digits of the value.
import { ByteReader, LimitExceeded } from '@scamander/bytes';
import { NUMBER_BYTES_MAX } from '../limits.ts';
import { signedOf } from './comparable-integers.ts';

const ZERO = 0x80;
const POSITIVE = 0x80;
const DIGITS = 0x80;

/** Bytes of an exponent's magnitude without leading zeros; it may need one bit more than an int. */
const exponentBytes = (magnitude: number): number => {
  let count = 0;
  for (let rest = magnitude; rest > 0; rest = Math.floor(rest / 256)) count += 1;
  return count;
};

const pushExponent = (out: number[], exponent: number, isPositive: boolean): void => {
  const size = exponentBytes(Math.abs(exponent));
  out.push((isPositive ? POSITIVE : 0) + 0x40 + (exponent >= 0 ? size : -size));
  for (let i = size - 1; i >= 0; i--) out.push(Math.floor(exponent / 256 ** i) & 0xff);
};

/**
 * The pairs of digits behind the point of a mantissa between 0.01 and 1. A negative mantissa is its first pair rounded down
 * and a positive rest.
 */
const pushMantissa = (out: number[], digits: string, isPositive: boolean): void => {
  const last = Math.ceil(digits.length / 2) - 1;
  for (let i = 0; i <= last; i++) {
    const pair = Number(digits.slice(2 * i, 2 * i + 2).padEnd(2, '0'));
    if (isPositive) {
      out.push(DIGITS + pair);
    } else {
      // −0.d₀d₁…dₙ = −(d₀+1)/100 + 0.00(99−d₁)…(100−dₙ)
      const complement = (i === 0 ? 0 : 100) - pair - (i === last ? 0 : 1);
      out.push(DIGITS + complement);
    }
  }
  out.push(0);
};

/**
 * Appends the form of a decimal: `bytes` are an i32 scale and the unscaled integer. Throws NeedMoreBytes when they have no scale, and
 * LimitExceeded beyond `NUMBER_BYTES_MAX`.
 */
export const pushDecimal = (out: number[], bytes: Uint8Array): void => {
  if (bytes.length > NUMBER_BYTES_MAX)
    throw new LimitExceeded({
      field: 'a decimal',
      value: BigInt(bytes.length),
      limit: BigInt(NUMBER_BYTES_MAX),
      offset: 0,
    });
  const scale = new ByteReader(bytes).i32();
  const unscaled = signedOf(bytes.subarray(4));
  if (unscaled === 0n) {
    out.push(ZERO);
    return;
  }
  const isPositive = unscaled > 0n;
  const digits = (isPositive ? unscaled : -unscaled).toString();
  // rounded down to an even number of places; the number is ±0.(0)digits · 100^exponent
  const shift = Math.floor((scale - digits.length) / 2) * 2;
  const exponent = isPositive ? -shift / 2 : shift / 2;
  pushExponent(out, exponent, isPositive);
  const places = scale - shift;
  pushMantissa(out, digits.padStart(places, '0').replace(/0+$/, ''), isPositive);
};
