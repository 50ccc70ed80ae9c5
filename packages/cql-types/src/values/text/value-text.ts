// Data plane. Values as plain text, as Cassandra's tools show partition keys and paths (AbstractType#getString). Called by dumps and by whoever
// shows keys to people. Takes any bytes: what is no value of its type is printed in hex.
import { shortAt } from '../../comparators/element.ts';
import type { CqlType, DynamicCompositeType } from '../../cql-type.ts';
import type { NativeName } from '../../native-types.ts';
import { parseType } from '../../type-parser.ts';
import { hexAt, NATIVE_PRINTERS } from './native-text.ts';
import { componentAt, visitCounted } from './parts.ts';

/** The text of the bytes of a range. */
export type RangePrinter = (bytes: Uint8Array, from: number, to: number) => string;

const nativeText = (name: NativeName): RangePrinter => {
  const print = NATIVE_PRINTERS[name];
  return (bytes, from, to) =>
    from === to ? '' : (print(bytes, from, to) ?? hexAt(bytes, from, to));
};

/** Fields between colons, null as `@`; both characters are escaped inside fields (TupleType#getString). */
const tupleText = (types: readonly CqlType[]): RangePrinter => {
  const printers = types.map(textPrinterOf);
  return (bytes, from, to) => {
    const fields: string[] = [];
    visitCounted(bytes, from, to, printers.length, (i, start, end) => {
      const print = printers[i] as RangePrinter;
      fields.push(start < 0 ? '@' : print(bytes, start, end).replace(/[:@]/g, '\\$&'));
    });
    return fields.join(':');
  };
};

/** Colons are escaped; a backslash or exclamation mark at the end gets an exclamation mark behind it (AbstractCompositeType#escape). */
const escapedComponent = (text: string): string => {
  const escaped = text.replaceAll(':', '\\:');
  return /[\\!]$/.test(escaped) ? `${escaped}!` : escaped;
};

/** Gives the printer of a component, and what stands in front of it: bytes that name its type, and their text. */
type ComponentHead = (
  index: number,
  bytes: Uint8Array,
  at: number,
  to: number,
) => { readonly print: RangePrinter; readonly lengthBytes: number; readonly text: string };

/** Components between colons; one that ends with a byte other than 0 is the last (AbstractCompositeType#getString). */
const componentsText =
  (head: ComponentHead, hasStatics: boolean): RangePrinter =>
  (bytes, from, to) => {
    const isStatic = hasStatics && shortAt(bytes, from, to) === 0xffff;
    const texts: string[] = [];
    for (let i = 0, at = isStatic ? from + 2 : from; at < to; i++) {
      const { print, lengthBytes, text } = head(i, bytes, at, to);
      const component = componentAt(bytes, Math.min(at + lengthBytes, to), to);
      texts.push(text + escapedComponent(print(bytes, component.from, component.to)));
      const last = component.to < to ? (bytes[component.to] as number) : 0;
      if (last !== 0) {
        texts.push(last > 0x7f ? '_' : '!');
        break;
      }
      at = component.to + 1;
    }
    return texts.join(':');
  };

const compositeText = (types: readonly CqlType[]): RangePrinter => {
  const heads = types.map((type) => ({ print: textPrinterOf(type), lengthBytes: 0, text: '' }));
  const unknown = { print: hexAt, lengthBytes: 0, text: '' };
  return componentsText((index) => heads[index] ?? unknown, true);
};

const dynamicCompositeText = (type: DynamicCompositeType): RangePrinter => {
  const byAlias = new Map(
    type.aliases.map(({ alias, type: inner }) => [alias, textPrinterOf(inner)]),
  );
  return componentsText((_index, bytes, at, to) => {
    const head = shortAt(bytes, at, to);
    if ((head & 0x8000) !== 0) {
      const alias = String.fromCharCode(head & 0xff);
      return { print: byAlias.get(alias) ?? hexAt, lengthBytes: 2, text: `${alias}@` };
    }
    const name = componentAt(bytes, at, to);
    const text = Buffer.from(bytes.subarray(name.from, name.to)).toString('utf8');
    const named = parseType(text);
    const print = named._tag === 'Right' ? textPrinterOf(named.right) : hexAt;
    return { print, lengthBytes: 2 + name.to - name.from, text: `${text}@` };
  }, false);
};

const makePrinter = (type: CqlType): RangePrinter => {
  switch (type.kind) {
    case 'native':
      return nativeText(type.name);
    case 'list':
    case 'set':
    case 'map':
    case 'vector':
      return hexAt;
    case 'tuple':
      return tupleText(type.components);
    case 'udt':
      return tupleText(type.fields.map((field) => field.type));
    case 'reversed':
      return textPrinterOf(type.base);
    case 'composite':
      return compositeText(type.components);
    case 'dynamicComposite':
      return dynamicCompositeText(type);
    case 'partitionerOrder':
    case 'custom':
      return hexAt;
    default: {
      const never: never = type;
      return never;
    }
  }
};

const printers = new WeakMap<CqlType, RangePrinter>();

/** The printer of a type, made once. */
export const textPrinterOf = (type: CqlType): RangePrinter => {
  const known = printers.get(type);
  if (known !== undefined) return known;
  const printer = makePrinter(type);
  printers.set(type, printer);
  return printer;
};

/** The function that prints values of a type as {@link textOfValue} does: for columns of which there are many values. */
export const textWriterOf = (type: CqlType): ((bytes: Uint8Array) => string) => {
  const print = textPrinterOf(type);
  return (bytes) => print(bytes, 0, bytes.length);
};

/**
 * A value as plain text, as AbstractType#getString prints it and sstabledump shows partition keys and paths: `1.0E10`, a blob as
 * bare hex, timestamps as `2021-01-01T00:00:00.000Z`, collections and vectors too, tuples and user types as `1:a\:b:@`,
 * composites as `1:abc`. Empty values are empty text. What is no value of its type is printed in hex.
 *
 * Decimals keep Java's scientific notation, so that no scale makes a long text. Counters are the first eight bytes of their
 * context, which is what the tools show.
 */
export const textOfValue = (type: CqlType, bytes: Uint8Array): string =>
  textPrinterOf(type)(bytes, 0, bytes.length);
