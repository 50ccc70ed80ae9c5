// Control plane. What the partitioners share: narrowing a Token to its kind, and reading decimal text. Called by the partitioners only.
import { TOKEN_TEXT_CHARS_MAX } from '../limits.ts';
import type { Token } from '../token.ts';

/** The token as a number. Mixing tokens of two partitioners is a bug of the caller. */
export const asNumber = (token: Token): bigint => {
  if (typeof token !== 'bigint') throw new TypeError('a token of bytes where a number is expected');
  return token;
};

/** The token as bytes. Mixing tokens of two partitioners is a bug of the caller. */
export const asBytes = (token: Token): Uint8Array => {
  if (typeof token === 'bigint') throw new TypeError('a token number where bytes are expected');
  return token;
};

/** -1, 0 or 1. */
export const compareNumbers = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Unsigned, byte by byte, a prefix first. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
};

const decimal = /^[+-]?\d{1,40}$/;

/** A decimal integer between two bounds; a RangeError otherwise. */
export const numberFromText = (text: string, min: bigint, max: bigint): bigint => {
  if (!decimal.test(text)) throw new RangeError('expected a decimal integer');
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value < min || value > max) throw new RangeError(`expected a number from ${min} to ${max}`);
  return value;
};

/** Refuses text too long to be a token, before anything is allocated for it. */
export const checkTextLength = (text: string): void => {
  if (text.length > TOKEN_TEXT_CHARS_MAX)
    throw new RangeError(`longer than ${TOKEN_TEXT_CHARS_MAX} characters`);
};
