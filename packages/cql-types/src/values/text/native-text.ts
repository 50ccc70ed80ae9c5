// Data plane. Values of types without arguments as plain text (TypeSerializer#toString). Called by the printers of types, once per value; they
// print what is not well-formed as bytes.
import { formatInet } from '@scamander/bytes';
import { NUMBER_BYTES_MAX } from '../../limits.ts';
import type { NativeName } from '../../native-types.ts';
import {
  durationAt,
  f32At,
  f64At,
  i16At,
  i32At,
  i64At,
  i64NumberAt,
  varintAt,
} from '../read-at.ts';
import { decimalTextAt } from './decimal-text.ts';
import { doubleText, floatText } from './floating-text.ts';
import { dateText, durationText, timestampText, timeText } from './time-text.ts';

/** The text of the bytes of a range; undefined where they are no value of the type. Ranges are not empty, but for text and blobs. */
export type NativePrinter = (bytes: Uint8Array, from: number, to: number) => string | undefined;

const viewOf = (bytes: Uint8Array, from: number, to: number): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);

/** The bytes of a range in hex. */
export const hexAt: (bytes: Uint8Array, from: number, to: number) => string = (bytes, from, to) =>
  viewOf(bytes, from, to).toString('hex');

const text: NativePrinter = (bytes, from, to) => viewOf(bytes, from, to).toString('utf8');

const ofLength =
  (lengthBytes: number, print: (bytes: Uint8Array, at: number) => string): NativePrinter =>
  (bytes, from, to) =>
    to - from === lengthBytes ? print(bytes, from) : undefined;

const longText = (bytes: Uint8Array, at: number): string => {
  const near = i64NumberAt(bytes, at);
  return Number.isSafeInteger(near) ? String(near) : i64At(bytes, at).toString();
};

/** Milliseconds as the calendar's functions take them: a number where it is exact. */
export const timestampAt = (bytes: Uint8Array, at: number): number | bigint => {
  const near = i64NumberAt(bytes, at);
  return Number.isSafeInteger(near) ? near : i64At(bytes, at);
};

const uuid = ofLength(16, (bytes, at) => {
  const hex = hexAt(bytes, at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
});

/** Java's own text: eight groups without any shortening; mapped addresses of version 4 print as such (InetAddress#getHostAddress). */
const inet: NativePrinter = (bytes, from, to) => {
  if (to - from === 4) return formatInet(bytes.subarray(from, to));
  if (to - from !== 16) return undefined;
  const groups: string[] = [];
  for (let at = from; at < to; at += 2) groups.push((i16At(bytes, at) & 0xffff).toString(16));
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff')
    return formatInet(bytes.subarray(to - 4, to));
  return groups.join(':');
};

const timestamp = ofLength(8, (bytes, at) => timestampText(timestampAt(bytes, at), 'T'));

const duration: NativePrinter = (bytes, from, to) => {
  const parts = durationAt(bytes, from, to);
  return parts === undefined ? undefined : durationText(parts);
};

/** By type. Counters are the first eight bytes of their context, as Cassandra's tools show them (spec: sstable-data §18.2). */
export const NATIVE_PRINTERS: Readonly<Record<NativeName, NativePrinter>> = {
  text,
  ascii: text,
  blob: hexAt,
  boolean: ofLength(1, (bytes, at) => (bytes[at] === 0 ? 'false' : 'true')),
  tinyint: ofLength(1, (bytes, at) => String(((bytes[at] as number) << 24) >> 24)),
  smallint: ofLength(2, (bytes, at) => String(i16At(bytes, at))),
  int: ofLength(4, (bytes, at) => String(i32At(bytes, at))),
  bigint: ofLength(8, longText),
  counter: (bytes, from, to) => (to - from < 8 ? undefined : longText(bytes, from)),
  varint: (bytes, from, to) =>
    to - from > NUMBER_BYTES_MAX ? undefined : varintAt(bytes, from, to).toString(),
  decimal: (bytes, from, to) =>
    to - from < 4 || to - from > NUMBER_BYTES_MAX ? undefined : decimalTextAt(bytes, from, to),
  float: ofLength(4, (bytes, at) => floatText(f32At(bytes, at))),
  double: ofLength(8, (bytes, at) => doubleText(f64At(bytes, at))),
  timestamp,
  legacyDate: timestamp,
  date: ofLength(4, (bytes, at) => dateText(i32At(bytes, at) ^ -0x80000000)),
  time: ofLength(8, (bytes, at) => timeText(i64At(bytes, at))),
  duration,
  uuid,
  timeuuid: uuid,
  lexicalUuid: uuid,
  legacyTimeuuid: uuid,
  inet,
  empty: () => undefined,
};
