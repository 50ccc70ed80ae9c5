// Data plane. Orders of integers and booleans by their bytes (spec: sstable-data §6.7). Called by the orders of types.
import { byteOrder, type FixedOrder, fixedOrder, type RangeOrder } from './byte-order.ts';

/** Two's complement of fixed length: the first byte is signed, the others are not. */
export const signedBytes =
  (lengthBytes: number): FixedOrder =>
  (a, aFrom, b, bFrom) => {
    const first = ((a[aFrom] as number) ^ 0x80) - ((b[bFrom] as number) ^ 0x80);
    if (first !== 0) return first;
    for (let i = 1; i < lengthBytes; i++) {
      const difference = (a[aFrom + i] as number) - (b[bFrom + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };

/** Signed integers of fixed length: tinyint, smallint, int, bigint, timestamp. */
export const integerOrder = (lengthBytes: number): RangeOrder =>
  fixedOrder(lengthBytes, signedBytes(lengthBytes));

/** False, which is a zero byte, before true, which is any other (BooleanType#compareCustom); empty values first. */
export const booleanOrder: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
  return (a[aFrom] === 0 ? 0 : 1) - (b[bFrom] === 0 ? 0 : 1);
};

/** Where the bytes after the leading sign bytes begin; all of them may be sign bytes. */
const afterSign = (bytes: Uint8Array, from: number, to: number, sign: number): number => {
  let at = from;
  while (at < to && bytes[at] === sign) at += 1;
  return at;
};

/** Integers of any length, which need not be minimal (IntegerType#compareIntegers); empty values first. */
export const varintOrder: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
  const aSign = (a[aFrom] as number) >= 0x80 ? 0xff : 0;
  const bSign = (b[bFrom] as number) >= 0x80 ? 0xff : 0;
  if (aSign !== bSign) return bSign - aSign;
  const aAt = afterSign(a, aFrom, aTo, aSign);
  const bAt = afterSign(b, bFrom, bTo, aSign);
  const longer = aTo - aAt - (bTo - bAt);
  if (longer !== 0) return aSign === 0 ? longer : -longer;
  return byteOrder(a, aAt, aTo, b, bAt, bTo);
};
