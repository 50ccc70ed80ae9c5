// Data plane. Doubles as Java prints them, digits straight into the text, where that is simple: numbers between a thousandth and ten million that
// are not whole. Called by the writers of values; everything else goes through the printer of cql-types. Digits come from toExponential: unlike
// String it puts nothing into the engine's cache of numbers, whose entries the collector moves around for long.
import type { TextBuffer } from './text-buffer.ts';

/** Java prints these without an exponent (Double#toString). */
const PLAIN_MIN = 1e-3;
const PLAIN_MAX = 1e7;
/** Where Java before 19 may print other digits than the shortest: see the printer of cql-types. */
const ODD_MIN = 2 ** -9;
const ODD_MAX = 2 ** -8;
/** Sign, point, zeros and 17 digits, with room to spare. */
const DOUBLE_BYTES = 32;
/** `e+2`: exponents of plain numbers have one digit. */
const EXPONENT_CHARS = 3;
const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;

const bits = new DataView(new ArrayBuffer(8));

const putDigits = (out: TextBuffer, text: string, from: number, to: number): void => {
  const { bytes, length } = out;
  for (let i = from; i < to; i++) bytes[length + i - from] = text.charCodeAt(i);
  out.length = length + to - from;
};

/** A positive number from its exponential text; the caller has reserved room. */
const putPlain = (out: TextBuffer, text: string): void => {
  const end = text.length - EXPONENT_CHARS;
  const digit = text.charCodeAt(end + 2) - ZERO;
  if (text.charCodeAt(end + 1) === MINUS) {
    out.byte(ZERO);
    out.byte(POINT);
    for (let i = 1; i < digit; i++) out.byte(ZERO);
    putDigits(out, text, 0, 1);
    // without a point where there is one digit
    if (end > 1) putDigits(out, text, 2, end);
    return;
  }
  putDigits(out, text, 0, 1);
  putDigits(out, text, 2, 2 + digit);
  out.byte(POINT);
  putDigits(out, text, 2 + digit, end);
};

/** False, and nothing is written, where the number is none of the simple ones. */
export const putDouble = (out: TextBuffer, high: number, low: number): boolean => {
  // powers of two are odd ones, too
  if ((high & 0xfffff) === 0 && low === 0) return false;
  bits.setInt32(0, high);
  bits.setInt32(4, low);
  const value = bits.getFloat64(0);
  const positive = Math.abs(value);
  if (!(positive >= PLAIN_MIN && positive < PLAIN_MAX) || Number.isInteger(value)) return false;
  if (positive >= ODD_MIN && positive < ODD_MAX) return false;
  out.reserve(DOUBLE_BYTES);
  if (value < 0) out.byte(MINUS);
  putPlain(out, positive.toExponential());
  return true;
};
