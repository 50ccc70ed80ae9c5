// Control plane. Types as CQL writes them, read back: from `system_schema.columns`, `system_schema.types` and CREATE statements. Called by
// the schema reader, so that a table can be compared with the header of an SSTable.
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type CqlType, freeze, nativeType, type UdtType } from './cql-type.ts';
import { TypeStringError } from './errors.ts';
import { VECTOR_DIMENSION_MAX } from './limits.ts';
import { nativeOfCqlName } from './native-types.ts';
import { parseType, parseWhole } from './type-parser.ts';
import type { TypeScanner } from './type-scanner.ts';

const NAME = /[A-Za-z][A-Za-z0-9_]*|"(?:[^"]|"")+"/y;
const QUOTED_CLASS = /[^']+/y;
const DIGITS = /[0-9]{1,10}/y;

type FindUdt = (name: string, keyspace: string | undefined) => UdtType | undefined;

const unquoted = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();

const readQuotedClass = (scanner: TypeScanner): CqlType => {
  const type = parseType(scanner.read(QUOTED_CLASS, 'a class name'));
  if (isLeft(type)) throw type.left;
  scanner.expect("'");
  return type.right;
};

const readUdt = (scanner: TypeScanner, first: string, findUdt: FindUdt): CqlType => {
  const second = scanner.accept('.')
    ? unquoted(scanner.read(NAME, 'the name of a type'))
    : undefined;
  const udt = second === undefined ? findUdt(first, undefined) : findUdt(second, first);
  if (udt === undefined) throw scanner.unknown(second === undefined ? first : `${first}.${second}`);
  return udt;
};

const readVector = (scanner: TypeScanner, findUdt: FindUdt): CqlType => {
  const element = freeze(readCqlType(scanner, findUdt));
  scanner.expect(',');
  const dimension = Number(scanner.read(DIGITS, 'a dimension'));
  if (dimension < 1 || dimension > VECTOR_DIMENSION_MAX)
    throw scanner.syntaxError(`a dimension of 1 to ${VECTOR_DIMENSION_MAX} before this place`);
  return { kind: 'vector', element, dimension };
};

/** What stands between `<` and `>` after the name of a type that takes arguments. */
const readArguments = (scanner: TypeScanner, name: string, findUdt: FindUdt): CqlType => {
  switch (name) {
    case 'frozen':
      return freeze(readCqlType(scanner, findUdt));
    case 'list':
    case 'set':
      return { kind: name, element: freeze(readCqlType(scanner, findUdt)), frozen: false };
    case 'map': {
      const key = freeze(readCqlType(scanner, findUdt));
      scanner.expect(',');
      return { kind: 'map', key, value: freeze(readCqlType(scanner, findUdt)), frozen: false };
    }
    case 'tuple': {
      const components = [freeze(readCqlType(scanner, findUdt))];
      while (scanner.accept(',')) components.push(freeze(readCqlType(scanner, findUdt)));
      return { kind: 'tuple', components };
    }
    case 'vector':
      return readVector(scanner, findUdt);
    default:
      throw scanner.syntaxError('frozen, list, set, map, tuple or vector before this place');
  }
};

const readCqlType = (scanner: TypeScanner, findUdt: FindUdt): CqlType =>
  scanner.nested(() => {
    if (scanner.accept("'")) return readQuotedClass(scanner);
    const written = scanner.read(NAME, 'the name of a type');
    const name = unquoted(written);
    const isQuoted = written.startsWith('"');
    if (!isQuoted && scanner.accept('<')) {
      const type = readArguments(scanner, name, findUdt);
      scanner.expect('>');
      return type;
    }
    const native = isQuoted ? undefined : nativeOfCqlName(name);
    return native === undefined ? readUdt(scanner, name, findUdt) : nativeType(native);
  });

/**
 * The type of a CQL text such as `map<text, frozen<address>>`. `udts` are the user types of the table's keyspace by name, as
 * {@link resolveUdts} makes them. Fails with `SCM_TYPE_UNKNOWN` for a name that is none of them, else as {@link parseType}.
 */
export const parseCqlName = (
  text: string,
  udts: ReadonlyMap<string, UdtType>,
): Either<TypeStringError, CqlType> =>
  parseWhole(text, (scanner) =>
    readCqlType(scanner, (name, keyspace) => {
      const udt = udts.get(name);
      return keyspace === undefined || udt?.keyspace === keyspace ? udt : undefined;
    }),
  );

/** One row of `system_schema.types`. */
export interface UdtDefinition {
  readonly name: string;
  readonly fieldNames: readonly string[];
  /** CQL texts, of the same number as the names. */
  readonly fieldTypes: readonly string[];
}

/**
 * The user types of a keyspace from their definitions, in any order, each not frozen. Fails with `SCM_TYPE_CYCLE` when one
 * contains itself, `SCM_TYPE_UNKNOWN` when one names a type that is not there, else as {@link parseType}.
 */
export const resolveUdts = (
  keyspace: string,
  definitions: readonly UdtDefinition[],
): Either<TypeStringError, ReadonlyMap<string, UdtType>> => {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const resolved = new Map<string, UdtType>();
  const open = new Set<string>();
  const find: FindUdt = (name, otherKeyspace) => {
    const definition = byName.get(name);
    const known = resolved.get(name);
    if (otherKeyspace !== undefined && otherKeyspace !== keyspace) return undefined;
    if (known !== undefined || definition === undefined) return known;
    if (open.has(name)) throw new TypeStringError({ code: 'SCM_TYPE_CYCLE', name });
    open.add(name);
    const fields = definition.fieldNames.map((fieldName, index) => {
      const text = definition.fieldTypes[index] ?? '';
      const type = parseWhole(text, (scanner) => readCqlType(scanner, find));
      if (isLeft(type)) throw type.left;
      return { name: fieldName, type: type.right };
    });
    open.delete(name);
    const udt: UdtType = { kind: 'udt', keyspace, name, fields, frozen: false };
    resolved.set(name, udt);
    return udt;
  };
  try {
    for (const name of byName.keys()) find(name, undefined);
    return right(resolved);
  } catch (error) {
    if (error instanceof TypeStringError) return left(error);
    throw error;
  }
};
