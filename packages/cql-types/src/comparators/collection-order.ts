// Data plane. Orders of frozen collections and of vectors (spec: sstable-data §6.3, §6.5, §6.7; ListType#compareListOrSet, MapType#compareMaps,
// VectorType). Called by the orders of types.
import { byteOrder, type FixedOrder, fixedOrder, type RangeOrder } from './byte-order.ts';
import { endAt, lengthAt, uvintAt, uvintBytesAt } from './element.ts';

/** Empty values, which hold no count, before all others. */
const emptyFirst =
  (order: RangeOrder): RangeOrder =>
  (a, aFrom, aTo, b, bFrom, bTo) => {
    if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
    return order(a, aFrom, aTo, b, bFrom, bTo);
  };

/** Element by element, for maps keys and values in turn, then by their number; null before all else. */
export const collectionOrder = (orders: readonly RangeOrder[]): RangeOrder => {
  const width = orders.length;
  return emptyFirst((a, aFrom, aTo, b, bFrom, bTo) => {
    const aCount = lengthAt(a, aFrom, aTo) * width;
    const bCount = lengthAt(b, bFrom, bTo) * width;
    let aAt = endAt(aFrom, 4, aTo);
    let bAt = endAt(bFrom, 4, bTo);
    for (let i = 0; ; i++) {
      const aEnded = i >= aCount || aAt >= aTo;
      const bEnded = i >= bCount || bAt >= bTo;
      if (aEnded || bEnded) return (aEnded ? 0 : 1) - (bEnded ? 0 : 1);
      const aLength = lengthAt(a, aAt, aTo);
      const bLength = lengthAt(b, bAt, bTo);
      aAt = endAt(aAt, 4, aTo);
      bAt = endAt(bAt, 4, bTo);
      if (aLength < 0 || bLength < 0) {
        if (aLength >= 0 || bLength >= 0) return aLength < 0 ? -1 : 1;
        continue;
      }
      const aEnd = endAt(aAt, aLength, aTo);
      const bEnd = endAt(bAt, bLength, bTo);
      const order = (orders[i % width] as RangeOrder)(a, aAt, aEnd, b, bAt, bEnd);
      if (order !== 0) return order;
      aAt = aEnd;
      bAt = bEnd;
    }
  });
};

/** Vectors whose elements have a fixed length: one after the other. */
export const fixedVectorOrder = (
  element: RangeOrder,
  elementBytes: number,
  dimension: number,
): RangeOrder => {
  const elements: FixedOrder = (a, aFrom, b, bFrom) => {
    for (let i = 0; i < dimension; i++) {
      const aAt = aFrom + i * elementBytes;
      const bAt = bFrom + i * elementBytes;
      const order = element(a, aAt, aAt + elementBytes, b, bAt, bAt + elementBytes);
      if (order !== 0) return order;
    }
    return 0;
  };
  // elements of no bytes are all equal, however many there are
  if (elementBytes === 0) return byteOrder;
  return fixedOrder(elementBytes * dimension, elements);
};

/** Vectors whose elements carry their lengths; what is missing at the end comes before what is there. */
export const vectorOrder = (element: RangeOrder, dimension: number): RangeOrder =>
  emptyFirst((a, aFrom, aTo, b, bFrom, bTo) => {
    let aAt = aFrom;
    let bAt = bFrom;
    for (let i = 0; i < dimension && (aAt < aTo || bAt < bTo); i++) {
      if (aAt >= aTo || bAt >= bTo) return aAt >= aTo ? -1 : 1;
      const aStart = aAt + uvintBytesAt(a, aAt, aTo);
      const bStart = bAt + uvintBytesAt(b, bAt, bTo);
      const aEnd = endAt(aStart, uvintAt(a, aAt, aTo), aTo);
      const bEnd = endAt(bStart, uvintAt(b, bAt, bTo), bTo);
      const order = element(a, aStart, aEnd, b, bStart, bEnd);
      if (order !== 0) return order;
      aAt = aEnd;
      bAt = bEnd;
    }
    return 0;
  });
