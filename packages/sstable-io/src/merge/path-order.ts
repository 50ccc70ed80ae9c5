// Control plane. The order of the cells within a complex column (spec: sstable-data §4.6; CollectionType#cellPathComparator). Called once per
// complex column of a merge.
import { type Comparator, type CqlType, comparatorOf, nativeType } from '@scamander/cql-types';

/** By time-UUID in lists, by element in sets, by key in maps, by field index in user types. */
export const pathOrderOf = (type: CqlType): Comparator => {
  switch (type.kind) {
    case 'list':
      return comparatorOf(nativeType('timeuuid'));
    case 'set':
      return comparatorOf(type.element);
    case 'map':
      return comparatorOf(type.key);
    default:
      return comparatorOf(nativeType('smallint'));
  }
};
