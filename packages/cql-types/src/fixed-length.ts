// Control plane. Which values are written without a length (spec: sstable-data §6.1, §6.2, §6.5; AbstractType#valueLengthIfFixed). Called
// by readers and writers of rows and clusterings once per column, not per value.
import type { CqlType } from './cql-type.ts';
import { NATIVE_TYPES } from './native-types.ts';

/**
 * Bytes of every non-empty value of the type where it is written without a length, else undefined. Values of multi-cell
 * columns always carry a length, whatever their elements are.
 */
export const valueLengthIfFixed = (type: CqlType): number | undefined => {
  switch (type.kind) {
    case 'native':
      return NATIVE_TYPES[type.name].fixedLength;
    case 'reversed':
      return valueLengthIfFixed(type.base);
    case 'vector': {
      const length = valueLengthIfFixed(type.element);
      return length === undefined ? undefined : length * type.dimension;
    }
    default:
      return undefined;
  }
};
