// Data plane. Values from JavaScript values and from JSON (AbstractType#fromJSONObject). Called by writers of rows, once per value; the encoder
// of a type is made once.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { cqlName } from '../../cql-name.ts';
import type { CqlType, UdtField } from '../../cql-type.ts';
import { ValueError } from '../../errors.ts';
import { valueLengthIfFixed } from '../../fixed-length.ts';
import type { CqlValue } from '../cql-value.ts';
import { Mismatch, shown, within } from '../mismatch.ts';
import {
  compositeBytes,
  type Entry,
  listBytes,
  mapBytes,
  type Part,
  setBytes,
  tupleBytes,
  vectorBytes,
} from './assemble.ts';
import { type ExactJson, NumberText, readExactJson } from './exact-json.ts';
import { type FromValue, nativeFromValue } from './native-from-value.ts';

/** Who speaks: JavaScript's own values may leave out fields and name them exactly, JSON follows `INSERT … JSON`. */
type Dialect = 'value' | 'json';

const EMPTY = new Uint8Array(0);

/** What stands in a string where a collection is expected, as in the keys of JSON objects; the empty string is the empty value. */
const unquoted = (value: unknown, expected: string): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return readExactJson(value);
  } catch (error) {
    throw error instanceof Mismatch ? new Mismatch(expected, shown(value)) : error;
  }
};

const present = (value: unknown, encode: FromValue): Uint8Array => {
  if (value === null || value === undefined) throw new Mismatch('a value', shown(value));
  return encode(value);
};

const arrayOf = (value: unknown, expected: string): readonly unknown[] => {
  const found = unquoted(value, expected);
  if (Array.isArray(found)) return found;
  if (found instanceof Set) return [...found];
  if (ArrayBuffer.isView(found) && !(found instanceof DataView))
    return Array.from(found as unknown as ArrayLike<unknown>);
  throw new Mismatch(expected, shown(found));
};

const elementsOf = (value: unknown, expected: string, encode: FromValue): Uint8Array[] =>
  arrayOf(value, expected).map((element, i) =>
    within(`element ${i}`, () => present(element, encode)),
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof NumberText);

const pairsOf = (value: unknown): readonly (readonly [unknown, unknown])[] => {
  const expected = 'a map';
  const found = unquoted(value, expected);
  if (found instanceof Map) return [...found];
  if (Array.isArray(found) && found.every((pair) => Array.isArray(pair) && pair.length === 2))
    return found as [unknown, unknown][];
  if (isRecord(found) && !(found instanceof Set)) return Object.entries(found);
  throw new Mismatch(expected, shown(found));
};

const entriesOf = (value: unknown, encodeKey: FromValue, encodeValueOf: FromValue): Entry[] =>
  pairsOf(value).map(([key, inner]) => [
    within(`key ${shown(key)}`, () => present(key, encodeKey)),
    within(`value of key ${shown(key)}`, () => present(inner, encodeValueOf)),
  ]);

const fieldOf = (value: unknown, encode: FromValue): Part =>
  value === null || value === undefined ? null : encode(value);

const tupleOf = (encoders: readonly FromValue[], dialect: Dialect): FromValue => {
  const { length } = encoders;
  const expected = `an array of ${length}`;
  return (value) => {
    const fields = arrayOf(value, expected);
    if (fields.length > length || (dialect === 'json' && fields.length < length))
      throw new Mismatch(expected, shown(fields));
    return tupleBytes(
      fields.map((field, i) =>
        within(`field ${i}`, () => fieldOf(field, encoders[i] as FromValue)),
      ),
    );
  };
};

/** JSON names fields as CQL does: in quotes within the string, or without regard to case (JsonUtils#handleCaseSensitivity). */
const cqlFieldName = (name: string): string =>
  /^".*"$/s.test(name) ? name.slice(1, -1) : name.toLowerCase();

const udtOf = (
  fields: readonly UdtField[],
  encoders: readonly FromValue[],
  dialect: Dialect,
): FromValue => {
  const indexOf = new Map(fields.map((field, i) => [field.name, i]));
  return (value) => {
    const found = unquoted(value, 'an object of fields');
    if (!isRecord(found)) throw new Mismatch('an object of fields', shown(found));
    const parts: Part[] = [];
    for (const [written, inner] of Object.entries(found)) {
      const name = dialect === 'json' ? cqlFieldName(written) : written;
      const index = indexOf.get(name);
      if (index === undefined) throw new Mismatch('names of its fields', shown(written));
      while (parts.length <= index) parts.push(null);
      parts[index] = within(`field "${name}"`, () => fieldOf(inner, encoders[index] as FromValue));
    }
    while (dialect === 'json' && parts.length < fields.length) parts.push(null);
    return tupleBytes(parts);
  };
};

const vectorOf = (encode: FromValue, dimension: number, isFixed: boolean): FromValue => {
  const expected = `an array of ${dimension}`;
  return (value) => {
    const elements = elementsOf(value, expected, encode);
    if (elements.length !== dimension) throw new Mismatch(expected, `one of ${elements.length}`);
    if (isFixed && elements.some((element) => element.length === 0))
      throw new Mismatch('elements that are not empty', 'an empty one');
    return vectorBytes(elements, isFixed);
  };
};

const compositeOf = (encoders: readonly FromValue[]): FromValue => {
  const expected = `an array of at most ${encoders.length}`;
  return (value) => {
    if (value instanceof Uint8Array) return Uint8Array.from(value);
    const components = arrayOf(value, expected);
    if (components.length > encoders.length) throw new Mismatch(expected, shown(components));
    return compositeBytes(
      components.map((component, i) =>
        within(`component ${i}`, () => present(component, encoders[i] as FromValue)),
      ),
    );
  };
};

/** The empty string is the empty value of whatever has parts. */
const unlessEmpty =
  (encode: FromValue): FromValue =>
  (value) =>
    value === '' ? EMPTY : encode(value);

const partsOf = (type: CqlType, of: (type: CqlType) => FromValue, dialect: Dialect): FromValue => {
  switch (type.kind) {
    case 'native':
      return nativeFromValue(type.name);
    case 'list': {
      const encode = of(type.element);
      return unlessEmpty((value) => listBytes(elementsOf(value, 'a list', encode)));
    }
    case 'set': {
      const encode = of(type.element);
      return unlessEmpty((value) => setBytes(type.element, elementsOf(value, 'a set', encode)));
    }
    case 'map': {
      const [encodeKey, encodeInner] = [of(type.key), of(type.value)];
      return unlessEmpty((value) => mapBytes(type.key, entriesOf(value, encodeKey, encodeInner)));
    }
    case 'tuple':
      return unlessEmpty(tupleOf(type.components.map(of), dialect));
    case 'udt':
      return unlessEmpty(
        udtOf(
          type.fields,
          type.fields.map((field) => of(field.type)),
          dialect,
        ),
      );
    case 'vector':
      return vectorOf(
        of(type.element),
        type.dimension,
        valueLengthIfFixed(type.element) !== undefined,
      );
    case 'reversed':
      return of(type.base);
    case 'composite':
      return unlessEmpty(compositeOf(type.components.map(of)));
    case 'partitionerOrder':
      return type.base === undefined ? nativeFromValue('blob') : of(type.base);
    case 'dynamicComposite':
    case 'custom':
      return nativeFromValue('blob');
    default: {
      const never: never = type;
      return never;
    }
  }
};

const encoders = {
  value: new WeakMap<CqlType, FromValue>(),
  json: new WeakMap<CqlType, FromValue>(),
};

const encoderFor = (type: CqlType, dialect: Dialect): FromValue => {
  const known = encoders[dialect].get(type);
  if (known !== undefined) return known;
  const encoder = partsOf(type, (inner) => encoderFor(inner, dialect), dialect);
  encoders[dialect].set(type, encoder);
  return encoder;
};

/** Runs what may throw a mismatch, and turns that into the package's error. */
const guarded = <T>(typeName: () => string, work: () => T): Either<ValueError, T> => {
  try {
    return right(work());
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { expected, found, path } = error;
    const type = typeName();
    return left(
      new ValueError(
        error.isUnsupported
          ? { code: 'SCM_VALUE_UNSUPPORTED', type, path, reason: expected }
          : { code: 'SCM_VALUE_MISMATCH', type, path, expected, found },
      ),
    );
  }
};

/** Runs an encoder and turns its mismatch into the package's error. */
export const encoded = (type: CqlType, encode: () => Uint8Array): Either<ValueError, Uint8Array> =>
  guarded(() => cqlName(type), encode);

/**
 * The bytes of a JavaScript value: whatever {@link decodeValue} makes ({@link CqlValue}), and what is close to it: numbers for bigints as long
 * as they are exact, a string in the type's text form for anything but text, a Date for a timestamp, an array for a set, an array
 * of pairs or an object for a map, a typed array for a list or vector. Sets and maps are sorted and rid of what they hold twice.
 *
 * Fails with `SCM_VALUE_MISMATCH`, which says where, what was expected and what was found, and with `SCM_VALUE_UNSUPPORTED` for
 * counters. Nulls are the caller's business, but inside tuples and user types.
 */
export const encodeValue = (type: CqlType, value: CqlValue): Either<ValueError, Uint8Array> =>
  encoded(type, () => present(value, encoderFor(type, 'value')));

/**
 * The bytes of a parsed JSON value, by the rules of `INSERT … JSON` (AbstractType#fromJSONObject): numbers and booleans also as strings,
 * blobs as `"0x…"`, timestamps as a number of milliseconds or a string, all keys of maps as strings, tuples with all of their
 * fields, user types with some (names in lower case, or in double quotes within the string). A timestamp without a zone is in UTC.
 *
 * JSON.parse rounds whole numbers beyond 2^53: those are refused. Read the text with {@link parseExactJson}, or write them as strings.
 * Fails as {@link encodeValue} does.
 */
export const encodeJson = (type: CqlType, json: unknown): Either<ValueError, Uint8Array> =>
  encoded(type, () => present(json, encoderFor(type, 'json')));

/**
 * The value of a JSON text in which numbers keep all of their digits, for {@link encodeJson}. Fails with `SCM_VALUE_MISMATCH` where the text
 * is no JSON, and where it is longer or deeper than the package's limits.
 */
export const parseExactJson = (text: string): Either<ValueError, ExactJson> =>
  guarded(
    () => 'JSON',
    () => readExactJson(text),
  );
