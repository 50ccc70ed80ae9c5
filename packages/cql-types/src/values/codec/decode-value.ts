// Data plane. Values as JavaScript has them. Called by whoever reads rows for a program. What is decoded has passed Cassandra's own checks.
import { formatInet, LimitExceeded, uuidFromBytes } from '@scamander/bytes';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { shortAt } from '../../comparators/element.ts';
import { cqlName } from '../../cql-name.ts';
import type { CqlType } from '../../cql-type.ts';
import { ValueError } from '../../errors.ts';
import { valueLengthIfFixed } from '../../fixed-length.ts';
import { NUMBER_BYTES_MAX } from '../../limits.ts';
import type { NativeName } from '../../native-types.ts';
import type { CqlDuration, CqlValue } from '../cql-value.ts';
import { durationAt, f32At, f64At, i16At, i32At, i64At, varintAt } from '../read-at.ts';
import { NATIVE_PRINTERS } from '../text/native-text.ts';
import { componentAt, visitCounted, visitFixed, visitVector } from '../text/parts.ts';
import { valueProblem } from '../value-problem.ts';

/** Decodes the bytes of a range, which are a value of the type. */
type Decoder = (bytes: Uint8Array, from: number, to: number) => CqlValue;

const SHARD_BYTES = 32;

/** The sum of all shards, in 64 bits (CounterContext#total). */
const counterAt: Decoder = (bytes, from, to) => {
  const headerBytes = 2 + 2 * Math.abs(i16At(bytes, from));
  let total = 0n;
  for (let at = from + headerBytes; at + SHARD_BYTES <= to; at += SHARD_BYTES)
    total += i64At(bytes, at + SHARD_BYTES - 8);
  return BigInt.asIntN(64, total);
};

const asText =
  (name: NativeName): Decoder =>
  (bytes, from, to) =>
    NATIVE_PRINTERS[name](bytes, from, to) as string;

/** Numbers of so many digits that they are nothing but a way to keep a reader busy are refused. */
const limited =
  (decode: Decoder): Decoder =>
  (bytes, from, to) => {
    if (to - from > NUMBER_BYTES_MAX)
      throw new LimitExceeded({
        field: 'a number',
        value: BigInt(to - from),
        limit: BigInt(NUMBER_BYTES_MAX),
        offset: from,
      });
    return decode(bytes, from, to);
  };

const copy: Decoder = (bytes, from, to) => bytes.slice(from, to);

const long: Decoder = i64At;

const uuid: Decoder = uuidFromBytes;

const NATIVE: Readonly<Record<NativeName, Decoder>> = {
  text: asText('text'),
  ascii: asText('ascii'),
  blob: copy,
  boolean: (bytes, from) => bytes[from] !== 0,
  tinyint: (bytes, from) => ((bytes[from] as number) << 24) >> 24,
  smallint: i16At,
  int: i32At,
  bigint: long,
  timestamp: long,
  legacyDate: long,
  time: long,
  counter: counterAt,
  varint: limited(varintAt),
  decimal: limited(asText('decimal')),
  float: f32At,
  double: f64At,
  date: asText('date'),
  duration: (bytes, from, to) => durationAt(bytes, from, to) as CqlDuration,
  uuid,
  timeuuid: uuid,
  lexicalUuid: uuid,
  legacyTimeuuid: uuid,
  inet: (bytes, from, to) => formatInet(bytes.subarray(from, to)),
  empty: () => '',
};

const unlessEmpty =
  (decode: Decoder): Decoder =>
  (bytes, from, to) =>
    from === to ? '' : decode(bytes, from, to);

const listOf = (decode: Decoder, bytes: Uint8Array, from: number, to: number): CqlValue[] => {
  const elements: CqlValue[] = [];
  visitCounted(bytes, from + 4, to, i32At(bytes, from), (_i, start, end) => {
    elements.push(decode(bytes, start, end));
  });
  return elements;
};

const mapOf =
  (decodeKey: Decoder, decodeInner: Decoder): Decoder =>
  (bytes, from, to) => {
    const map = new Map<CqlValue, CqlValue>();
    let key: CqlValue = null;
    visitCounted(bytes, from + 4, to, 2 * i32At(bytes, from), (i, start, end) => {
      if (i % 2 === 0) key = decodeKey(bytes, start, end);
      else map.set(key, decodeInner(bytes, start, end));
    });
    return map;
  };

const fieldsOf = (
  decoders: readonly Decoder[],
  bytes: Uint8Array,
  from: number,
  to: number,
): CqlValue[] => {
  const fields: CqlValue[] = [];
  visitCounted(bytes, from, to, decoders.length, (i, start, end) => {
    fields.push(start < 0 ? null : (decoders[i] as Decoder)(bytes, start, end));
  });
  return fields;
};

const vectorOf =
  (decode: Decoder, dimension: number, lengthBytes: number | undefined): Decoder =>
  (bytes, from, to) => {
    const elements: CqlValue[] = [];
    const add = (_i: number, start: number, end: number): void => {
      elements.push(decode(bytes, start, end));
    };
    if (lengthBytes === undefined) visitVector(bytes, from, to, dimension, add);
    else visitFixed(bytes, from, to, lengthBytes, add);
    return elements;
  };

/** Components as stored today; what has the marks of old column names stays as bytes. */
const compositeOf =
  (decoders: readonly Decoder[]): Decoder =>
  (bytes, from, to) => {
    if (shortAt(bytes, from, to) === 0xffff) return bytes.slice(from, to);
    const components: CqlValue[] = [];
    for (let at = from; at < to; ) {
      const component = componentAt(bytes, at, to);
      if (bytes[component.to] !== 0) return bytes.slice(from, to);
      components.push(
        (decoders[components.length] as Decoder)(bytes, component.from, component.to),
      );
      at = component.to + 1;
    }
    return components;
  };

const makeDecoder = (type: CqlType): Decoder => {
  switch (type.kind) {
    case 'native':
      return type.name === 'blob' ? copy : unlessEmpty(NATIVE[type.name]);
    case 'list': {
      const decode = decoderOf(type.element);
      return unlessEmpty((bytes, from, to) => listOf(decode, bytes, from, to));
    }
    case 'set': {
      const decode = decoderOf(type.element);
      return unlessEmpty((bytes, from, to) => new Set(listOf(decode, bytes, from, to)));
    }
    case 'map':
      return unlessEmpty(mapOf(decoderOf(type.key), decoderOf(type.value)));
    case 'tuple': {
      const decoders = type.components.map(decoderOf);
      return unlessEmpty((bytes, from, to) => fieldsOf(decoders, bytes, from, to));
    }
    case 'udt': {
      const decoders = type.fields.map((field) => decoderOf(field.type));
      return unlessEmpty((bytes, from, to) =>
        Object.fromEntries(
          fieldsOf(decoders, bytes, from, to).map((field, i) => [type.fields[i]?.name, field]),
        ),
      );
    }
    case 'vector':
      return vectorOf(decoderOf(type.element), type.dimension, valueLengthIfFixed(type.element));
    case 'reversed':
      return decoderOf(type.base);
    case 'composite':
      return unlessEmpty(compositeOf(type.components.map(decoderOf)));
    case 'partitionerOrder':
      return type.base === undefined ? copy : decoderOf(type.base);
    case 'dynamicComposite':
    case 'custom':
      return copy;
    default: {
      const never: never = type;
      return never;
    }
  }
};

const decoders = new WeakMap<CqlType, Decoder>();

const decoderOf = (type: CqlType): Decoder => {
  const known = decoders.get(type);
  if (known !== undefined) return known;
  const decoder = makeDecoder(type);
  decoders.set(type, decoder);
  return decoder;
};

const malformed = (type: CqlType, problem: string): Either<ValueError, never> =>
  left(new ValueError({ code: 'SCM_VALUE_MALFORMED', type: cqlName(type), problem }));

/**
 * A value as JavaScript has it: {@link CqlValue} says what it is for each type. Nothing in it refers to `bytes`. Fails with
 * `SCM_VALUE_MALFORMED` where {@link valueProblem} finds something, and for numbers of more than `NUMBER_BYTES_MAX` bytes.
 */
export const decodeValue = (type: CqlType, bytes: Uint8Array): Either<ValueError, CqlValue> => {
  const problem = valueProblem(type, bytes);
  if (problem !== undefined) return malformed(type, problem);
  try {
    return right(decoderOf(type)(bytes, 0, bytes.length));
  } catch (error) {
    if (error instanceof LimitExceeded) return malformed(type, error.message);
    throw error;
  }
};
