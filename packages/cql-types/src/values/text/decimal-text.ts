// Data plane. Decimals as Java prints them (BigDecimal#toString): plain where that takes at most six zeros behind the point, else in scientific
// notation, so that no scale makes a long text. Called by the printers of values.
import { i32At, varintAt } from '../read-at.ts';

/** The smallest power of ten of the first digit that is printed plainly. */
const PLAIN_POWER_MIN = -6;

/** The text of unscaled · 10^(−scale). */
export const decimalText = (unscaled: bigint, scale: number): string => {
  const signed = unscaled.toString();
  if (scale === 0) return signed;
  const sign = unscaled < 0n ? '-' : '';
  const digits = unscaled < 0n ? signed.slice(1) : signed;
  const power = digits.length - 1 - scale;
  if (scale > 0 && power >= PLAIN_POWER_MIN) {
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length > 1 ? `${digits.charAt(0)}.${digits.slice(1)}` : digits;
  if (power === 0) return sign + mantissa;
  return `${sign}${mantissa}E${power > 0 ? '+' : ''}${power}`;
};

/** The text of a decimal of at least four bytes: an i32 scale and an unscaled integer. */
export const decimalTextAt = (bytes: Uint8Array, from: number, to: number): string =>
  decimalText(varintAt(bytes, from + 4, to), i32At(bytes, from));
