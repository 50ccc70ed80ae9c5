// Data plane. Java's modified UTF-8, the text form of every `utf` field (spec: streaming-4.0-plus §2.2.2; java.io.DataInput).
// Called by the reader and the writer. Knows nothing of lengths in front of the text.
import { MalformedBytes } from './errors.ts';

/** Bytes that the text takes; each UTF-16 code unit takes 1 to 3, U+0000 takes 2. */
export const modifiedUtf8Length = (text: string): number => {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit > 0x7f) length += unit > 0x7ff ? 2 : 1;
  }
  return length;
};

/** Writes the text at `offset` and returns the position after it. The room is the caller's business. */
export const writeModifiedUtf8 = (text: string, into: Uint8Array, offset: number): number => {
  let at = offset;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit !== 0 && unit < 0x80) {
      into[at++] = unit;
    } else if (unit < 0x800) {
      into[at++] = 0xc0 | (unit >> 6);
      into[at++] = 0x80 | (unit & 0x3f);
    } else {
      into[at++] = 0xe0 | (unit >> 12);
      into[at++] = 0x80 | ((unit >> 6) & 0x3f);
      into[at++] = 0x80 | (unit & 0x3f);
    }
  }
  return at;
};

/** The text as modified UTF-8, without a length. */
export const encodeModifiedUtf8 = (text: string): Uint8Array => {
  const bytes = new Uint8Array(modifiedUtf8Length(text));
  writeModifiedUtf8(text, bytes, 0);
  return bytes;
};

const malformed = (bytes: Uint8Array, at: number): MalformedBytes =>
  new MalformedBytes({
    what: 'modified UTF-8',
    found: at < bytes.length ? `0x${(bytes[at] as number).toString(16)}` : 'the end',
    offset: at,
  });

const continuation = (bytes: Uint8Array, at: number): number => {
  const byte = bytes[at];
  if (byte === undefined || (byte & 0xc0) !== 0x80) throw malformed(bytes, at);
  return byte & 0x3f;
};

const decodeFrom = (bytes: Uint8Array, start: number, ascii: string): string => {
  let text = ascii;
  let at = start;
  while (at < bytes.length) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      at += 1;
    } else if (lead >> 5 === 0b110) {
      text += String.fromCharCode(((lead & 0x1f) << 6) | continuation(bytes, at + 1));
      at += 2;
    } else if (lead >> 4 === 0b1110) {
      const middle = continuation(bytes, at + 1) << 6;
      text += String.fromCharCode(((lead & 0x0f) << 12) | middle | continuation(bytes, at + 2));
      at += 3;
    } else {
      throw malformed(bytes, at);
    }
  }
  return text;
};

/**
 * The text of modified UTF-8 bytes. As forgiving as `DataInputStream.readUTF`: a plain zero byte and overlong forms are
 * read; a stray continuation byte, a four-byte form or a form cut short throws {@link MalformedBytes}.
 */
export const decodeModifiedUtf8 = (bytes: Uint8Array): string => {
  let plain = 0;
  while (plain < bytes.length && (bytes[plain] as number) < 0x80) plain += 1;
  const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, plain).toString('latin1');
  return plain === bytes.length ? ascii : decodeFrom(bytes, plain, ascii);
};
