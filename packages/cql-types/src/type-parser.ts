// Control plane. Types as they stand in SSTable headers and old schemas: class names with arguments (spec: sstable-data §7.1; TypeParser).
// Called by header decoders. Accepts all that Cassandra accepts; unknown classes are kept, not refused.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import {
  type AliasedType,
  type CqlType,
  freeze,
  nativeType,
  reversedType,
  type UdtField,
} from './cql-type.ts';
import { TypeStringError } from './errors.ts';
import { VECTOR_DIMENSION_MAX } from './limits.ts';
import { MARSHAL_PACKAGE, nativeOfClass } from './native-types.ts';
import { TypeScanner } from './type-scanner.ts';

const IDENTIFIER = /[0-9A-Za-z+\-._&]+/y;
const HEX = /(?:[0-9A-Fa-f]{2})+/y;
const DIGITS = /[0-9]{1,10}/y;
const ALIAS = /[0-9A-Za-z+\-._&]/y;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const readHexName = (scanner: TypeScanner, what: string): string => {
  const hex = scanner.read(HEX, `${what} in hex`);
  try {
    return utf8.decode(Buffer.from(hex, 'hex'));
  } catch {
    throw scanner.syntaxError(`${what} in hex of UTF-8 before this place`);
  }
};

const readType = (scanner: TypeScanner): CqlType =>
  scanner.nested(() => {
    const identifier = scanner.read(IDENTIFIER, 'a class name');
    const className = identifier.includes('.') ? identifier : `${MARSHAL_PACKAGE}${identifier}`;
    return readArguments(scanner, className);
  });

/** `(type, …)` with the given number of types; 0 stands for one or more. */
const readTypes = (scanner: TypeScanner, count: number): CqlType[] => {
  scanner.expect('(');
  const types = [readType(scanner)];
  while (count === 0 ? scanner.accept(',') : types.length < count) {
    if (count > 0) scanner.expect(',');
    types.push(readType(scanner));
  }
  scanner.expect(')');
  return types;
};

const readOne = (scanner: TypeScanner): CqlType => readTypes(scanner, 1)[0] as CqlType;

const readUserType = (scanner: TypeScanner): CqlType => {
  scanner.expect('(');
  const keyspace = scanner.read(IDENTIFIER, 'a keyspace');
  scanner.expect(',');
  const name = readHexName(scanner, 'the name of a user type');
  const fields: UdtField[] = [];
  while (scanner.accept(',')) {
    const field = readHexName(scanner, 'the name of a field');
    scanner.expect(':');
    fields.push({ name: field, type: readType(scanner) });
  }
  scanner.expect(')');
  return { kind: 'udt', keyspace, name, fields, frozen: false };
};

const readVector = (scanner: TypeScanner): CqlType => {
  scanner.expect('(');
  const element = freeze(readType(scanner));
  scanner.expect(',');
  const dimension = Number(scanner.read(DIGITS, 'a dimension'));
  if (dimension < 1 || dimension > VECTOR_DIMENSION_MAX)
    throw scanner.syntaxError(`a dimension of 1 to ${VECTOR_DIMENSION_MAX} before this place`);
  scanner.expect(')');
  return { kind: 'vector', element, dimension };
};

const readDynamicComposite = (scanner: TypeScanner): CqlType => {
  scanner.expect('(');
  const aliases = new Map<string, AliasedType>();
  do {
    const alias = scanner.read(ALIAS, 'an alias of one character');
    scanner.expect('=>');
    if (aliases.has(alias)) throw scanner.syntaxError(`one type for alias ${alias}`);
    aliases.set(alias, { alias, type: readType(scanner) });
  } while (scanner.accept(','));
  scanner.expect(')');
  const inOrder = [...aliases.values()].sort((a, b) => (a.alias < b.alias ? -1 : 1));
  return { kind: 'dynamicComposite', aliases: inOrder };
};

const readPartitionerOrder = (scanner: TypeScanner): CqlType => {
  scanner.expect('(');
  const partitionerClass = scanner.read(IDENTIFIER, 'the class of a partitioner');
  const base = scanner.accept(':') ? readType(scanner) : undefined;
  scanner.expect(')');
  return { kind: 'partitionerOrder', partitionerClass, base };
};

/** `(key, key=value, …)` after a class that takes no types: only `reversed` has a meaning (TypeParser#getKeyValueParameters). */
const readOptions = (scanner: TypeScanner): { reversed: boolean } => {
  const options = { reversed: false };
  if (!scanner.accept('(') || scanner.accept(')')) return options;
  do {
    const key = scanner.read(IDENTIFIER, 'an option');
    const value = scanner.accept('=') ? scanner.read(IDENTIFIER, 'the value of an option') : 'true';
    if (key === 'reversed') options.reversed = value === 'true';
  } while (scanner.accept(','));
  scanner.expect(')');
  return options;
};

const readArguments = (scanner: TypeScanner, className: string): CqlType => {
  const inMarshal = className.startsWith(MARSHAL_PACKAGE);
  const simpleName = inMarshal ? className.slice(MARSHAL_PACKAGE.length) : '';
  switch (simpleName) {
    case 'ListType':
    case 'SetType': {
      const kind = simpleName === 'ListType' ? 'list' : 'set';
      return { kind, element: freeze(readOne(scanner)), frozen: false };
    }
    case 'MapType': {
      const [key, value] = readTypes(scanner, 2).map(freeze) as [CqlType, CqlType];
      return { kind: 'map', key, value, frozen: false };
    }
    case 'TupleType':
      return { kind: 'tuple', components: readTypes(scanner, 0).map(freeze) };
    case 'CompositeType':
      return { kind: 'composite', components: readTypes(scanner, 0) };
    case 'FrozenType':
      return freeze(readOne(scanner));
    case 'ReversedType':
      return reversedType(readOne(scanner));
    case 'UserType':
      return readUserType(scanner);
    case 'VectorType':
      return readVector(scanner);
    case 'DynamicCompositeType':
      return readDynamicComposite(scanner);
    case 'PartitionerDefinedOrder':
      return readPartitionerOrder(scanner);
    default: {
      const name = nativeOfClass(simpleName);
      if (name === undefined) {
        const argumentsText = scanner.accept('(') ? scanner.readBalanced() : undefined;
        return { kind: 'custom', className, argumentsText };
      }
      const type = nativeType(name);
      return readOptions(scanner).reversed ? reversedType(type) : type;
    }
  }
};

/** Runs a parser over the whole text and returns the error that it throws. */
export const parseWhole = (
  text: string,
  parse: (scanner: TypeScanner) => CqlType,
): Either<TypeStringError, CqlType> => {
  try {
    const scanner = new TypeScanner(text);
    const type = parse(scanner);
    return scanner.atEnd() ? right(type) : left(scanner.syntaxError('nothing more'));
  } catch (error) {
    if (error instanceof TypeStringError) return left(error);
    throw error;
  }
};

/**
 * The type of a string such as `org.apache.cassandra.db.marshal.FrozenType(…)`; class names without a dot are Cassandra's
 * own, the empty string is `blob`. Fails with `SCM_TYPE_SYNTAX`, `SCM_TYPE_TOO_LONG` or `SCM_TYPE_TOO_DEEP`.
 *
 * A `UserType` without `FrozenType` is multi-cell, as in 3.11 and later; 3.0 wrote frozen ones so (spec: sstable-data §16,
 * pitfall 18): a reader that knows better applies {@link freeze}.
 */
export const parseType = (text: string): Either<TypeStringError, CqlType> =>
  parseWhole(text, (scanner) => (scanner.atEnd() ? nativeType('blob') : readType(scanner)));
