// Data plane. Values of types without arguments from their texts (AbstractType#fromString). Called by the encoders of values; throws their
// private mismatch.
import { isUuid, parseInet } from '@scamander/bytes';
import type { NativeName } from '../../native-types.ts';
import { Mismatch, shown } from '../mismatch.ts';
import { parseDecimal, parseFloating, parseInteger } from '../parse/decimals.ts';
import {
  decimalBytes,
  doubleBytes,
  fixedBytes,
  floatBytes,
  longBytes,
  varintBytes,
} from '../parse/number-bytes.ts';
import { parseDate, parseDuration, parseTime, parseTimestamp } from '../parse/times.ts';
import { durationBytes } from './duration-bytes.ts';

/** Makes a value of a text that is not empty, unless the type is text. */
export type FromText = (text: string) => Uint8Array;

const EMPTY = new Uint8Array(0);

/** A text that a parser makes nothing of is a mismatch. */
const parsed =
  <T>(
    expected: string,
    parse: (text: string) => T | undefined,
    bytesOf: (value: T) => Uint8Array,
  ): FromText =>
  (text) => {
    const value = parse(text);
    if (value === undefined) throw new Mismatch(expected, shown(text));
    return bytesOf(value);
  };

/** A whole number of so many bytes, as bytes. */
export const integerBytes = (lengthBytes: 1 | 2 | 4 | 8, value: bigint): Uint8Array => {
  if (BigInt.asIntN(8 * lengthBytes, value) !== value)
    throw new Mismatch(`a whole number of ${lengthBytes} bytes`, shown(value));
  return lengthBytes === 8 ? longBytes(value) : fixedBytes(lengthBytes, Number(value));
};

const integer = (lengthBytes: 1 | 2 | 4 | 8): FromText =>
  parsed(`a whole number of ${lengthBytes} bytes`, parseInteger, (value) =>
    integerBytes(lengthBytes, value),
  );

/** Hex digits, with or without `0x` in front. */
const hex = (text: string): Uint8Array => {
  const digits = text.startsWith('0x') || text.startsWith('0X') ? text.slice(2) : text;
  if (digits.length % 2 === 1 || !/^[0-9a-f]*$/i.test(digits))
    throw new Mismatch('pairs of hex digits', shown(text));
  return new Uint8Array(Buffer.from(digits, 'hex'));
};

const boolean: FromText = (text) => {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw new Mismatch('true or false', shown(text));
  return Uint8Array.of(lower === 'true' ? 1 : 0);
};

const uuid: FromText = (text) => {
  if (!isUuid(text)) throw new Mismatch('a UUID', shown(text));
  return new Uint8Array(Buffer.from(text.replaceAll('-', ''), 'hex'));
};

const timeUuid: FromText = (text) => {
  const bytes = uuid(text);
  if ((bytes[6] as number) >> 4 !== 1) throw new Mismatch('a UUID of version 1', shown(text));
  return bytes;
};

const ascii: FromText = (text) => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length !== text.length) throw new Mismatch('ASCII', shown(text));
  return new Uint8Array(bytes);
};

const timestamp = parsed('a timestamp', parseTimestamp, longBytes);

const utf8: FromText = (text) => new Uint8Array(Buffer.from(text, 'utf8'));

const counter: FromText = () => {
  throw new Mismatch('counters are changed by a node, not written', '', true);
};

const empty: FromText = (text) => {
  throw new Mismatch('nothing', shown(text));
};

const BY_TYPE: Readonly<Record<NativeName, FromText>> = {
  text: utf8,
  ascii,
  blob: hex,
  boolean,
  tinyint: integer(1),
  smallint: integer(2),
  int: integer(4),
  bigint: integer(8),
  varint: parsed('a whole number', parseInteger, varintBytes),
  decimal: parsed('a decimal number', parseDecimal, ({ unscaled, scale }) =>
    decimalBytes(unscaled, scale),
  ),
  float: parsed('a number', parseFloating, floatBytes),
  double: parsed('a number', parseFloating, doubleBytes),
  timestamp,
  legacyDate: timestamp,
  date: parsed('a date', parseDate, (raw) => fixedBytes(4, raw)),
  time: parsed('a time of day', parseTime, longBytes),
  duration: parsed('a duration', parseDuration, durationBytes),
  uuid,
  lexicalUuid: uuid,
  timeuuid: timeUuid,
  legacyTimeuuid: timeUuid,
  inet: parsed('an Internet address', parseInet, (bytes) => bytes),
  counter,
  empty,
};

/** What has no empty value: the empty text is nothing that these could be. A duration of no length has an empty text. */
const NEVER_EMPTY: ReadonlySet<NativeName> = new Set<NativeName>([
  'tinyint',
  'smallint',
  'date',
  'time',
  'duration',
  'counter',
]);

/** The function of a type. An empty text is an empty value where the type has one. */
export const nativeFromText = (name: NativeName): FromText => {
  const make = BY_TYPE[name];
  return NEVER_EMPTY.has(name) ? make : (text) => (text === '' ? EMPTY : make(text));
};
