// Data plane. Text that is being made, as UTF-8 in one growing buffer: most of it is copied from Data.db or from prepared pieces and never is
// a string. Called by the writers of the dump formats. Knows nothing of rows.

const INITIAL_BYTES = 256 * 1024;
/** Memory that was used before is used again up to this length: a huge row does not pin its memory for good. */
const SPARE_BYTES_MAX = 4 * INITIAL_BYTES;

const WORD_BYTES = 4;

/** Text that is written again and again, in words of four bytes: so short pieces are copied faster than by a call into the engine. */
export class Piece {
  /** In bytes. */
  readonly length: number;
  /** Little-endian; the last one is filled with zeros. */
  readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text, 'utf8');
    this.length = bytes.length;
    this.words = new Int32Array(Math.ceil(bytes.length / WORD_BYTES));
    for (const [i, byte] of bytes.entries())
      this.words[i >> 2] = (this.words[i >> 2] as number) | (byte << (8 * (i & 3)));
  }
}

/** See {@link Piece}. */
export const piece = (text: string): Piece => new Piece(text);

/** Numbers are cut into halves of nine digits, each of which fits 32 bits. */
const HALF = 1_000_000_000;
const HALF_DIGITS = 9;
const ZERO = 0x30;
const MINUS = 0x2d;
/** Most digits and a sign of an exact whole number. */
const INTEGER_BYTES = 17;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView =>
  new DataView(buffer, byteOffset, length);

/** A buffer with a place to write at. `take` hands the bytes over and begins anew. */
export class TextBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  length = 0;
  #view = viewOf(this.bytes);
  readonly #spare: () => Uint8Array | undefined;

  /** `spare` gives memory that may be written over. */
  constructor(spare: () => Uint8Array | undefined = () => undefined) {
    this.#spare = spare;
  }

  /** Room for so many more bytes. */
  reserve(lengthBytes: number): void {
    const needed = this.length + lengthBytes;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.#view = viewOf(grown);
  }

  put({ words, length }: Piece): void {
    const roomBytes = words.length * WORD_BYTES;
    if (this.length + roomBytes > this.bytes.length) this.reserve(roomBytes);
    const view = this.#view;
    const at = this.length;
    for (let i = 0; i < words.length; i++)
      view.setInt32(at + i * WORD_BYTES, words[i] as number, true);
    this.length = at + length;
  }

  /** Two digits of a number below 100. The caller has reserved room. */
  twoDigits(value: number): void {
    const tens = (value / 10) | 0;
    this.bytes[this.length] = ZERO + tens;
    this.bytes[this.length + 1] = ZERO + value - 10 * tens;
    this.length += 2;
  }

  /** Three digits of a number below 1000. The caller has reserved room. */
  threeDigits(value: number): void {
    const hundreds = (value / 100) | 0;
    this.bytes[this.length] = ZERO + hundreds;
    this.length += 1;
    this.twoDigits(value - 100 * hundreds);
  }

  /** Text of ASCII characters only: digits, dates, names of fields. */
  ascii(text: string): void {
    const count = text.length;
    if (this.length + count > this.bytes.length) this.reserve(count);
    const { bytes, length } = this;
    for (let i = 0; i < count; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + count;
  }

  /** A whole number that a number holds exactly. */
  integer(value: number): void {
    if (this.length + INTEGER_BYTES > this.bytes.length) this.reserve(INTEGER_BYTES);
    const { bytes } = this;
    if (value < 0) bytes[this.length++] = MINUS;
    const positive = Math.abs(value);
    const upper = positive < HALF ? 0 : Math.floor(positive / HALF);
    let rest = (positive - upper * HALF) | 0;
    let digits = 1;
    for (let power = 10; positive >= power; power *= 10) digits += 1;
    this.length += digits;
    let at = this.length;
    if (upper > 0) {
      for (let i = 0; i < HALF_DIGITS; i++) {
        const tenth = (rest / 10) | 0;
        bytes[--at] = ZERO + rest - 10 * tenth;
        rest = tenth;
      }
      rest = upper | 0;
    }
    do {
      const tenth = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    } while (rest > 0);
  }

  /** One ASCII character, by its code. */
  byte(code: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = code;
  }

  /** Any text. */
  text(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /**
   * ASCII bytes between quotes. False, and nothing is written, when a byte is not ASCII or needs an escape in JSON: then the text has to be
   * decoded and escaped as a string.
   */
  quotedAscii(source: Uint8Array): boolean {
    const count = source.length;
    if (this.length + count + 2 > this.bytes.length) this.reserve(count + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < count; i++) {
      const byte = source[i] as number;
      if (byte < 0x20 || byte > 0x7f || byte === QUOTE || byte === BACKSLASH) return false;
      bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    this.length = at;
    return true;
  }

  /** Everything so far; the buffer begins anew with other memory. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = this.#empty();
    this.#view = viewOf(this.bytes);
    this.length = 0;
    return taken;
  }

  #empty(): Buffer {
    const room = this.#spare()?.buffer;
    return room instanceof ArrayBuffer &&
      room.byteLength >= INITIAL_BYTES &&
      room.byteLength <= SPARE_BYTES_MAX
      ? Buffer.from(room)
      : Buffer.allocUnsafeSlow(
          Math.max(INITIAL_BYTES, Math.min(this.bytes.length, SPARE_BYTES_MAX)),
        );
  }
}
