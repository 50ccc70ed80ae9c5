// Data plane. LZ4 blocks decompressed into memory of the caller (spec: sstable-data §8.3; LZ4 block format). Called for every chunk of a pass over
// Data.db, whose memory is used again: the native library would allocate each chunk anew, and the collector frees such memory late. Short copies,
// which is what blocks consist of, are as fast here as behind a call into it.
import { ChunkError } from './codec.ts';

const OFFSET_BYTES = 2;
const MATCH_MIN = 4;
/** In a token: the length goes on in the bytes behind it. */
const LONG = 15;
/** Copies go on by so many bytes, and may write as many beyond their end within the target. */
const STEP = 8;
/** From this length on a call into the engine is worth it. */
const LONG_COPY = 64;

const broken = (what: string, at: number): ChunkError => new ChunkError(`${what} at byte ${at}`);

/** One block at a time; fields are the state of the block that is being decompressed. */
class Lz4Decoder {
  #source: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Length of a token's nibble that is full, with the bytes that continue it. */
  #longLength(): number {
    let length = LONG;
    let byte = 255;
    while (byte === 255) {
      if (this.#at >= this.#source.length) throw broken('ends within a length', this.#at);
      byte = this.#source[this.#at++] as number;
      length += byte;
    }
    return length;
  }

  decode(source: Uint8Array, target: Uint8Array): void {
    const from = new DataView(source.buffer, source.byteOffset, source.length);
    const to = new DataView(target.buffer, target.byteOffset, target.length);
    const sourceEnd = source.length;
    const targetEnd = target.length;
    this.#source = source;
    this.#at = 0;
    let written = 0;
    for (;;) {
      if (this.#at >= sourceEnd) throw broken('ends before its last literals', this.#at);
      const token = source[this.#at++] as number;
      const literals = token >> 4 === LONG ? this.#longLength() : token >> 4;
      const start = this.#at;
      const literalsEnd = start + literals;
      if (literalsEnd > sourceEnd || written + literals > targetEnd)
        throw broken(`has ${literals} literals`, start);
      if (literals > 0) copyLiterals(source, from, start, literals, target, to, written);
      written += literals;
      this.#at = literalsEnd;
      if (literalsEnd === sourceEnd) break;
      if (literalsEnd + OFFSET_BYTES > sourceEnd) throw broken('ends within a distance', start);
      const distance = from.getUint16(literalsEnd, true);
      this.#at += OFFSET_BYTES;
      const nibble = token & LONG;
      const length = MATCH_MIN + (nibble === LONG ? this.#longLength() : nibble);
      if (distance === 0 || distance > written || length > targetEnd - written)
        throw broken(`repeats ${length} bytes from ${distance} before`, literalsEnd);
      copyMatch(target, to, written, distance, length);
      written += length;
    }
    if (written !== targetEnd)
      throw new ChunkError(`holds ${written} bytes, ${targetEnd} are expected`);
  }
}

const copyLiterals = (
  source: Uint8Array,
  from: DataView,
  start: number,
  length: number,
  target: Uint8Array,
  to: DataView,
  written: number,
): void => {
  if (length >= LONG_COPY) {
    target.set(source.subarray(start, start + length), written);
    return;
  }
  if (start + length + STEP <= source.length && written + length + STEP <= target.length) {
    for (let i = 0; i < length; i += STEP) {
      to.setUint32(written + i, from.getUint32(start + i, true), true);
      to.setUint32(written + i + 4, from.getUint32(start + i + 4, true), true);
    }
    return;
  }
  for (let i = 0; i < length; i++) target[written + i] = source[start + i] as number;
};

/** What lies before may overlap with what comes: then it repeats. */
const copyMatch = (
  target: Uint8Array,
  to: DataView,
  written: number,
  distance: number,
  length: number,
): void => {
  const start = written - distance;
  if (length >= LONG_COPY && distance >= length) {
    target.copyWithin(written, start, start + length);
    return;
  }
  if (distance >= STEP && written + length + STEP <= target.length) {
    for (let i = 0; i < length; i += STEP) {
      to.setUint32(written + i, to.getUint32(start + i, true), true);
      to.setUint32(written + i + 4, to.getUint32(start + i + 4, true), true);
    }
    return;
  }
  for (let i = 0; i < length; i++) target[written + i] = target[start + i] as number;
};

const decoder = new Lz4Decoder();

/** Decompresses a block that must fill the target. Throws ChunkError, and has then changed nothing but the target. */
export const decodeLz4Block = (source: Uint8Array, target: Uint8Array): void =>
  decoder.decode(source, target);
