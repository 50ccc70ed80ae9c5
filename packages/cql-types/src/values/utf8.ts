// Data plane. Which bytes Cassandra takes for text (UTF8Serializer, AsciiSerializer). Called by the checks of values.
import { isAscii, isUtf8 } from 'node:buffer';

/** Texts up to here are looked at byte by byte first: most are ASCII, and a call into the engine costs more. */
const SHORT_BYTES_MAX = 100;

/** Whether every byte is below 80. */
export const isAsciiText = (bytes: Uint8Array, from: number, to: number): boolean =>
  isAscii(bytes.subarray(from, to));

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

/** Bytes of the character at a place in Cassandra's wider notion of UTF-8; 0 where there is none. */
const characterBytes = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] as number;
  const second = bytes[at + 1];
  if (first < 0x80) return 1;
  if (first < 0xc0 || first > 0xf7 || !isContinuation(second)) return 0;
  // a zero may take two bytes, as in Java's own form
  if (first < 0xe0) return first > 0xc1 || (first === 0xc0 && second === 0x80) ? 2 : 0;
  if (!isContinuation(bytes[at + 2])) return 0;
  if (first < 0xf0) return first > 0xe0 || (second as number) >= 0xa0 ? 3 : 0;
  if (!isContinuation(bytes[at + 3])) return 0;
  return first > 0xf0 || (second as number) >= 0x90 ? 4 : 0;
};

/**
 * Whether Cassandra accepts the bytes as text: UTF-8, and beyond it what its own check lets pass, which are single surrogates,
 * zeros of two bytes and characters above the last one of Unicode.
 */
export const isText = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from <= SHORT_BYTES_MAX) {
    let at = from;
    while (at < to && (bytes[at] as number) < 0x80) at += 1;
    if (at === to) return true;
  }
  const range = bytes.subarray(from, to);
  if (isUtf8(range)) return true;
  for (let at = 0; at < range.length; ) {
    const length = characterBytes(range, at);
    if (length === 0) return false;
    at += length;
  }
  return true;
};
