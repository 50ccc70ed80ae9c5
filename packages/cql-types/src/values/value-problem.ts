// Data plane. Whether bytes are a value of their type, by the rules of Cassandra's validators (AbstractType#validate; spec: sstable-data §5, §6).
// Called by the verification of SSTables and by writers, once per value. Allocates next to nothing while all is well.
import type { CqlType } from '../cql-type.ts';
import { valueLengthIfFixed } from '../fixed-length.ts';
import { parseType } from '../type-parser.ts';
import { compositeCheck, dynamicCompositeCheck } from './checks/composite-checks.ts';
import { anything, type Check, NATIVE_CHECKS } from './checks/native-checks.ts';
import {
  collectionCheck,
  fixedVectorCheck,
  tupleCheck,
  vectorCheck,
} from './checks/sequence-checks.ts';

const checkOfText = (text: string): Check | undefined => {
  const type = parseType(text);
  return type._tag === 'Right' ? checkOf(type.right) : undefined;
};

const makeCheck = (type: CqlType): Check => {
  switch (type.kind) {
    case 'native':
      return NATIVE_CHECKS[type.name];
    case 'list':
    case 'set':
      return collectionCheck([checkOf(type.element)], ['element']);
    case 'map':
      return collectionCheck([checkOf(type.key), checkOf(type.value)], ['key', 'value']);
    case 'tuple':
      return tupleCheck(
        type.components.map(checkOf),
        type.components.map((_, i) => `field ${i}`),
      );
    case 'udt':
      return tupleCheck(
        type.fields.map((field) => checkOf(field.type)),
        type.fields.map((field) => `field "${field.name}"`),
      );
    case 'vector': {
      const lengthBytes = valueLengthIfFixed(type.element);
      return lengthBytes === undefined
        ? vectorCheck(checkOf(type.element), type.dimension)
        : fixedVectorCheck(checkOf(type.element), lengthBytes, type.dimension);
    }
    case 'reversed':
      return checkOf(type.base);
    case 'composite':
      return compositeCheck(type.components.map(checkOf));
    case 'dynamicComposite':
      return dynamicCompositeCheck(
        new Map(
          type.aliases.map(({ alias, type: inner }) => [alias.charCodeAt(0), checkOf(inner)]),
        ),
        checkOfText,
      );
    case 'partitionerOrder':
      return type.base === undefined ? anything : checkOf(type.base);
    case 'custom':
      return anything;
    default: {
      const never: never = type;
      return never;
    }
  }
};

const checks = new WeakMap<CqlType, Check>();

const checkOf = (type: CqlType): Check => {
  const known = checks.get(type);
  if (known !== undefined) return known;
  const check = makeCheck(type);
  checks.set(type, check);
  return check;
};

/**
 * What is wrong with a value, in words, or undefined where Cassandra's own validators accept it (AbstractType#validate). Empty
 * values pass for all types but tinyint, smallint, date, time, duration and vectors; tuples may lack their last fields; sets and
 * maps need not be sorted; what Cassandra does not look at, such as the range of a time, is not looked at here either.
 * Classes that are not known here take any bytes.
 */
export const valueProblem = (type: CqlType, bytes: Uint8Array): string | undefined =>
  checkOf(type)(bytes, 0, bytes.length);

/** The same for many values of one type. */
export const valueProblemOf = (type: CqlType): ((bytes: Uint8Array) => string | undefined) => {
  const check = checkOf(type);
  return (bytes) => check(bytes, 0, bytes.length);
};
