// Data plane. The order of unsigned bytes, and what every other order is built from. Called by the orders of this folder for each pair of
// values; they take ranges of arrays, so that nothing is allocated for what stands inside another value.

/** The order of `a[aFrom … aTo)` and `b[bFrom … bTo)`: negative, zero or positive. Total over all bytes, also malformed ones. */
export type RangeOrder = (
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
) => number;

/** Bytes that a loop compares before the native comparison takes over: below this the call costs more than it saves. */
const LOOP_BYTES = 24;

/** Unsigned lexicographic order (ByteBufferUtil#compareUnsigned): text, ascii, blob, inet, date, time, duration. */
export const byteOrder: RangeOrder = (a, aFrom, aTo, b, bFrom, bTo) => {
  const aLength = aTo - aFrom;
  const bLength = bTo - bFrom;
  const common = aLength < bLength ? aLength : bLength;
  const looped = common < LOOP_BYTES ? common : LOOP_BYTES;
  for (let i = 0; i < looped; i++) {
    const difference = (a[aFrom + i] as number) - (b[bFrom + i] as number);
    if (difference !== 0) return difference;
  }
  if (common > LOOP_BYTES) {
    const [from, to] = [bFrom + LOOP_BYTES, bFrom + common];
    const order = Buffer.prototype.compare.call(a, b, from, to, aFrom + LOOP_BYTES, aFrom + common);
    if (order !== 0) return order;
  }
  return aLength - bLength;
};

/** Compares two values of the right length that start at these places. */
export type FixedOrder = (a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number) => number;

/** Empty values first, then those of the right length, then malformed ones. */
const rankOfLength = (length: number, expected: number): number => {
  if (length === expected) return 1;
  return length === 0 ? 0 : 2;
};

/**
 * The order of a type of fixed length: empty values first, as in Cassandra; values of a wrong length last, in the order of
 * their bytes (Cassandra would fail on them).
 */
export const fixedOrder =
  (lengthBytes: number, order: FixedOrder): RangeOrder =>
  (a, aFrom, aTo, b, bFrom, bTo) => {
    const aLength = aTo - aFrom;
    const bLength = bTo - bFrom;
    if (aLength === lengthBytes && bLength === lengthBytes) return order(a, aFrom, b, bFrom);
    const rank = rankOfLength(aLength, lengthBytes) - rankOfLength(bLength, lengthBytes);
    return rank === 0 ? byteOrder(a, aFrom, aTo, b, bFrom, bTo) : rank;
  };
