// Control plane. Values from text that people write: cells of CSV files, keys on a command line, CQL literals. Called by writers of rows and by
// commands.
import type { Either } from 'fp-ts/lib/Either.js';
import type { CqlType, UdtType } from '../../cql-type.ts';
import type { ValueError } from '../../errors.ts';
import { valueLengthIfFixed } from '../../fixed-length.ts';
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
import { encoded } from './encode-value.ts';
import { LiteralScanner } from './literal-scanner.ts';
import { type FromText, nativeFromText } from './native-from-text.ts';

/** Reads a value within a literal. */
type LiteralReader = (scanner: LiteralScanner) => Uint8Array;

const nativeLiteral = (type: CqlType & { readonly kind: 'native' }): LiteralReader => {
  const fromText = nativeFromText(type.name);
  const isText = type.name === 'text' || type.name === 'ascii';
  return (scanner) => {
    const text = scanner.string() ?? (isText ? undefined : scanner.word());
    if (text === undefined)
      throw scanner.mismatch(isText ? 'a string in single quotes' : 'a value');
    return fromText(text);
  };
};

/** Items between commas up to a closing character, which is passed over. */
const readItems = <T>(
  scanner: LiteralScanner,
  close: string,
  readItem: (index: number) => T,
): T[] => {
  const items: T[] = [];
  if (scanner.accept(close)) return items;
  do items.push(readItem(items.length));
  while (scanner.accept(','));
  scanner.expect(close);
  return items;
};

const elementsBetween = (
  scanner: LiteralScanner,
  [open, close]: readonly [string, string],
  read: LiteralReader,
): Uint8Array[] => {
  scanner.expect(open);
  return readItems(scanner, close, (index) => within(`element ${index}`, () => read(scanner)));
};

const mapLiteral = (key: CqlType, value: CqlType): LiteralReader => {
  const readKey = readerOf(key);
  const readValue = readerOf(value);
  return (scanner) => {
    scanner.expect('{');
    const entries = readItems(scanner, '}', (index): Entry => {
      const keyBytes = within(`key ${index}`, () => readKey(scanner));
      scanner.expect(':');
      return [keyBytes, within(`value ${index}`, () => readValue(scanner))];
    });
    return mapBytes(key, entries);
  };
};

/** A value, or null where that word stands. */
const nullable =
  (read: LiteralReader) =>
  (scanner: LiteralScanner): Part =>
    scanner.acceptNull() ? null : read(scanner);

const tupleLiteral = (types: readonly CqlType[]): LiteralReader => {
  const readers = types.map((type) => nullable(readerOf(type)));
  return (scanner) => {
    scanner.expect('(');
    const fields = readItems(scanner, ')', (index) => {
      const read = readers[index];
      if (read === undefined) throw scanner.mismatch(`at most ${readers.length} fields`);
      return within(`field ${index}`, () => read(scanner));
    });
    return tupleBytes(fields);
  };
};

const udtLiteral = (type: UdtType): LiteralReader => {
  const readers = type.fields.map((field) => nullable(readerOf(field.type)));
  return (scanner) => {
    scanner.expect('{');
    const parts: Part[] = type.fields.map(() => null);
    readItems(scanner, '}', () => {
      const name = scanner.name();
      const index = type.fields.findIndex((field) => field.name === name);
      const read = readers[index];
      if (read === undefined) throw new Mismatch('names of its fields', shown(name));
      scanner.expect(':');
      parts[index] = within(`field "${name}"`, () => read(scanner));
    });
    return tupleBytes(parts);
  };
};

const vectorLiteral = (element: CqlType, dimension: number): LiteralReader => {
  const read = readerOf(element);
  const isFixed = valueLengthIfFixed(element) !== undefined;
  return (scanner) => {
    const elements = elementsBetween(scanner, ['[', ']'], read);
    if (elements.length !== dimension)
      throw new Mismatch(`${dimension} elements`, `${elements.length}`);
    return vectorBytes(elements, isFixed);
  };
};

const makeReader = (type: CqlType): LiteralReader => {
  switch (type.kind) {
    case 'native':
      return nativeLiteral(type);
    case 'list': {
      const read = readerOf(type.element);
      return (scanner) => listBytes(elementsBetween(scanner, ['[', ']'], read));
    }
    case 'set': {
      const read = readerOf(type.element);
      return (scanner) => setBytes(type.element, elementsBetween(scanner, ['{', '}'], read));
    }
    case 'map':
      return mapLiteral(type.key, type.value);
    case 'tuple':
      return tupleLiteral(type.components);
    case 'udt':
      return udtLiteral(type);
    case 'vector':
      return vectorLiteral(type.element, type.dimension);
    case 'reversed':
      return readerOf(type.base);
    case 'composite':
    case 'dynamicComposite':
    case 'partitionerOrder':
    case 'custom':
      return nativeLiteral({ kind: 'native', name: 'blob' });
    default: {
      const never: never = type;
      return never;
    }
  }
};

const readers = new WeakMap<CqlType, LiteralReader>();

const readerOf = (type: CqlType): LiteralReader => {
  const known = readers.get(type);
  if (known !== undefined) return known;
  const reader = makeReader(type);
  readers.set(type, reader);
  return reader;
};

const EMPTY = new Uint8Array(0);

/** What stands between single quotes, where the whole text does. */
const withoutQuotes = (text: string): string =>
  /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text;

const nativeText = (type: CqlType & { readonly kind: 'native' }): FromText => {
  const fromText = nativeFromText(type.name);
  if (type.name === 'text' || type.name === 'ascii') return fromText;
  return (text) => fromText(withoutQuotes(text.trim()));
};

/** A component as AbstractCompositeType#getString writes it: colons behind backslashes, a mark at the end where one is needed. */
const unescapedComponent = (text: string): string => text.replace(/!$/, '').replaceAll('\\:', ':');

const compositeText = (types: readonly CqlType[], text: string): Uint8Array => {
  const components = text.split(/(?<!\\):/);
  if (components.length > types.length)
    throw new Mismatch(`at most ${types.length} components between colons`, shown(text));
  return compositeBytes(
    components.map((component, i) =>
      within(`component ${i}`, () => wholeText(types[i] as CqlType)(unescapedComponent(component))),
    ),
  );
};

const wholeText = (type: CqlType): FromText => {
  switch (type.kind) {
    case 'native':
      return nativeText(type);
    case 'reversed':
      return wholeText(type.base);
    case 'composite':
      return (text) => (text === '' ? EMPTY : compositeText(type.components, text));
    case 'partitionerOrder':
      return type.base === undefined ? nativeFromText('blob') : wholeText(type.base);
    case 'dynamicComposite':
    case 'custom':
      return nativeFromText('blob');
    default: {
      const read = readerOf(type);
      return (text) => {
        if (text === '' && type.kind !== 'vector') return EMPTY;
        const scanner = new LiteralScanner(text);
        const bytes = read(scanner);
        scanner.expectEnd();
        return bytes;
      };
    }
  }
};

/**
 * The bytes of a text that a person wrote. Types without arguments: the text itself for text and ascii; for all others what
 * {@link textOfValue} prints and what CQL writes, with single quotes around it or without: `42`, `1.5E3`, `true`, `0xcafe` or `cafe`,
 * `2021-01-31`, `2021-01-31 12:00:00.000Z` (UTC where no zone is given), `12:00:00.5`, `1h30m`. Collections, tuples, vectors and
 * user types: CQL literals, `[1, 2]`, `{'a', 'b'}`, `{'a': 1}`, `(1, 'x', null)`, `{street: 'x', num: 1}`, in which texts need
 * their quotes. Composites: components between colons. Sets and maps are sorted and rid of what they hold twice. An empty text is
 * an empty value where the type has one.
 *
 * Fails as {@link encodeValue} does. What stands for null in a file or a command is the caller's business.
 */
export const encodeText = (type: CqlType, text: string): Either<ValueError, Uint8Array> =>
  encoded(type, () => wholeText(type)(text));
