// Control plane. A CQL type as a value. Made by the parsers of this package (and by hand, through the constructors); called by whoever
// reads headers or schemas. Frozenness is kept normal: whatever stands inside a frozen type is frozen.
import type { NativeName } from './native-types.ts';

/** A type without arguments. */
export interface NativeType {
  readonly kind: 'native';
  readonly name: NativeName;
}

/** `list<element>` or `set<element>`; multi-cell unless frozen. */
export interface ListType {
  readonly kind: 'list' | 'set';
  readonly element: CqlType;
  readonly frozen: boolean;
}

/** `map<key, value>`; multi-cell unless frozen. */
export interface MapType {
  readonly kind: 'map';
  readonly key: CqlType;
  readonly value: CqlType;
  readonly frozen: boolean;
}

/** `tuple<…>`: always frozen. */
export interface TupleType {
  readonly kind: 'tuple';
  readonly components: readonly CqlType[];
}

/** A field of a user type. */
export interface UdtField {
  readonly name: string;
  readonly type: CqlType;
}

/** A user type; multi-cell unless frozen (3.6 and later). */
export interface UdtType {
  readonly kind: 'udt';
  readonly keyspace: string;
  readonly name: string;
  readonly fields: readonly UdtField[];
  readonly frozen: boolean;
}

/** `vector<element, dimension>` (5.0 and later): always frozen. */
export interface VectorType {
  readonly kind: 'vector';
  readonly element: CqlType;
  readonly dimension: number;
}

/** A clustering column in descending order: the bytes of its base, ordered the other way round. */
export interface ReversedType {
  readonly kind: 'reversed';
  readonly base: CqlType;
}

/** Partition keys of several columns, and old comparators. */
export interface CompositeType {
  readonly kind: 'composite';
  readonly components: readonly CqlType[];
}

/** One alias of a dynamic composite; the alias is a single character. */
export interface AliasedType {
  readonly alias: string;
  readonly type: CqlType;
}

/** Values that name the type of each of their components; the aliases are in order of their characters. */
export interface DynamicCompositeType {
  readonly kind: 'dynamicComposite';
  readonly aliases: readonly AliasedType[];
}

/** Order of partition keys in index tables; the base is written by 5.0 outside compatibility mode. */
export interface PartitionerOrderType {
  readonly kind: 'partitionerOrder';
  readonly partitionerClass: string;
  readonly base: CqlType | undefined;
}

/** A class that is not known here: kept letter by letter, its values are bytes of variable length. */
export interface CustomType {
  readonly kind: 'custom';
  /** Full class name. */
  readonly className: string;
  /** What stands between its parentheses; undefined where there are none. */
  readonly argumentsText: string | undefined;
}

/** Every type that a header or a schema can name. */
export type CqlType =
  | NativeType
  | ListType
  | MapType
  | TupleType
  | UdtType
  | VectorType
  | ReversedType
  | CompositeType
  | DynamicCompositeType
  | PartitionerOrderType
  | CustomType;

/** The type without arguments of that name. */
export const nativeType = (name: NativeName): NativeType => ({ kind: 'native', name });

/** The type in descending order; what is reversed already stays as it is. */
export const reversedType = (base: CqlType): ReversedType =>
  base.kind === 'reversed' ? base : { kind: 'reversed', base };

/** True when values take several cells: collections and user types that are not frozen (complex columns; spec: sstable-data §4.6). */
export const isMultiCell = (type: CqlType): boolean => {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
    case 'udt':
      return !type.frozen;
    default:
      return false;
  }
};

/** The frozen form of a type, all the way down; types without one are returned as they are (AbstractType#freeze). */
export const freeze = (type: CqlType): CqlType => {
  switch (type.kind) {
    case 'list':
    case 'set':
      return { ...type, element: freeze(type.element), frozen: true };
    case 'map':
      return { ...type, key: freeze(type.key), value: freeze(type.value), frozen: true };
    case 'udt':
      return {
        ...type,
        fields: type.fields.map((field) => ({ name: field.name, type: freeze(field.type) })),
        frozen: true,
      };
    case 'tuple':
      return { ...type, components: type.components.map(freeze) };
    case 'vector':
      return { ...type, element: freeze(type.element) };
    default:
      return type;
  }
};

/**
 * The type with each user type in it moved to another keyspace: what the types of a header become when its table is loaded
 * under another name.
 */
export const inKeyspace = (type: CqlType, keyspace: string): CqlType => {
  const move = (inner: CqlType): CqlType => inKeyspace(inner, keyspace);
  switch (type.kind) {
    case 'native':
    case 'custom':
      return type;
    case 'list':
    case 'set':
    case 'vector':
      return { ...type, element: move(type.element) };
    case 'map':
      return { ...type, key: move(type.key), value: move(type.value) };
    case 'tuple':
    case 'composite':
      return { ...type, components: type.components.map(move) };
    case 'udt':
      return {
        ...type,
        keyspace,
        fields: type.fields.map((field) => ({ name: field.name, type: move(field.type) })),
      };
    case 'reversed':
      return { ...type, base: move(type.base) };
    case 'dynamicComposite':
      return {
        ...type,
        aliases: type.aliases.map(({ alias, type: inner }) => ({ alias, type: move(inner) })),
      };
    case 'partitionerOrder':
      return { ...type, base: type.base === undefined ? undefined : move(type.base) };
    default: {
      const never: never = type;
      return never;
    }
  }
};
