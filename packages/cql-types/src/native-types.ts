// Control plane. The types without arguments: their classes, CQL names and fixed lengths (spec: sstable-data §6.2). Called by the parsers,
// the printers and the rules of this package.

/** Package of Cassandra's own type classes; class names without a dot are in it. */
export const MARSHAL_PACKAGE = 'org.apache.cassandra.db.marshal.';

/** Facts of one type without arguments. */
export interface NativeFacts {
  /** Class name without its package. */
  readonly className: string;
  /** Name in CQL; undefined where Cassandra prints the quoted class name instead. */
  readonly cqlName: string | undefined;
  /** Bytes of every value where the type is written without a length; note that tinyint, smallint, date and time are not. */
  readonly fixedLength: number | undefined;
}

const native = (
  className: string,
  cqlName: string | undefined,
  fixedLength?: number,
): NativeFacts => ({ className, cqlName, fixedLength });

/** By our name, which is the CQL name where there is one. */
export const NATIVE_TYPES = {
  ascii: native('AsciiType', 'ascii'),
  text: native('UTF8Type', 'text'),
  blob: native('BytesType', 'blob'),
  boolean: native('BooleanType', 'boolean', 1),
  tinyint: native('ByteType', 'tinyint'),
  smallint: native('ShortType', 'smallint'),
  int: native('Int32Type', 'int', 4),
  bigint: native('LongType', 'bigint', 8),
  varint: native('IntegerType', 'varint'),
  decimal: native('DecimalType', 'decimal'),
  float: native('FloatType', 'float', 4),
  double: native('DoubleType', 'double', 8),
  timestamp: native('TimestampType', 'timestamp', 8),
  date: native('SimpleDateType', 'date'),
  time: native('TimeType', 'time'),
  duration: native('DurationType', 'duration'),
  uuid: native('UUIDType', 'uuid', 16),
  timeuuid: native('TimeUUIDType', 'timeuuid', 16),
  inet: native('InetAddressType', 'inet'),
  counter: native('CounterColumnType', 'counter'),
  empty: native('EmptyType', 'empty', 0),
  /** Timestamps of old releases, ordered as unsigned bytes; CQL shows them as `timestamp`. */
  legacyDate: native('DateType', 'timestamp', 8),
  lexicalUuid: native('LexicalUUIDType', undefined, 16),
  /** 4.1 and later, internal; CQL shows it as `timeuuid`. */
  legacyTimeuuid: native('LegacyTimeUUIDType', 'timeuuid', 16),
} as const satisfies Record<string, NativeFacts>;

/** Our name of a type without arguments. */
export type NativeName = keyof typeof NATIVE_TYPES;

const names = Object.keys(NATIVE_TYPES) as NativeName[];

const byClassName = new Map<string, NativeName>(
  names.map((name) => [NATIVE_TYPES[name].className, name]),
);

const byCqlName = new Map<string, NativeName>([
  ...names
    .filter((name) => NATIVE_TYPES[name].cqlName === name)
    .map((name): [string, NativeName] => [name, name]),
  ['varchar', 'text'],
]);

/** The type of a class name without its package. */
export const nativeOfClass = (className: string): NativeName | undefined =>
  byClassName.get(className);

/** The type of a CQL name in lower case. */
export const nativeOfCqlName = (name: string): NativeName | undefined => byCqlName.get(name);
