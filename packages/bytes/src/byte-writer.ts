// Data plane. A growing array that primitives are written to, the mirror of ByteReader. Called by codecs. Never written to by two owners:
// what `toBytes` returns is a view that stands until the next write or reset.
import { LimitExceeded, MalformedBytes } from './errors.ts';
import { parseInet } from './inet.ts';
import { SHORT_LENGTH_BYTES_MAX, WRITER_BYTES_MAX } from './limits.ts';
import { modifiedUtf8Length, writeModifiedUtf8 } from './modified-utf8.ts';
import { uuidToBytes } from './uuid.ts';
import { uvintLength, zigZag } from './uvint.ts';

const TWO_32 = 0x100000000;
/** Copies up to here are made byte by byte: a call into the engine costs more. */
const SHORT_COPY_BYTES_MAX = 16;

const requireShort = (length: number): number => {
  if (length > SHORT_LENGTH_BYTES_MAX)
    throw new LimitExceeded({
      value: BigInt(length),
      limit: BigInt(SHORT_LENGTH_BYTES_MAX),
      offset: 0,
    });
  return length;
};

/**
 * Writes primitives one after the other; integers are big-endian unless the name ends in `le`, and keep their low bits
 * when they do not fit, as in Java. Growing beyond `WRITER_BYTES_MAX` throws {@link LimitExceeded}; text that is no UUID
 * or address throws {@link MalformedBytes}. Both are a codec's private control flow or a programmer's error (STYLE §4).
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(initialBytes = 256) {
    this.#bytes = new Uint8Array(Math.max(16, initialBytes));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written, as a view: it stands until the next write or reset. */
  toBytes(): Uint8Array {
    // half the time of subarray, which asks for the kind of array
    return new Uint8Array(this.#bytes.buffer, 0, this.#length);
  }

  /** Begins anew in the same memory. */
  reset(): void {
    this.#length = 0;
  }

  /** Index at which `count` bytes may be written. */
  #room(count: number): number {
    const at = this.#length;
    const length = at + count;
    if (length > this.#bytes.length) this.#grow(length);
    this.#length = length;
    return at;
  }

  #grow(length: number): void {
    if (length > WRITER_BYTES_MAX)
      throw new LimitExceeded({
        value: BigInt(length),
        limit: BigInt(WRITER_BYTES_MAX),
        offset: this.#length,
      });
    const larger = new Uint8Array(
      Math.min(WRITER_BYTES_MAX, Math.max(length, this.#bytes.length * 2)),
    );
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  i8(value: number): void {
    this.u8(value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  i16(value: number): void {
    this.u16(value);
  }

  i32(value: number): void {
    const at = this.#room(4);
    this.#view.setInt32(at, value);
  }

  u32(value: number): void {
    this.i32(value);
  }

  i64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigInt64(at, value);
  }

  u64(value: bigint): void {
    this.i64(value);
  }

  /** A whole number of at most 2^53 - 1 in magnitude as a signed 64-bit integer. */
  i64Number(value: number): void {
    const at = this.#room(8);
    this.#view.setInt32(at, Math.floor(value / TWO_32));
    this.#view.setInt32(at + 4, value % TWO_32);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
  }

  bool(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  u32le(value: number): void {
    this.i32le(value);
  }

  i32le(value: number): void {
    const at = this.#room(4);
    this.#view.setInt32(at, value, true);
  }

  i64le(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigInt64(at, value, true);
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): void {
    const count = bytes.length;
    const at = this.#room(count);
    const target = this.#bytes;
    if (count > SHORT_COPY_BYTES_MAX) target.set(bytes, at);
    else for (let i = 0; i < count; i++) target[at + i] = bytes[i] as number;
  }

  /** `count` zero bytes. */
  skip(count: number): void {
    const at = this.#room(count);
    this.#bytes.fill(0, at, at + count);
  }

  /** Text in modified UTF-8 with a u16 length in front; more than 65535 bytes throw {@link LimitExceeded}. */
  utf(text: string): void {
    const length = requireShort(modifiedUtf8Length(text));
    this.u16(length);
    const at = this.#room(length);
    writeModifiedUtf8(text, this.#bytes, at);
  }

  /** An unsigned variable-length integer in its shortest form; a negative value is its 64-bit pattern. */
  uvint(value: bigint | number): void {
    if (typeof value === 'number' && value >= 0 && value < 0x80) {
      this.u8(value);
      return;
    }
    const size = uvintLength(value);
    if (typeof value === 'bigint' || value < 0) this.#uvintBig(BigInt(value), size);
    else this.#uvintNumber(value, size);
  }

  #uvintNumber(value: number, size: number): void {
    const at = this.#room(size);
    // halves, since bits of larger numbers can't be shifted
    let rest = Math.floor(value / TWO_32);
    let index = at + size - 1;
    if (size > 4) {
      this.#view.setUint32(index - 3, value - rest * TWO_32);
      index -= 4;
    } else {
      rest = value;
    }
    for (; index > at; index--) {
      this.#bytes[index] = rest;
      rest >>>= 8;
    }
    this.#bytes[at] = (0xff << (9 - size)) | rest;
  }

  #uvintBig(value: bigint, size: number): void {
    if (size < 8) {
      this.#uvintNumber(Number(value), size);
      return;
    }
    const at = this.#room(size);
    if (size === 9) {
      this.#bytes[at] = 0xff;
      this.#view.setBigInt64(at + 1, value);
    } else {
      this.#view.setBigInt64(at, value);
      this.#bytes[at] = 0xfe;
    }
  }

  /** A signed variable-length integer (zig-zag). */
  svint(value: bigint | number): void {
    this.uvint(zigZag(BigInt(value)));
  }

  /** Bytes with a u16 length in front; more than 65535 throw {@link LimitExceeded}. */
  bytes16(bytes: Uint8Array): void {
    this.u16(requireShort(bytes.length));
    this.bytes(bytes);
  }

  /** Bytes with an i32 length in front. */
  bytes32(bytes: Uint8Array): void {
    this.i32(bytes.length);
    this.bytes(bytes);
  }

  /** Bytes with a uvint length in front. */
  bytesV(bytes: Uint8Array): void {
    this.uvint(bytes.length);
    this.bytes(bytes);
  }

  /** UTF-8 text with a uvint length in front. */
  strV(text: string): void {
    this.bytesV(Buffer.from(text, 'utf8'));
  }

  /** The 16 bytes of a UUID's text. */
  uuid(text: string): void {
    this.bytes(uuidToBytes(text));
  }

  /** Address and port of versions 12 and later (spec: streaming-4.0-plus §2.2.4). The host is a numeric address. */
  inet(endpoint: { readonly host: string; readonly port: number }): void {
    const address = parseInet(endpoint.host);
    if (address === undefined)
      throw new MalformedBytes({
        what: 'inet address',
        found: endpoint.host,
        offset: this.#length,
      });
    this.u8(address.length + 2);
    this.bytes(address);
    this.u16(endpoint.port);
  }
}
