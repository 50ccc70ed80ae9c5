// Data plane. Whole and decimal numbers from text (BigInteger, BigDecimal). Undefined stands for what is none. Called by the encoders of values.
import { NUMBER_TEXT_LENGTH_MAX } from '../../limits.ts';

/** A whole number of any size. */
export const parseInteger = (text: string): bigint | undefined => {
  if (text.length > NUMBER_TEXT_LENGTH_MAX || !/^[+-]?\d+$/.test(text)) return undefined;
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
};

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,10}))?$/i;

/** A number and the places behind its point, which may be negative. */
export interface ParsedDecimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** A decimal number in plain or scientific notation; its digits and scale are kept as written (`new BigDecimal(text)`). */
export const parseDecimal = (text: string): ParsedDecimal | undefined => {
  if (text.length > NUMBER_TEXT_LENGTH_MAX) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (sign === undefined || `${whole}${fraction}` === '') return undefined;
  const scale = fraction.length - Number(exponent);
  if (scale > 0x7fffffff || scale < -0x80000000) return undefined;
  const magnitude = BigInt(`${whole}${fraction}`);
  return { unscaled: sign === '-' ? -magnitude : magnitude, scale };
};

const FLOATING = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A floating-point number as Java reads it, NaN and infinities by name. */
export const parseFloating = (text: string): number | undefined => {
  if (text.length > NUMBER_TEXT_LENGTH_MAX) return undefined;
  if (FLOATING.test(text)) return Number(text);
  switch (text.replace(/^[+-]/, '').toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'infinity':
      return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
};
