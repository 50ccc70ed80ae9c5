// Data plane. Values of types without arguments from JavaScript values and from JSON (AbstractType#fromJSONObject). Called by the encoder of
// values; throws its private mismatch.
import type { NativeName } from '../../native-types.ts';
import { Mismatch, shown } from '../mismatch.ts';
import { parseDecimal } from '../parse/decimals.ts';
import {
  decimalBytes,
  doubleBytes,
  fixedBytes,
  floatBytes,
  longBytes,
  longBytesOfNumber,
  varintBytes,
} from '../parse/number-bytes.ts';
import { durationBytes } from './duration-bytes.ts';
import { NumberText } from './exact-json.ts';
import { integerBytes, nativeFromText } from './native-from-text.ts';

/** Makes a value of whatever it is given. */
export type FromValue = (value: unknown) => Uint8Array;

/** What a value is besides a string: tried first, undefined where it is something else. */
type Own = (value: unknown) => Uint8Array | undefined;

/** A whole number, exact: numbers that may have lost digits are none. */
const wholeOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') return undefined;
  if (!Number.isSafeInteger(value))
    throw new Mismatch(
      'a whole number, as a bigint or a string where it is beyond 2^53',
      shown(value),
    );
  return BigInt(value);
};

const whole =
  (bytesOf: (value: bigint) => Uint8Array): Own =>
  (value) => {
    const number = wholeOf(value);
    return number === undefined ? undefined : bytesOf(number);
  };

const integer = (lengthBytes: 1 | 2 | 4): Own => {
  const max = 2 ** (8 * lengthBytes - 1) - 1;
  const exact = whole((value) => integerBytes(lengthBytes, value));
  return (value) =>
    typeof value === 'number' && (value | 0) === value && value <= max && value >= -max - 1
      ? fixedBytes(lengthBytes, value)
      : exact(value);
};

const exactLong = whole((value) => integerBytes(8, value));

const long: Own = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value)
    ? longBytesOfNumber(value)
    : exactLong(value);

const floating =
  (bytesOf: (value: number) => Uint8Array): Own =>
  (value) => {
    if (typeof value === 'bigint') return bytesOf(Number(value));
    return typeof value === 'number' ? bytesOf(value) : undefined;
  };

const decimal: Own = (value) => {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const parsed = parseDecimal(String(value));
  if (parsed === undefined) throw new Mismatch('a decimal number', shown(value));
  return decimalBytes(parsed.unscaled, parsed.scale);
};

const timestamp: Own = (value) => {
  if (!(value instanceof Date)) return long(value);
  if (Number.isNaN(value.getTime())) throw new Mismatch('a valid Date', 'an invalid one');
  return longBytesOfNumber(value.getTime());
};

const DAY_NS = 86_400_000_000_000n;

const time: Own = whole((value) => {
  if (value < 0n || value >= DAY_NS) throw new Mismatch('nanoseconds within a day', shown(value));
  return longBytes(value);
});

const isInt = (value: unknown): value is number =>
  typeof value === 'number' && (value | 0) === value;

const isLong = (value: unknown): value is bigint =>
  typeof value === 'bigint' && BigInt.asIntN(64, value) === value;

const duration: Own = (value) => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { months, days, nanoseconds } = value as Record<string, unknown>;
  if (!isInt(months) || !isInt(days) || !isLong(nanoseconds))
    throw new Mismatch('months and days as numbers and nanoseconds as a bigint', shown(value));
  const signs = [months, days, Number(nanoseconds)];
  if (signs.some((part) => part < 0) && signs.some((part) => part > 0))
    throw new Mismatch('parts of one sign', `${months}, ${days} and ${nanoseconds}`);
  return durationBytes({ months, days, nanoseconds });
};

const nothing: Own = () => undefined;

const OWN: Readonly<Record<NativeName, Own>> = {
  text: nothing,
  ascii: nothing,
  blob: (value) => (value instanceof Uint8Array ? Uint8Array.from(value) : undefined),
  boolean: (value) => (typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : undefined),
  tinyint: integer(1),
  smallint: integer(2),
  int: integer(4),
  bigint: long,
  varint: whole(varintBytes),
  decimal,
  float: floating(floatBytes),
  double: floating(doubleBytes),
  timestamp,
  legacyDate: timestamp,
  date: nothing,
  time,
  duration,
  uuid: nothing,
  lexicalUuid: nothing,
  timeuuid: nothing,
  legacyTimeuuid: nothing,
  inet: nothing,
  counter: () => nativeFromText('counter')(''),
  empty: nothing,
};

/** Types that numbers are values of. */
const NUMBERS: ReadonlySet<NativeName> = new Set<NativeName>([
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'varint',
  'decimal',
  'float',
  'double',
  'timestamp',
  'legacyDate',
]);

/** What errors call the values of a type. */
const WORDS: Partial<Record<NativeName, string>> = {
  text: 'a string',
  ascii: 'a string',
  blob: 'bytes, or a string of 0x and hex digits',
  boolean: 'a boolean',
  duration: 'a duration',
  date: 'a date as a string',
  uuid: 'a UUID as a string',
  timeuuid: 'a UUID as a string',
  inet: 'an Internet address as a string',
};

/** The function of a type: what JavaScript has for it, or its text as a string. */
export const nativeFromValue = (name: NativeName): FromValue => {
  const own = OWN[name];
  const fromText = nativeFromText(name);
  return (value) => {
    if (value instanceof NumberText && NUMBERS.has(name)) return fromText(value.text);
    const bytes = own(value);
    if (bytes !== undefined) return bytes;
    if (typeof value !== 'string')
      throw new Mismatch(WORDS[name] ?? `a value of ${name}`, shown(value));
    if (name === 'blob' && value !== '' && !value.startsWith('0x'))
      throw new Mismatch('0x in front of hex digits', shown(value));
    return fromText(value);
  };
};
