// Data plane. Orders of composites and dynamic composites (spec: sstable-data §6.6, §6.7; AbstractCompositeType#compareCustom,
// DynamicCompositeType#getComparator). Called by the orders of types.
import type { RangeOrder } from './byte-order.ts';
import { endAt, shortAt } from './element.ts';

/** What starts old column names of static columns. */
const STATIC_BYTES = 2;

/** Gives the order of the components at two places, and how many bytes name their types there. */
export interface ComponentTypes {
  /** Bytes in front of the component at a place that say its type. */
  headBytes(bytes: Uint8Array, at: number, to: number): number;
  /** The order of component number `index`, whose heads start at these places. */
  orderOf(
    index: number,
    a: Uint8Array,
    aAt: number,
    aTo: number,
    b: Uint8Array,
    bAt: number,
    bTo: number,
  ): RangeOrder;
}

/** Static ones first; then component by component: by its type, then by its last byte, which is signed; fewer components first. */
export const componentsOrder =
  (types: ComponentTypes, hasStatics: boolean): RangeOrder =>
  (a, aFrom, aTo, b, bFrom, bTo) => {
    if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
    const aStatic = hasStatics && shortAt(a, aFrom, aTo) === 0xffff;
    const bStatic = hasStatics && shortAt(b, bFrom, bTo) === 0xffff;
    if (aStatic !== bStatic) return aStatic ? -1 : 1;
    let aAt = aStatic ? aFrom + STATIC_BYTES : aFrom;
    let bAt = bStatic ? bFrom + STATIC_BYTES : bFrom;
    for (let i = 0; aAt < aTo && bAt < bTo; i++) {
      const order = types.orderOf(i, a, aAt, aTo, b, bAt, bTo);
      aAt = endAt(aAt, types.headBytes(a, aAt, aTo), aTo);
      bAt = endAt(bAt, types.headBytes(b, bAt, bTo), bTo);
      const aStart = endAt(aAt, 2, aTo);
      const bStart = endAt(bAt, 2, bTo);
      const aEnd = endAt(aStart, shortAt(a, aAt, aTo), aTo);
      const bEnd = endAt(bStart, shortAt(b, bAt, bTo), bTo);
      const difference = order(a, aStart, aEnd, b, bStart, bEnd);
      if (difference !== 0) return difference;
      // where the last byte is missing it counts as 0, which is what stored values have
      const last = ((a[aEnd] ?? 0) ^ 0x80) - ((b[bEnd] ?? 0) ^ 0x80);
      if (aEnd < aTo && bEnd < bTo && last !== 0) return last;
      aAt = aEnd + 1;
      bAt = bEnd + 1;
    }
    return (aAt < aTo ? 1 : 0) - (bAt < bTo ? 1 : 0);
  };
