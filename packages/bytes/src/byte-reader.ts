// Data plane. A cursor over one array of bytes, with every primitive of the streaming protocol and of SSTable components
// (spec: streaming-4.0-plus §2.2, sstable-index-and-stats §0). Called by codecs. Allocates nothing before a length met its limit.
import { LimitExceeded, MalformedBytes, NeedMoreBytes } from './errors.ts';
import { formatInet } from './inet.ts';
import { EXACT_NUMBER_MAX } from './limits.ts';
import { decodeModifiedUtf8 } from './modified-utf8.ts';
import { uuidFromBytes } from './uuid.ts';
import { unZigZag } from './uvint.ts';

const TWO_32 = 0x100000000;
/** High halves from here on stand for values above 2^53 - 1. */
const EXACT_HIGH_MAX = 0x1fffff;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const shift = (error: unknown, offset: number): unknown =>
  error instanceof MalformedBytes
    ? new MalformedBytes({ what: error.what, found: error.found, offset: error.offset + offset })
    : error;

/**
 * Reads primitives one after the other; integers are big-endian unless the name ends in `le`.
 *
 * Reading past `end` throws {@link NeedMoreBytes}, a length above its limit {@link LimitExceeded}, impossible bytes
 * {@link MalformedBytes}. These are control flow inside a codec, which catches them once at its edge (STYLE §4). A read
 * that throws leaves `position` where it was. Arrays that are handed out are views of the reader's array.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    if (start < 0 || start > end || end > bytes.length)
      throw new RangeError(`no bytes ${start} to ${end} in an array of ${bytes.length}`);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#end = end;
    this.#position = start;
  }

  /** Index in the array of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** Moves to an index between the reader's start and end. */
  set position(position: number) {
    if (!(position >= this.#start && position <= this.#end))
      throw new RangeError(`position ${position} is outside ${this.#start} to ${this.#end}`);
    this.#position = position;
  }

  /** Index after the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  /** Index of the next `count` bytes, which are passed over. */
  #take(count: number): number {
    const at = this.#position;
    if (count > this.#end - at) throw new NeedMoreBytes(at - this.#start + count);
    this.#position = at + count;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  i8(): number {
    return ((this.#bytes[this.#take(1)] as number) << 24) >> 24;
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8));
  }

  /** A signed 64-bit integer as a number; throws {@link LimitExceeded} (a RangeError) beyond 2^53 - 1 in magnitude. */
  i64Number(): number {
    const at = this.#take(8);
    const value = this.#view.getInt32(at) * TWO_32 + this.#view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) throw this.#inexact(at, this.#view.getBigInt64(at));
    return value;
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** One byte; anything but 0 is true. */
  bool(): boolean {
    return this.u8() !== 0;
  }

  u32le(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32le(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  i64le(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  /** A view of the next `count` bytes. The count is the caller's; it has met its limit. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    // half the time of subarray, which asks for the kind of array
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count);
  }

  /** Passes over `count` bytes. */
  skip(count: number): void {
    this.#take(count);
  }

  /** The next byte, without passing over it. */
  peekU8(): number {
    if (this.#position >= this.#end) throw new NeedMoreBytes(this.#position - this.#start + 1);
    return this.#bytes[this.#position] as number;
  }

  /** Text with a u16 length in front, in modified UTF-8. */
  utf(): string {
    const at = this.#position;
    const bytes = this.bytes16();
    try {
      return decodeModifiedUtf8(bytes);
    } catch (error) {
      this.#position = at;
      throw shift(error, at + 2);
    }
  }

  /** An unsigned variable-length integer: the whole 64-bit pattern. */
  uvint(): bigint {
    const first = this.peekU8();
    if (first < 0xfe) return BigInt(this.uvintNumber());
    const pattern = this.#view.getBigUint64(this.#take(first === 0xff ? 9 : 8) + (first & 1));
    return first === 0xff ? pattern : pattern & 0xffffffffffffffn;
  }

  /** An unsigned variable-length integer as a number; throws {@link LimitExceeded} (a RangeError) beyond 2^53 - 1. */
  uvintNumber(): number {
    const first = this.peekU8();
    if (first < 0x80) {
      this.#position += 1;
      return first;
    }
    const extra = Math.clz32(~(first << 24));
    const at = this.#take(extra + 1);
    // what stands before the last four bytes; all of it where there are fewer
    let high = extra > 7 ? 0 : first & (0xff >> extra);
    const highEnd = extra > 3 ? at + extra - 3 : at + extra + 1;
    for (let index = at + 1; index < highEnd; index++)
      high = ((high << 8) | (this.#bytes[index] as number)) >>> 0;
    if (extra <= 3) return high;
    const low = this.#view.getUint32(highEnd);
    if (high > EXACT_HIGH_MAX) throw this.#inexact(at, (BigInt(high) << 32n) | BigInt(low));
    return high * TWO_32 + low;
  }

  /** A signed variable-length integer (zig-zag). */
  svint(): bigint {
    return unZigZag(this.uvint());
  }

  /** Bytes with a u16 length in front. */
  bytes16(): Uint8Array {
    const at = this.#position;
    const length = this.u16();
    return this.#counted(at, length, length);
  }

  /** Bytes with an i32 length in front, which is at most `limit`; a negative one is malformed. */
  bytes32(limit: number): Uint8Array {
    const at = this.#position;
    const length = this.i32();
    if (length < 0) {
      this.#position = at;
      throw new MalformedBytes({ what: 'length', found: `${length}`, offset: at });
    }
    return this.#counted(at, length, limit);
  }

  /** Bytes with a uvint length in front, which is at most `limit`. */
  bytesV(limit: number): Uint8Array {
    const at = this.#position;
    const first = this.peekU8();
    if (first < 0xfe) return this.#counted(at, this.uvintNumber(), limit);
    const length = this.uvint();
    if (length > BigInt(limit)) {
      this.#position = at;
      throw new LimitExceeded({ value: length, limit: BigInt(limit), offset: at });
    }
    return this.#counted(at, Number(length), limit);
  }

  /** UTF-8 text with a uvint length in front, which is at most `limit` bytes. */
  strV(limit: number): string {
    const at = this.#position;
    const bytes = this.bytesV(limit);
    try {
      return utf8.decode(bytes);
    } catch {
      const offset = this.#position - bytes.length;
      this.#position = at;
      throw new MalformedBytes({ what: 'UTF-8', found: `${bytes.length} bytes`, offset });
    }
  }

  /** Canonical text of 16 bytes. */
  uuid(): string {
    return uuidFromBytes(this.#bytes, this.#take(16));
  }

  /** Address and port of versions 12 and later: a size byte of 6 or 18, the address, a u16 port (spec: streaming-4.0-plus §2.2.4). */
  inet(): { host: string; port: number } {
    const at = this.#position;
    const size = this.peekU8();
    if (size !== 6 && size !== 18)
      throw new MalformedBytes({ what: 'inet size', found: `${size}`, offset: at });
    this.#take(size + 1);
    const host = formatInet(this.#bytes.subarray(at + 1, at + size - 1));
    return { host, port: this.#view.getUint16(at + size - 1) };
  }

  #counted(at: number, length: number, limit: number): Uint8Array {
    if (length > limit) {
      this.#position = at;
      throw new LimitExceeded({ value: BigInt(length), limit: BigInt(limit), offset: at });
    }
    if (length > this.#end - this.#position) {
      const needed = this.#position - this.#start + length;
      this.#position = at;
      throw new NeedMoreBytes(needed);
    }
    return this.bytes(length);
  }

  #inexact(at: number, value: bigint): LimitExceeded {
    this.#position = at;
    return new LimitExceeded({ field: 'an integer', value, limit: EXACT_NUMBER_MAX, offset: at });
  }
}
