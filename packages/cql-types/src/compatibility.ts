// Control plane. Whether what was written as one type may be read as another: Cassandra's three relations, which are neither symmetric nor
// the same (AbstractType#isCompatibleWith, #isValueCompatibleWith, #isSerializationCompatibleWith). Called when the types of an SSTable's
// header are compared with a table's schema. The matrices of 4.0, 4.1 and 5.0 are the tests.
import { type CqlType, isMultiCell, type ListType, type MapType, nativeType } from './cql-type.ts';
import { valueLengthIfFixed } from './fixed-length.ts';
import type { NativeName } from './native-types.ts';
import { sameType } from './same-type.ts';

type Relation = (reader: CqlType, written: CqlType) => boolean;

/** Natives whose values another native reads and orders alike, besides its own. */
const COMPATIBLE: Partial<Record<NativeName, readonly NativeName[]>> = {
  blob: ['ascii', 'text'],
  text: ['ascii'],
  timestamp: ['legacyDate'],
  legacyDate: ['timestamp'],
};

/** Natives whose values another native reads, besides its own; blob reads everything. */
const VALUE_COMPATIBLE: Partial<Record<NativeName, readonly NativeName[]>> = {
  text: ['ascii'],
  bigint: ['timestamp', 'legacyDate'],
  timestamp: ['bigint', 'legacyDate'],
  legacyDate: ['bigint', 'timestamp'],
  varint: ['int', 'bigint', 'timestamp', 'legacyDate'],
  date: ['int'],
  time: ['bigint'],
  uuid: ['timeuuid'],
};

const oneOf = (names: readonly NativeName[] | undefined, written: CqlType): boolean =>
  written.kind === 'native' && names?.includes(written.name) === true;

/** The first ones pair up and nothing of the written type is left over: adding components is fine, removing is not. */
const extended = (
  relation: Relation,
  reader: readonly CqlType[],
  written: readonly CqlType[],
): boolean =>
  written.length <= reader.length &&
  written.every((type, index) => relation(reader[index] as CqlType, type));

/** The components of a tuple or the fields of a user type, which is a tuple to Cassandra. */
const tupleParts = (type: CqlType): readonly CqlType[] | undefined => {
  if (type.kind === 'tuple') return type.components;
  return type.kind === 'udt' ? type.fields.map((field) => field.type) : undefined;
};

type Collection = ListType | MapType;

/** What orders the cells of a multi-cell collection (CollectionType#nameComparator); lists use a time UUID of their own. */
const cellNames = (type: Collection): CqlType => {
  if (type.kind === 'map') return type.key;
  return type.kind === 'set' ? type.element : nativeType('timeuuid');
};

/** What the cells of a collection hold (CollectionType#valueComparator); sets hold nothing. */
const cellValues = (type: Collection): CqlType => {
  if (type.kind === 'map') return type.value;
  return type.kind === 'list' ? type.element : nativeType('empty');
};

const collectionRelation = (inFrozen: Relation, reader: Collection, written: CqlType): boolean => {
  if (written.kind !== reader.kind || written.frozen !== reader.frozen) return false;
  if (!isCompatible(cellNames(reader), cellNames(written as Collection))) return false;
  const relation = reader.frozen ? inFrozen : isSerializationCompatible;
  return relation(cellValues(reader), cellValues(written as Collection));
};

/**
 * Whether `reader` reads the values of `written` and orders them alike: what clustering columns and partition keys need.
 * A reversed type is compatible with reversed ones only.
 */
export const isCompatible = (reader: CqlType, written: CqlType): boolean => {
  if (sameType(reader, written)) return true;
  switch (reader.kind) {
    case 'native':
      return oneOf(COMPATIBLE[reader.name], written);
    case 'list':
    case 'set':
    case 'map':
      return collectionRelation(isCompatible, reader, written);
    case 'tuple':
    case 'udt': {
      const parts = tupleParts(written);
      return parts !== undefined && extended(isCompatible, tupleParts(reader) ?? [], parts);
    }
    case 'composite':
      return (
        written.kind === 'composite' &&
        extended(isCompatible, reader.components, written.components)
      );
    case 'dynamicComposite':
      return (
        written.kind === 'dynamicComposite' &&
        written.aliases.every(({ alias, type }) =>
          reader.aliases.some((own) => own.alias === alias && sameType(own.type, type)),
        )
      );
    case 'reversed':
      return written.kind === 'reversed' && isCompatible(reader.base, written.base);
    case 'vector':
    case 'partitionerOrder':
    case 'custom':
      return false;
    default: {
      const never: never = reader;
      return never;
    }
  }
};

const unreversed = (type: CqlType): CqlType => (type.kind === 'reversed' ? type.base : type);

/** Whether `reader` reads the values of `written`, whatever their order. */
export const isValueCompatible = (readerType: CqlType, writtenType: CqlType): boolean => {
  const reader = unreversed(readerType);
  const written = unreversed(writtenType);
  if (sameType(reader, written)) return true;
  switch (reader.kind) {
    case 'native':
      return reader.name === 'blob' || oneOf(VALUE_COMPATIBLE[reader.name], written);
    case 'list':
    case 'set':
    case 'map':
      return collectionRelation(isValueCompatible, reader, written);
    case 'udt':
      return (
        written.kind === 'udt' &&
        written.frozen === reader.frozen &&
        written.keyspace === reader.keyspace &&
        isCompatible(reader, written)
      );
    case 'tuple': {
      const parts = tupleParts(written);
      return parts !== undefined && extended(isValueCompatible, reader.components, parts);
    }
    case 'composite':
      return (
        written.kind === 'composite' &&
        extended(isValueCompatible, reader.components, written.components)
      );
    default:
      return isCompatible(reader, written);
  }
};

/**
 * Whether cells and clustering values that were written as `written` may be read as `reader`: their values must be, and both
 * must be laid out alike (the same fixed length or none, multi-cell or not). This is what a regular or static column needs.
 */
export const isSerializationCompatible = (reader: CqlType, written: CqlType): boolean => {
  if (!isValueCompatible(reader, written)) return false;
  if (reader.kind === 'list' || reader.kind === 'set' || reader.kind === 'map')
    return isSerializationCompatible(cellValues(reader), cellValues(written as Collection));
  return (
    valueLengthIfFixed(reader) === valueLengthIfFixed(written) &&
    isMultiCell(reader) === isMultiCell(written)
  );
};

/** Where a column stands in its table. */
export type ColumnPlace = 'partitionKey' | 'clustering' | 'static' | 'regular';

const isCounter = (type: CqlType): boolean => type.kind === 'native' && type.name === 'counter';

/**
 * Whether data written as `written` may be read by a table that declares the column as `target`.
 *
 * Static and regular columns have to be serialization compatible; partition keys and clusterings (and columns of which the
 * place is not given) have to be compatible as well, so that their order is kept. A column never changes between counter and
 * anything else. User types count as equal within one keyspace only: see `inKeyspace`.
 */
export const isReadableAs = (written: CqlType, target: CqlType, place?: ColumnPlace): boolean => {
  if (isCounter(target) !== isCounter(written)) return false;
  if (!isSerializationCompatible(target, written)) return false;
  return place === 'static' || place === 'regular' || isCompatible(target, written);
};
