// Data plane. The order of tuples and frozen user types: field by field, null before all else, missing trailing fields like nulls
// (spec: sstable-data §6.4, §6.7; TupleType#compareCustom). Called by the orders of types.
import type { RangeOrder } from './byte-order.ts';
import { endAt, lengthAt } from './element.ts';

export const tupleOrder =
  (orders: readonly RangeOrder[]): RangeOrder =>
  (a, aFrom, aTo, b, bFrom, bTo) => {
    if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
    let aAt = aFrom;
    let bAt = bFrom;
    for (const order of orders) {
      if (aAt >= aTo && bAt >= bTo) return 0;
      // past its end a value has nulls
      const aLength = lengthAt(a, aAt, aTo);
      const bLength = lengthAt(b, bAt, bTo);
      aAt = endAt(aAt, 4, aTo);
      bAt = endAt(bAt, 4, bTo);
      if (aLength < 0 || bLength < 0) {
        if (aLength >= 0) return 1;
        if (bLength >= 0) return -1;
        continue;
      }
      const aEnd = endAt(aAt, aLength, aTo);
      const bEnd = endAt(bAt, bLength, bTo);
      const difference = order(a, aAt, aEnd, b, bAt, bEnd);
      if (difference !== 0) return difference;
      aAt = aEnd;
      bAt = bEnd;
    }
    return 0;
  };
