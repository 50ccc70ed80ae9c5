// Data plane. Orders of float and double by their bytes: Java's total order, −0.0 before +0.0, NaN last and equal to each other whatever its
// bits (Float#compare, Double#compare; spec: sstable-data §6.7). Called by the orders of types.
import { type FixedOrder, fixedOrder, type RangeOrder } from './byte-order.ts';

const i32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number);

const INFINITE_FLOAT = 0x7f800000;
const INFINITE_DOUBLE_HIGH = 0x7ff00000;

/** Larger than the bits of every number. */
const NAN_BITS = 0x7fffffff;

/** Bits that order like the numbers: those of negative ones are turned round. */
const turned = (bits: number): number => (bits < 0 ? bits ^ 0x7fffffff : bits);

const floatBits = (bytes: Uint8Array, at: number): number => {
  const bits = i32(bytes, at);
  if ((bits & 0x7fffffff) > INFINITE_FLOAT) return NAN_BITS;
  return turned(bits);
};

const floats: FixedOrder = (a, aFrom, b, bFrom) => floatBits(a, aFrom) - floatBits(b, bFrom);

const isNanDouble = (high: number, low: number): boolean => {
  const magnitude = high & 0x7fffffff;
  return magnitude > INFINITE_DOUBLE_HIGH || (magnitude === INFINITE_DOUBLE_HIGH && low !== 0);
};

const doubles: FixedOrder = (a, aFrom, b, bFrom) => {
  const aHigh = i32(a, aFrom);
  const bHigh = i32(b, bFrom);
  const aLow = i32(a, aFrom + 4);
  const bLow = i32(b, bFrom + 4);
  const aNan = isNanDouble(aHigh, aLow);
  const bNan = isNanDouble(bHigh, bLow);
  if (aNan || bNan) return (aNan ? 1 : 0) - (bNan ? 1 : 0);
  if (aHigh !== bHigh) return turned(aHigh) - turned(bHigh);
  const difference = (aLow >>> 0) - (bLow >>> 0);
  return aHigh < 0 ? -difference : difference;
};

export const floatOrder: RangeOrder = fixedOrder(4, floats);

export const doubleOrder: RangeOrder = fixedOrder(8, doubles);
