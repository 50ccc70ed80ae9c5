// Data plane. Floats and doubles as Java prints them (Float#toString, Double#toString). Called by the printers of values, for each of them.
import { type BinaryNumber, type DecimalDigits, javaDigits } from './java-digits.ts';
import { javaSmallDigits } from './java-small-digits.ts';

const DOUBLE_BITS = 53;
const FLOAT_BITS = 24;

const scratch = new DataView(new ArrayBuffer(8));

/** The parts of a positive finite double that has that many significant bits and this least exponent. */
const binaryOf = (value: number, significantBits: number, exponentMin: number): BinaryNumber => {
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  const low = scratch.getUint32(4);
  const biased = high >>> 20;
  let fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(low);
  if (biased > 0) fraction |= 1n << 52n;
  let unitExponent = Math.max(biased, 1) - 1075;
  while ((fraction & 0xffffffffn) === 0n) {
    fraction >>= 32n;
    unitExponent += 32;
  }
  while ((fraction & 1n) === 0n) {
    fraction >>= 1n;
    unitExponent += 1;
  }
  const exponent = unitExponent + fraction.toString(2).length - 1;
  const missingBits = Math.max(0, exponentMin - exponent);
  return { fraction, exponent, significantBits: significantBits - missingBits };
};

/** Java's notation: plain from 0.001 up to 10^7, else exponential; at least one digit on each side of the point. */
const javaNotation = ({ digits, exponent }: DecimalDigits): string => {
  if (exponent > 0 && exponent < 8) {
    const whole = digits.slice(0, exponent).padEnd(exponent, '0');
    return `${whole}.${digits.slice(exponent) || '0'}`;
  }
  if (exponent <= 0 && exponent > -3) return `0.${'0'.repeat(-exponent)}${digits}`;
  return `${digits.charAt(0)}.${digits.slice(1) || '0'}E${exponent - 1}`;
};

/** Java's digits are the shortest ones for doubles between these that have a fraction; outside, or in the gap, it may err. */
const SHORTEST_MAX = 2 ** 52;
const OVERFLOW_MIN = 2 ** -9;
const OVERFLOW_MAX = 2 ** -8;
const PLAIN_MIN = 1e-3;
const PLAIN_MAX = 1e7;
/** Below it Java keeps all digits of whole floats. */
const FLOAT_EXACT_MAX = 2 ** 28;

const isPowerOfTwo = (value: number): boolean => {
  scratch.setFloat64(0, value);
  return (scratch.getUint32(0) & 0xfffff) === 0 && scratch.getUint32(4) === 0;
};

const positiveDouble = (value: number): string => {
  if (value < PLAIN_MAX && Number.isInteger(value)) return `${value}.0`;
  const mayDiffer =
    value > SHORTEST_MAX ||
    value < 1e-300 ||
    (value >= OVERFLOW_MIN && value < OVERFLOW_MAX) ||
    isPowerOfTwo(value);
  if (!mayDiffer) {
    if (value >= PLAIN_MIN && value < PLAIN_MAX) return String(value);
    const text = value.toExponential();
    // with one digit alone Java looks for the best second one
    if (text.charAt(1) === '.') return text.replace('e+', 'E').replace('e', 'E');
  }
  return javaNotation(javaDigits(binaryOf(value, DOUBLE_BITS, -1022)));
};

/** Floats of a fraction and of normal size. */
const smallFloat = (value: number): DecimalDigits | undefined => {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const biased = bits >>> 23;
  if (biased === 0) return undefined;
  const whole = (bits & 0x7fffff) | 0x800000;
  const zeros = 31 - Math.clz32(whole & -whole);
  return javaSmallDigits(whole >>> zeros, FLOAT_BITS - zeros, biased - 127, FLOAT_BITS);
};

const positiveFloat = (value: number): string => {
  if (value < PLAIN_MAX && Number.isInteger(value)) return `${value}.0`;
  if (value < FLOAT_EXACT_MAX && Number.isInteger(value)) {
    const text = String(value);
    return javaNotation({ digits: text.replace(/0+$/, ''), exponent: text.length });
  }
  const small = smallFloat(value);
  if (small !== undefined) return javaNotation(small);
  return javaNotation(javaDigits(binaryOf(value, FLOAT_BITS, -126)));
};

const signed =
  (positive: (value: number) => string) =>
  (value: number): string => {
    if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
    if (Number.isNaN(value)) return 'NaN';
    if (value === Number.POSITIVE_INFINITY) return 'Infinity';
    if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
    return value < 0 ? `-${positive(-value)}` : positive(value);
  };

/** A double as `Double.toString` prints it, such as `1.0E10`. */
export const doubleText: (value: number) => string = signed(positiveDouble);

/** A float, which the number is exactly, as `Float.toString` prints it. */
export const floatText: (value: number) => string = signed(positiveFloat);
