// Data plane. Byte-comparable forms of single values, by type (spec: sstable-index-and-stats §7.6; AbstractType#asComparableBytes).
// Called by whoever puts together the forms of clusterings, for reading and for writing tries.
import { ByteReader, MalformedBytes } from '@scamander/bytes';
import type { CqlType } from '../cql-type.ts';
import { valueLengthIfFixed } from '../fixed-length.ts';
import type { NativeName } from '../native-types.ts';
import { pushDecimal } from './comparable-decimal.ts';
import { pushVariableInteger, pushVarint, signedOf } from './comparable-integers.ts';
import { pushEscaped } from './escaped-bytes.ts';

/** Appends the form of a value; false when an empty value has none, and then nothing is appended. */
export type ComparableEncoder = (out: number[], value: Uint8Array) => boolean;

const NEXT_COMPONENT = 0x40;
const NULL_COMPONENT = 0x3e;
const TERMINATOR = 0x38;

const escaped: ComparableEncoder = (out, value) => {
  pushEscaped(out, value);
  return true;
};

/** For types whose empty value has no form of its own. */
const unlessEmpty =
  (push: (out: number[], value: Uint8Array) => void): ComparableEncoder =>
  (out, value) => {
    if (value.length === 0) return false;
    push(out, value);
    return true;
  };

const pushBytes = (out: number[], value: Uint8Array): void => {
  for (const byte of value) out.push(byte);
};

const flippedSign = unlessEmpty((out, value) => {
  pushBytes(out, value);
  const first = out.length - value.length;
  out[first] = out[first]! ^ 0x80;
});

const floating = unlessEmpty((out, value) => {
  const isNegative = value[0]! >= 0x80;
  for (const byte of value) out.push(isNegative ? byte ^ 0xff : byte);
  const first = out.length - value.length;
  if (!isNegative) out[first] = out[first]! | 0x80;
});

/** Time and version come first: 16-bit groups in the order 4, 3, 1, 2. */
const pushTimeFirst = (out: number[], value: Uint8Array): void => {
  for (const i of [6, 7, 4, 5, 0, 1, 2, 3]) out.push(value[i]!);
};

const uuid = unlessEmpty((out, value) => {
  const version = value[6]! >> 4;
  if (version === 1) {
    pushTimeFirst(out, value);
  } else {
    const msb = new DataView(value.buffer, value.byteOffset).getBigUint64(0);
    const ordered = (BigInt(version) << 60n) | ((msb >> 4n) & 0x0ffffffffffff000n) | (msb & 0xfffn);
    for (let shift = 56n; shift >= 0n; shift -= 8n) out.push(Number((ordered >> shift) & 0xffn));
  }
  pushBytes(out, value.subarray(8, 16));
});

const timeUuid = unlessEmpty((out, value) => {
  pushTimeFirst(out, value);
  for (let i = 8; i < 16; i++) out.push(value[i]! ^ 0x80);
});

const lexicalUuid = unlessEmpty((out, value) => {
  for (let i = 0; i < 16; i++) out.push(i % 8 === 0 ? value[i]! ^ 0x80 : value[i]!);
});

const NATIVE: Readonly<Record<NativeName, ComparableEncoder | undefined>> = {
  text: escaped,
  ascii: escaped,
  blob: escaped,
  inet: escaped,
  duration: escaped,
  int: flippedSign,
  smallint: flippedSign,
  tinyint: flippedSign,
  timestamp: flippedSign,
  bigint: unlessEmpty((out, value) => pushVariableInteger(out, signedOf(value))),
  boolean: unlessEmpty((out, value) => out.push(value[0] === 0 ? 0 : 1)),
  float: floating,
  double: floating,
  date: unlessEmpty(pushBytes),
  time: unlessEmpty(pushBytes),
  legacyDate: unlessEmpty(pushBytes),
  uuid,
  timeuuid: timeUuid,
  legacyTimeuuid: timeUuid,
  lexicalUuid,
  varint: unlessEmpty(pushVarint),
  decimal: unlessEmpty(pushDecimal),
  empty: () => false,
  counter: undefined,
};

const pushElement = (
  out: number[],
  encoder: ComparableEncoder,
  value: Uint8Array | undefined,
): void => {
  const at = out.length;
  out.push(NEXT_COMPONENT);
  // within sequences an empty value without form is written like null
  if (value === undefined || !encoder(out, value)) out[at] = NULL_COMPONENT;
};

const readElement = (reader: ByteReader): Uint8Array | undefined => {
  const length = reader.i32();
  return length < 0 ? undefined : reader.bytes(length);
};

/** Frozen lists, sets and maps: elements in turn, for maps keys and values. */
const collection = (encoders: readonly ComparableEncoder[]): ComparableEncoder =>
  unlessEmpty((out, value) => {
    const reader = new ByteReader(value);
    const count = reader.i32() * encoders.length;
    for (let i = 0; i < count; i++) {
      pushElement(out, encoders[i % encoders.length]!, readElement(reader));
    }
    out.push(TERMINATOR);
  });

/** Fields up to the last one that is not null. */
const tuple = (encoders: readonly ComparableEncoder[]): ComparableEncoder =>
  unlessEmpty((out, value) => {
    const reader = new ByteReader(value);
    const fields: (Uint8Array | undefined)[] = [];
    while (reader.remaining > 0 && fields.length < encoders.length) {
      fields.push(readElement(reader));
    }
    while (fields.length > 0 && fields.at(-1) === undefined) fields.pop();
    for (const [i, field] of fields.entries()) pushElement(out, encoders[i]!, field);
    out.push(TERMINATOR);
  });

const vector = (element: CqlType, dimension: number): ComparableEncoder | undefined => {
  const encoder = comparableEncoder(element);
  if (encoder === undefined) return undefined;
  const length = valueLengthIfFixed(element);
  return unlessEmpty((out, value) => {
    if (length !== undefined && value.length !== length * dimension)
      throw new MalformedBytes({ what: 'vector', found: `${value.length} bytes`, offset: 0 });
    const reader = new ByteReader(value);
    for (let i = 0; i < dimension; i++) {
      pushElement(out, encoder, reader.bytes(length ?? reader.uvintNumber()));
    }
    out.push(TERMINATOR);
  });
};

/** What is static stands before what is not; then each component, and its last byte, which is signed. */
const composite = (encoders: readonly ComparableEncoder[]): ComparableEncoder =>
  unlessEmpty((out, value) => {
    const reader = new ByteReader(value);
    const isStatic = value.length >= 2 && value[0] === 0xff && value[1] === 0xff;
    if (isStatic) reader.skip(2);
    out.push(isStatic ? NULL_COMPONENT : NEXT_COMPONENT);
    for (const encoder of encoders) {
      if (reader.remaining === 0) break;
      pushElement(out, encoder, reader.bytes16());
      out.push(NEXT_COMPONENT, reader.u8() ^ 0x80);
    }
    out.push(TERMINATOR);
  });

const allOf = (
  types: readonly CqlType[],
  make: (encoders: readonly ComparableEncoder[]) => ComparableEncoder,
): ComparableEncoder | undefined => {
  const encoders = types.map(comparableEncoder);
  return encoders.every((encoder) => encoder !== undefined) ? make(encoders) : undefined;
};

const inverted =
  (encoder: ComparableEncoder): ComparableEncoder =>
  (out, value) => {
    const start = out.length;
    const hasForm = encoder(out, value);
    for (let i = start; i < out.length; i++) out[i] = out[i]! ^ 0xff;
    return hasForm;
  };

/**
 * The encoder of a type: the unsigned order of its forms is the order of the values (`comparatorOf`). Undefined for types whose
 * form is not specified: dynamic composites, counters, orders of partitioners, classes that are not known here.
 *
 * Three differences from that order are Cassandra's own: NaNs stand by their sign and bits; inside collections, tuples, vectors
 * and composites an empty value without a form of its own stands like null; fields that a tuple has beyond those of its type do not count.
 * Encoders throw the control flow of the bytes package (NeedMoreBytes, MalformedBytes) on values that are not well-formed.
 */
export const comparableEncoder = (type: CqlType): ComparableEncoder | undefined => {
  switch (type.kind) {
    case 'native':
      return NATIVE[type.name];
    case 'reversed':
      return allOf([type.base], ([encoder]) => inverted(encoder!));
    case 'list':
    case 'set':
      return allOf([type.element], collection);
    case 'map':
      return allOf([type.key, type.value], collection);
    case 'tuple':
      return allOf(type.components, tuple);
    case 'udt':
      return allOf(
        type.fields.map((field) => field.type),
        tuple,
      );
    case 'vector':
      return vector(type.element, type.dimension);
    case 'composite':
      return allOf(type.components, composite);
    case 'dynamicComposite':
    case 'partitionerOrder':
    case 'custom':
      return undefined;
    default: {
      const never: never = type;
      return never;
    }
  }
};
