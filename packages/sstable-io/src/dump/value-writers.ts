// Data plane. Values of each type as they stand in a dump, written straight into the text where that is quick: what a table consists of mostly
// (texts, whole numbers, UUIDs, blobs, timestamps) never passes through a printer of general use. Called by the JSON writers once per column.
import { type CqlType, jsonString, jsonWriterOf, textWriterOf } from '@scamander/cql-types';
import { putDouble } from './double-digits.ts';
import { piece, type TextBuffer } from './text-buffer.ts';

/** Writes one value. */
export type ValueWriter = (out: TextBuffer, value: Uint8Array) => void;

const HEX = '0123456789abcdef';
/** The two hex digits of each byte. */
const UPPER_DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => HEX.charCodeAt(byte >> 4));
const LOWER_DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => HEX.charCodeAt(byte & 15));
const QUOTE = 0x22;
const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const Z = 0x5a;
/** Of a timestamp of four digits for the year, with its quotes. */
const TIMESTAMP_BYTES = 26;

/** Tries the quick way of a type; false where the value is not of its usual form and nothing was written. */
type QuickWriter = (out: TextBuffer, value: Uint8Array) => boolean;

const int32 = (value: Uint8Array): number =>
  ((value[0] as number) << 24) |
  ((value[1] as number) << 16) |
  ((value[2] as number) << 8) |
  (value[3] as number);

const lowerHalf = (value: Uint8Array): number =>
  (((value[4] as number) << 24) |
    ((value[5] as number) << 16) |
    ((value[6] as number) << 8) |
    (value[7] as number)) >>>
  0;

/** Upper halves that keep a long within the exact numbers. */
const SAFE_UPPER = 2 ** 21;

const quickInt: QuickWriter = (out, value) => {
  if (value.length !== 4) return false;
  out.integer(int32(value));
  return true;
};

const quickLong: QuickWriter = (out, value) => {
  if (value.length !== 8) return false;
  const upper = int32(value);
  if (upper >= SAFE_UPPER || upper < -SAFE_UPPER) return false;
  out.integer(upper * 0x1_0000_0000 + lowerHalf(value));
  return true;
};

const quickDouble: QuickWriter = (out, value) =>
  value.length === 8 && putDouble(out, int32(value), lowerHalf(value));

const quickBoolean: QuickWriter = (out, value) => {
  if (value.length !== 1) return false;
  out.ascii(value[0] === 0 ? 'false' : 'true');
  return true;
};

const putHex = (out: TextBuffer, value: Uint8Array, from: number, to: number): void => {
  const { bytes } = out;
  let at = out.length;
  for (let i = from; i < to; i++) {
    const byte = value[i] as number;
    bytes[at++] = UPPER_DIGITS[byte] as number;
    bytes[at++] = LOWER_DIGITS[byte] as number;
  }
  out.length = at;
};

/** A dash stands before these bytes of a UUID. */
const UUID_DASHES = 0b0000_0101_0101_0000;

const quickUuid: QuickWriter = (out, value) => {
  if (value.length !== 16) return false;
  out.reserve(38);
  const { bytes } = out;
  let at = out.length;
  bytes[at++] = QUOTE;
  for (let i = 0; i < 16; i++) {
    if (((UUID_DASHES >> i) & 1) === 1) bytes[at++] = DASH;
    const byte = value[i] as number;
    bytes[at++] = UPPER_DIGITS[byte] as number;
    bytes[at++] = LOWER_DIGITS[byte] as number;
  }
  bytes[at++] = QUOTE;
  out.length = at;
  return true;
};

const quickBlob =
  (open: string): QuickWriter =>
  (out, value) => {
    out.reserve(open.length + 2 * value.length + 1);
    out.ascii(open);
    putHex(out, value, 0, value.length);
    out.bytes[out.length++] = QUOTE;
    return true;
  };

/** The years 0 to 9999, in milliseconds. */
const ISO_MS_MIN = -62_167_219_200_000;
const ISO_MS_MAX = 253_402_300_799_999;

const DAY_MS = 86_400_000;

/** Timestamps of one column mostly come from few days: the text of the last day is kept. */
const quickTimestamp = (): QuickWriter => {
  let lastDay = Number.NaN;
  let dayPiece = piece('');
  return (out, value) => {
    if (value.length !== 8) return false;
    const ms = int32(value) * 0x1_0000_0000 + lowerHalf(value);
    if (!(ms >= ISO_MS_MIN && ms <= ISO_MS_MAX)) return false;
    const day = Math.floor(ms / DAY_MS);
    if (day !== lastDay) {
      lastDay = day;
      dayPiece = piece(`"${new Date(day * DAY_MS).toISOString().slice(0, 10)} `);
    }
    const time = (ms - day * DAY_MS) | 0;
    const seconds = (time / 1000) | 0;
    const minutes = (seconds / 60) | 0;
    const hours = (minutes / 60) | 0;
    const millis = time - 1000 * seconds;
    out.reserve(TIMESTAMP_BYTES);
    out.put(dayPiece);
    out.twoDigits(hours);
    out.byte(COLON);
    out.twoDigits(minutes - 60 * hours);
    out.byte(COLON);
    out.twoDigits(seconds - 60 * minutes);
    out.byte(DOT);
    out.threeDigits(millis);
    out.byte(Z);
    out.byte(QUOTE);
    return true;
  };
};

const quickText: QuickWriter = (out, value) => out.quotedAscii(value);

const quoted =
  (bare: QuickWriter): QuickWriter =>
  (out, value) => {
    const before = out.length;
    out.ascii('"');
    if (bare(out, value)) {
      out.ascii('"');
      return true;
    }
    out.length = before;
    return false;
  };

type QuickWriters = Readonly<Record<string, (() => QuickWriter) | undefined>>;

const QUICK_JSON: QuickWriters = {
  ascii: () => quickText,
  text: () => quickText,
  empty: () => quickText,
  int: () => quickInt,
  bigint: () => quickLong,
  double: () => quickDouble,
  boolean: () => quickBoolean,
  uuid: () => quickUuid,
  timeuuid: () => quickUuid,
  blob: () => quickBlob('"0x'),
  timestamp: quickTimestamp,
};

const QUICK_TEXT: QuickWriters = {
  ascii: () => quickText,
  text: () => quickText,
  int: () => quoted(quickInt),
  bigint: () => quoted(quickLong),
  boolean: () => quoted(quickBoolean),
  uuid: () => quickUuid,
  timeuuid: () => quickUuid,
  blob: () => quickBlob('"'),
};

const writerOf = (type: CqlType, quick: QuickWriters, slow: ValueWriter): ValueWriter => {
  if (type.kind === 'reversed') return writerOf(type.base, quick, slow);
  const first = type.kind === 'native' ? quick[type.name]?.() : undefined;
  if (first === undefined) return slow;
  return (out, value) => {
    if (!first(out, value)) slow(out, value);
  };
};

/** Whose JSON has no other characters. */
const ASCII_JSON: ReadonlySet<string> = new Set(['double', 'float', 'decimal', 'varint']);

/** Values as JSON (AbstractType#toJSONString). */
export const jsonValueWriter = (type: CqlType): ValueWriter => {
  const print = jsonWriterOf(type);
  const isAscii = type.kind === 'native' && ASCII_JSON.has(type.name);
  return writerOf(
    type,
    QUICK_JSON,
    isAscii ? (out, value) => out.ascii(print(value)) : (out, value) => out.text(print(value)),
  );
};

/** Values as JSON strings of their plain text (AbstractType#getString): partition keys and paths. */
export const textValueWriter = (type: CqlType): ValueWriter => {
  const print = textWriterOf(type);
  return writerOf(type, QUICK_TEXT, (out, value) => out.text(jsonString(print(value))));
};
