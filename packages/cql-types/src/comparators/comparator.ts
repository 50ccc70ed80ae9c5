// Data plane. Cassandra's order of the values of each type (spec: sstable-data §6.7). Called by readers, writers and mergers of SSTables once
// per column; the comparator that they get runs once per pair of values and allocates nothing.
import type { CqlType } from '../cql-type.ts';
import { valueLengthIfFixed } from '../fixed-length.ts';
import type { NativeName } from '../native-types.ts';
import { byteOrder, fixedOrder, type RangeOrder } from './byte-order.ts';
import { collectionOrder, fixedVectorOrder, vectorOrder } from './collection-order.ts';
import { componentsOrder } from './composite-order.ts';
import { decimalOrder } from './decimal-order.ts';
import { dynamicCompositeOrder } from './dynamic-composite-order.ts';
import { doubleOrder, floatOrder } from './float-order.ts';
import { booleanOrder, integerOrder, varintOrder } from './integer-order.ts';
import { partitionerOrder } from './partitioner-order.ts';
import { tupleOrder } from './tuple-order.ts';
import { lexicalUuidOrder, timeUuidOrder, uuidOrder } from './uuid-order.ts';

/** The order of two values: negative when `a` comes first, zero when they are equal, positive when `b` comes first. */
export type Comparator = (a: Uint8Array, b: Uint8Array) => number;

const NATIVE: Readonly<Record<NativeName, RangeOrder>> = {
  ascii: byteOrder,
  text: byteOrder,
  blob: byteOrder,
  inet: byteOrder,
  date: byteOrder,
  time: byteOrder,
  duration: byteOrder,
  legacyDate: byteOrder,
  counter: byteOrder,
  boolean: booleanOrder,
  tinyint: integerOrder(1),
  smallint: integerOrder(2),
  int: integerOrder(4),
  bigint: integerOrder(8),
  timestamp: integerOrder(8),
  varint: varintOrder,
  decimal: decimalOrder,
  float: floatOrder,
  double: doubleOrder,
  uuid: uuidOrder,
  timeuuid: timeUuidOrder,
  legacyTimeuuid: timeUuidOrder,
  lexicalUuid: lexicalUuidOrder,
  empty: fixedOrder(0, () => 0),
};

const reversed =
  (order: RangeOrder): RangeOrder =>
  (a, aFrom, aTo, b, bFrom, bTo) =>
    order(b, bFrom, bTo, a, aFrom, aTo);

const vectorOrderOf = (element: CqlType, dimension: number): RangeOrder => {
  const lengthBytes = valueLengthIfFixed(element);
  return lengthBytes === undefined
    ? vectorOrder(rangeOrderOf(element), dimension)
    : fixedVectorOrder(rangeOrderOf(element), lengthBytes, dimension);
};

const makeOrder = (type: CqlType): RangeOrder => {
  switch (type.kind) {
    case 'native':
      return NATIVE[type.name];
    case 'list':
    case 'set':
      return collectionOrder([rangeOrderOf(type.element)]);
    case 'map':
      return collectionOrder([rangeOrderOf(type.key), rangeOrderOf(type.value)]);
    case 'tuple':
      return tupleOrder(type.components.map(rangeOrderOf));
    case 'udt':
      return tupleOrder(type.fields.map((field) => rangeOrderOf(field.type)));
    case 'vector':
      return vectorOrderOf(type.element, type.dimension);
    case 'reversed':
      return reversed(rangeOrderOf(type.base));
    case 'composite': {
      const orders = type.components.map(rangeOrderOf);
      const types = { headBytes: () => 0, orderOf: (index: number) => orders[index] ?? byteOrder };
      return componentsOrder(types, true);
    }
    case 'dynamicComposite':
      return dynamicCompositeOrder(type, rangeOrderOf);
    case 'partitionerOrder':
      return partitionerOrder(type.partitionerClass);
    case 'custom':
      return byteOrder;
    default: {
      const never: never = type;
      return never;
    }
  }
};

const rangeOrders = new WeakMap<CqlType, RangeOrder>();

const rangeOrderOf = (type: CqlType): RangeOrder => {
  const known = rangeOrders.get(type);
  if (known !== undefined) return known;
  const order = makeOrder(type);
  rangeOrders.set(type, order);
  return order;
};

const comparators = new WeakMap<CqlType, Comparator>();

/**
 * Cassandra's order of a type's values (AbstractType#compare; spec: sstable-data §6.7). A reversed type has its base's order
 * the other way round, empty values included. Nulls are not its business: they sort before everything, also in descending order.
 *
 * It takes any bytes: what Cassandra would fail on has its place as well (values of a wrong length after all others; lengths
 * that say more than there is are cut), the same one every time. Types that Cassandra does not order, which are counters, and
 * classes that are not known here are ordered as unsigned bytes. The comparator of one type object is made once.
 */
export const comparatorOf = (type: CqlType): Comparator => {
  const known = comparators.get(type);
  if (known !== undefined) return known;
  const order = rangeOrderOf(type);
  const comparator: Comparator = (a, b) => order(a, 0, a.length, b, 0, b.length);
  comparators.set(type, comparator);
  return comparator;
};
