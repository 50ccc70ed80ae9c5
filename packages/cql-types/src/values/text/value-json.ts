// Data plane. Values as JSON, letter by letter as sstabledump shows them (AbstractType#toJSONString). Called by dumps, once per cell. Takes any
// bytes: what is no value of its type is printed as a string of its bytes in hex.
import type { CqlType, UdtField } from '../../cql-type.ts';
import { valueLengthIfFixed } from '../../fixed-length.ts';
import type { NativeName } from '../../native-types.ts';
import { f32At, f64At } from '../read-at.ts';
import { escapedJson, jsonString } from './json-string.ts';
import { hexAt, NATIVE_PRINTERS, timestampAt } from './native-text.ts';
import { visitCounted, visitFixed, visitVector } from './parts.ts';
import { timestampText } from './time-text.ts';
import { type RangePrinter, textPrinterOf } from './value-text.ts';

const EMPTY = '""';

const hexJson: RangePrinter = (bytes, from, to) => `"0x${hexAt(bytes, from, to)}"`;

/** Numbers and booleans, which stand without quotes. */
const BARE: ReadonlySet<NativeName> = new Set<NativeName>([
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'counter',
  'varint',
  'decimal',
]);

const bare = (name: NativeName): RangePrinter => {
  const print = NATIVE_PRINTERS[name];
  return (bytes, from, to) => print(bytes, from, to) ?? hexJson(bytes, from, to);
};

const quoted = (name: NativeName): RangePrinter => {
  const print = NATIVE_PRINTERS[name];
  return (bytes, from, to) => {
    const text = print(bytes, from, to);
    return text === undefined ? hexJson(bytes, from, to) : `"${text}"`;
  };
};

/** JSON has no NaN and no infinities: they are null. */
const floating = (
  name: 'float' | 'double',
  valueAt: (bytes: Uint8Array, at: number) => number,
): RangePrinter => {
  const print = bare(name);
  const lengthBytes = name === 'float' ? 4 : 8;
  return (bytes, from, to) =>
    to - from === lengthBytes && !Number.isFinite(valueAt(bytes, from))
      ? 'null'
      : print(bytes, from, to);
};

const timestamp: RangePrinter = (bytes, from, to) =>
  to - from === 8 ? `"${timestampText(timestampAt(bytes, from), ' ')}"` : hexJson(bytes, from, to);

const nativeJson = (name: NativeName): RangePrinter => {
  if (BARE.has(name)) return bare(name);
  switch (name) {
    case 'text':
    case 'ascii': {
      const print = NATIVE_PRINTERS[name];
      return (bytes, from, to) => jsonString(print(bytes, from, to) as string);
    }
    case 'blob':
      return hexJson;
    case 'float':
      return floating(name, f32At);
    case 'double':
      return floating(name, f64At);
    case 'timestamp':
    case 'legacyDate':
      return timestamp;
    default:
      return quoted(name);
  }
};

/** Empty values of all types but blobs and those that begin with a bracket are an empty string. */
const unlessEmpty =
  (print: RangePrinter): RangePrinter =>
  (bytes, from, to) =>
    from === to ? EMPTY : print(bytes, from, to);

const countAt = (bytes: Uint8Array, from: number, to: number): number =>
  to - from < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + from, 4).getInt32(0);

const listJson = (type: CqlType): RangePrinter => {
  const print = jsonPrinterOf(type);
  return (bytes, from, to) => {
    let text = '[';
    visitCounted(bytes, Math.min(from + 4, to), to, countAt(bytes, from, to), (i, start, end) => {
      if (i > 0) text += ', ';
      text += start < 0 ? 'null' : print(bytes, start, end);
    });
    return `${text}]`;
  };
};

/** Keys that are no strings are made strings of their JSON. */
const keyJson = (json: string): string => (json.startsWith('"') ? json : jsonString(json));

const mapJson = (key: CqlType, value: CqlType): RangePrinter => {
  const printKey = jsonPrinterOf(key);
  const printValue = jsonPrinterOf(value);
  return (bytes, from, to) => {
    let text = '{';
    let parts = 0;
    const count = 2 * countAt(bytes, from, to);
    visitCounted(bytes, Math.min(from + 4, to), to, count, (i, start, end) => {
      if (i % 2 === 0) {
        if (i > 0) text += ', ';
        text += `${keyJson(start < 0 ? 'null' : printKey(bytes, start, end))}: `;
      } else text += start < 0 ? 'null' : printValue(bytes, start, end);
      parts += 1;
    });
    return `${text}${parts % 2 === 1 ? 'null' : ''}}`;
  };
};

/** Each field behind its prefix; those that are missing at the end are null. */
const fieldsJson = (
  types: readonly CqlType[],
  prefixes: readonly string[],
  open: string,
  close: string,
): RangePrinter => {
  const printers = types.map(jsonPrinterOf);
  return (bytes, from, to) => {
    let text = open;
    let count = 0;
    visitCounted(bytes, from, to, printers.length, (i, start, end) => {
      text += prefixes[i];
      text += start < 0 ? 'null' : (printers[i] as RangePrinter)(bytes, start, end);
      count += 1;
    });
    for (; count < printers.length; count++) text += `${prefixes[count]}null`;
    return text + close;
  };
};

const tupleJson = (types: readonly CqlType[]): RangePrinter =>
  fieldsJson(
    types,
    types.map((_, i) => (i === 0 ? '' : ', ')),
    '[',
    ']',
  );

/** The name of a field as JSON has it: in quotes of CQL within those of JSON unless it is in lower case (UserType#toJSONString). */
const fieldName = (name: string): string =>
  escapedJson(name === name.toLowerCase() ? name : `"${name}"`);

const udtJson = (fields: readonly UdtField[]): RangePrinter =>
  fieldsJson(
    fields.map((field) => field.type),
    fields.map((field, i) => `${i === 0 ? '' : ', '}"${fieldName(field.name)}": `),
    '{',
    '}',
  );

const vectorJson = (element: CqlType, dimension: number): RangePrinter => {
  const print = jsonPrinterOf(element);
  const lengthBytes = valueLengthIfFixed(element);
  return (bytes, from, to) => {
    let text = '[';
    const add = (i: number, start: number, end: number): void => {
      text += i > 0 ? `, ${print(bytes, start, end)}` : print(bytes, start, end);
    };
    if (lengthBytes === undefined) visitVector(bytes, from, to, dimension, add);
    else visitFixed(bytes, from, to, Math.max(1, lengthBytes), add);
    return `${text}]`;
  };
};

const makePrinter = (type: CqlType): RangePrinter => {
  switch (type.kind) {
    case 'native':
      return type.name === 'blob' ? hexJson : unlessEmpty(nativeJson(type.name));
    case 'list':
    case 'set':
      return listJson(type.element);
    case 'map':
      return mapJson(type.key, type.value);
    case 'tuple':
      return tupleJson(type.components);
    case 'udt':
      return udtJson(type.fields);
    case 'vector':
      return vectorJson(type.element, type.dimension);
    case 'reversed':
      return jsonPrinterOf(type.base);
    case 'composite':
    case 'dynamicComposite': {
      const print = textPrinterOf(type);
      return (bytes, from, to) => jsonString(print(bytes, from, to));
    }
    case 'partitionerOrder':
      return type.base === undefined ? hexJson : jsonPrinterOf(type.base);
    case 'custom':
      return hexJson;
    default: {
      const never: never = type;
      return never;
    }
  }
};

const printers = new WeakMap<CqlType, RangePrinter>();

const jsonPrinterOf = (type: CqlType): RangePrinter => {
  const known = printers.get(type);
  if (known !== undefined) return known;
  const printer = makePrinter(type);
  printers.set(type, printer);
  return printer;
};

/** The function that prints values of a type as {@link jsonOfValue} does: for columns of which there are many values. */
export const jsonWriterOf = (type: CqlType): ((bytes: Uint8Array) => string) => {
  const print = jsonPrinterOf(type);
  return (bytes) => print(bytes, 0, bytes.length);
};

/**
 * A value as JSON text, letter by letter as AbstractType#toJSONString prints it and sstabledump shows cells and clusterings:
 * numbers in Java's forms (`1.0E10`), NaN and infinities as null, blobs as `"0x…"`, timestamps as `"2021-01-01 00:00:00.000Z"`,
 * frozen collections, tuples and vectors as arrays, maps and user types as objects whose keys are always strings, and most empty
 * values as `""`. Counters are the first eight bytes of their context (spec: sstable-data §18.2).
 *
 * It prints what the tool fails on as well: empty booleans as `""`, missing fields of tuples as null, and bytes that are no value of
 * their type as a string of hex.
 */
export const jsonOfValue = (type: CqlType, bytes: Uint8Array): string =>
  jsonPrinterOf(type)(bytes, 0, bytes.length);
