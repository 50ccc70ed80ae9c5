// Data plane. The digits of java-digits.ts where all that Java computes fits the exact integers of a number, which is so for most floats: the
// same rules, without the allocations of large integers. Called by the printer of floats.
import type { DecimalDigits } from './java-digits.ts';

const POWERS_OF_5 = Array.from({ length: 23 }, (_, power) => 5 ** power);
const BITS_OF_5 = POWERS_OF_5.map((power, i) => (i === 0 ? 0 : Math.floor(Math.log2(power)) + 1));

/** Bits up to which ten times any of the numbers below is exact. */
const REST_BITS_MAX = 52;
const TEN_UNIT_BITS_MAX = 50;

/** One more in the last place of `count` digits; all nines become a one with the next power. */
const roundedUp = (value: number, count: number, exponent: number): DecimalDigits => {
  if (value + 1 === 10 ** count) return { digits: `${10 ** (count - 1)}`, exponent: exponent + 1 };
  return { digits: String(value + 1).padStart(count, '0'), exponent };
};

const drawn = (
  rest: number,
  unit: number,
  margin: number,
  power: number,
  isInt: boolean,
): DecimalDigits => {
  const ten = 10 * unit;
  let [b, m, first, value, count] = [rest, margin, power, 0, 0];
  let low = false;
  let high = false;
  for (let i = 0; !low && !high; i++) {
    const digit = Math.floor(b / unit);
    b = 10 * (b - digit * unit);
    m = isInt ? Math.imul(10, m) : 10 * m;
    const isOverflown = i > 0 && m <= 0;
    low = isOverflown || b < m;
    high = isOverflown || (isInt ? (b + m) | 0 : b + m) > ten;
    if (i === 0 && digit === 0 && !high) first -= 1;
    else {
      value = 10 * value + digit;
      count += 1;
    }
    if (i === 0 && (first < -3 || first >= 8)) low = high = false;
  }
  const isAboveHalf = 2 * b > ten || (2 * b === ten && value % 2 === 1);
  if (high && (!low || isAboveHalf)) return roundedUp(value, count, first + 1);
  return { digits: String(value).padStart(count, '0'), exponent: first + 1 };
};

/**
 * The digits of the odd `fraction` of so many bits whose highest one stands for 2^exponent, with a part behind the point; undefined where
 * the numbers of its computation are too large.
 */
export const javaSmallDigits = (
  fraction: number,
  bits: number,
  exponent: number,
  significantBits: number,
): DecimalDigits | undefined => {
  const mantissa = fraction / 2 ** (bits - 1);
  const power = Math.floor(
    (mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981,
  );
  const tinyBits = bits - exponent - 1;
  const rest5 = power < 0 ? -power : 0;
  const unit5 = power < 0 ? 0 : power;
  if (tinyBits < 0 || rest5 > 21 || unit5 > 21) return undefined;
  const unitPower = unit5 + tinyBits;
  const least = Math.min(rest5, unitPower);
  const margin2 = rest5 + tinyBits + exponent - significantBits - (bits === 1 ? 1 : 0) - least;
  const lift = margin2 < 0 ? -margin2 : 0;
  const rest2 = rest5 - least + lift;
  const unit2 = unitPower - least + lift;
  const restBits = bits + rest2 + (BITS_OF_5[rest5] as number);
  const tenUnitBits = unit2 + 1 + (BITS_OF_5[unit5 + 1] as number);
  if (restBits > REST_BITS_MAX || tenUnitBits > TEN_UNIT_BITS_MAX) return undefined;
  return drawn(
    fraction * (POWERS_OF_5[rest5] as number) * 2 ** rest2,
    (POWERS_OF_5[unit5] as number) * 2 ** unit2,
    (POWERS_OF_5[rest5] as number) * 2 ** (margin2 + lift),
    power,
    restBits < 32 && tenUnitBits < 32,
  );
};
