// Data plane. The decimal digits that Java chooses for a float or double (Float#toString, Double#toString before JDK 19, which all releases
// of Cassandra in use run on). They are not always the shortest: whole numbers below 2^63 keep digits that a reader does not need, and some
// ranges get one too many, because Java computes in ints and longs that overflow. A dump that compares equal has to do the same. Called by
// the printers of floating-point numbers for what they cannot decide faster.

/** A positive number: `fraction`, which is odd, times a power of two, so that it lies between 2^exponent and 2^(exponent+1). */
export interface BinaryNumber {
  readonly fraction: bigint;
  readonly exponent: number;
  /** Bits that numbers of this size have: 24 for floats and 53 for doubles, fewer below the normal ones. */
  readonly significantBits: number;
}

/** The number is 0.digits · 10^exponent. */
export interface DecimalDigits {
  readonly digits: string;
  readonly exponent: number;
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** Bits of a power of five as Java's table has them, and beyond the table as it guesses. */
const bitsOfPower5 = (power: number): number => {
  if (power >= 27) return 3 * power;
  return power === 0 ? 0 : Math.floor(power * Math.log2(5)) + 1;
};

/** Whole numbers: all digits, but for those below half a unit of the last bit, which are rounded off. */
const wholeDigits = (value: bigint, exponent: number, significantBits: number): DecimalDigits => {
  const spareBits = exponent > significantBits ? exponent - significantBits - 1 : 0;
  const spareDigits = Math.floor(spareBits * Math.log10(2));
  const power = 10n ** BigInt(spareDigits);
  const kept = value / power + (spareDigits > 0 && value % power >= power / 2n ? 1n : 0n);
  const text = kept.toString();
  return { digits: text.replace(/0+$/, ''), exponent: text.length + spareDigits };
};

/** What digits are drawn from: the rest, the unit, and half a unit of the last bit, all in one scale. */
interface Scaled {
  readonly rest: bigint;
  readonly unit: bigint;
  readonly margin: bigint;
  /** Power of ten of the first digit. */
  readonly power: number;
  /** Bits of the integers in which Java computes, 32 or 64; 0 where it computes without bound. */
  readonly widthBits: 0 | 32 | 64;
}

/** Java's estimate of the power of ten: never too low, sometimes one too high. */
const estimatedPower = (fraction: bigint, bits: number, exponent: number): number => {
  const mantissa = Number(fraction) / 2 ** (bits - 1);
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981);
};

const widthOf = (restBits: number, tenUnitBits: number): Scaled['widthBits'] => {
  if (restBits >= 64 || tenUnitBits >= 64) return 0;
  return restBits < 32 && tenUnitBits < 32 ? 32 : 64;
};

const scaled = ({ fraction, exponent, significantBits }: BinaryNumber): Scaled => {
  const bits = bitLength(fraction);
  const power = estimatedPower(fraction, bits, exponent);
  const tinyBits = Math.max(0, bits - exponent - 1);
  const rest5 = Math.max(0, -power);
  const unit5 = Math.max(0, power);
  let rest2 = rest5 + tinyBits + exponent - (bits - 1);
  let unit2 = unit5 + tinyBits;
  // next to a power of two the numbers below lie closer
  let margin2 = rest5 + tinyBits + exponent - significantBits - (bits === 1 ? 1 : 0);
  const least = Math.min(rest2, unit2);
  rest2 -= least;
  unit2 -= least;
  margin2 -= least;
  if (margin2 < 0) {
    rest2 -= margin2;
    unit2 -= margin2;
    margin2 = 0;
  }
  return {
    rest: (fraction * 5n ** BigInt(rest5)) << BigInt(rest2),
    unit: (5n ** BigInt(unit5)) << BigInt(unit2),
    margin: (5n ** BigInt(rest5)) << BigInt(margin2),
    power,
    widthBits: widthOf(bits + rest2 + bitsOfPower5(rest5), unit2 + 1 + bitsOfPower5(unit5 + 1)),
  };
};

/** One more in the last place; nines become zeros, all nines a one with the next power. */
const roundedUp = (digits: readonly number[], power: number): DecimalDigits => {
  const up = [...digits];
  let at = up.length - 1;
  while (at > 0 && up[at] === 9) {
    up[at] = 0;
    at -= 1;
  }
  if (up[at] === 9) {
    up[0] = 1;
    return { digits: up.join(''), exponent: power + 2 };
  }
  up[at] = (up[at] as number) + 1;
  return { digits: up.join(''), exponent: power + 1 };
};

/** Digit after digit until what is left, or what is missing to the next, is below the margin. */
const drawnDigits = ({ rest, unit, margin, power, widthBits }: Scaled): DecimalDigits => {
  const cut = (value: bigint): bigint =>
    widthBits === 0 ? value : BigInt.asIntN(widthBits, value);
  const ten = 10n * unit;
  const digits: number[] = [];
  let [b, m, first] = [rest, margin, power];
  let low = false;
  let high = false;
  for (let i = 0; !low && !high; i++) {
    const digit = Number(b / unit);
    b = 10n * (b % unit);
    m = cut(10n * m);
    const sum = cut(b + m);
    // a margin that has overflowed is above everything
    const isOverflown = i > 0 && m <= 0n;
    low = isOverflown || b < m;
    high = isOverflown || (widthBits === 0 ? sum >= ten : sum > ten);
    if (i === 0 && digit === 0 && !high) first -= 1;
    else digits.push(digit);
    // in exponential form there is always a second digit
    if (i === 0 && (first < -3 || first >= 8)) low = high = false;
  }
  const isAboveHalf = 2n * b > ten || (2n * b === ten && (digits.at(-1) as number) % 2 === 1);
  if (high && (!low || isAboveHalf)) return roundedUp(digits, first);
  return { digits: digits.join(''), exponent: first + 1 };
};

/** The digits of a positive number. */
export const javaDigits = (number: BinaryNumber): DecimalDigits => {
  const { fraction, exponent, significantBits } = number;
  const bits = bitLength(fraction);
  const isWhole = bits - exponent - 1 <= 0 && exponent <= 62;
  return isWhole
    ? wholeDigits(fraction << BigInt(exponent - bits + 1), exponent, significantBits)
    : drawnDigits(scaled(number));
};
