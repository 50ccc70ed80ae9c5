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
/** A byte of a length behind which another one comes. */
const LENGTH_GOES_ON = 255;

const broken = (what: string, at: number): ChunkError => new ChunkError(`${what} at byte ${at}`);

/** The bytes that continue a length, added up. There are `sum / 255`, rounded down, and one. */
const longLength = (source: Uint8Array, start: number): number => {
  let sum = 0;
  for (let at = start; at < source.length; at++) {
    const byte = source[at] as number;
    sum += byte;
    if (byte !== LENGTH_GOES_ON) return sum;
  }
  throw broken('ends within a length', source.length);
};

/** What is not worth, or has no room for, a copy in steps. Source and target may overlap: then what is copied repeats. */
const copyBytes = (
  source: Uint8Array,
  start: number,
  target: Uint8Array,
  written: number,
  length: number,
): void => {
  for (let i = 0; i < length; i++) target[written + i] = source[start + i] as number;
};

/** Decompresses a block that must fill the target. Throws ChunkError, and has then changed nothing but the target. */
export const decodeLz4Block = (source: Uint8Array, target: Uint8Array): void => {
  const from = new DataView(source.buffer, source.byteOffset, source.length);
  const to = new DataView(target.buffer, target.byteOffset, target.length);
  const sourceEnd = source.length;
  const targetEnd = target.length;
  let at = 0;
  let written = 0;
  for (;;) {
    if (at >= sourceEnd) throw broken('ends before its last literals', at);
    const token = source[at++] as number;
    let length = token >> 4;
    if (length === LONG) {
      const more = longLength(source, at);
      at += Math.floor(more / LENGTH_GOES_ON) + 1;
      length += more;
    }
    let end = written + length;
    if (end > targetEnd || at + length > sourceEnd) throw broken(`has ${length} literals`, at);
    if (length >= LONG_COPY) target.set(source.subarray(at, at + length), written);
    else if (end + STEP > targetEnd || at + length + STEP > sourceEnd)
      copyBytes(source, at, target, written, length);
    else
      for (let i = at; written < end; i += STEP, written += STEP) {
        to.setUint32(written, from.getUint32(i, true), true);
        to.setUint32(written + 4, from.getUint32(i + 4, true), true);
      }
    written = end;
    at += length;
    if (at === sourceEnd) break;
    if (at + OFFSET_BYTES > sourceEnd) throw broken('ends within a distance', at);
    const distance = from.getUint16(at, true);
    at += OFFSET_BYTES;
    length = (token & LONG) + MATCH_MIN;
    if (length === LONG + MATCH_MIN) {
      const more = longLength(source, at);
      at += Math.floor(more / LENGTH_GOES_ON) + 1;
      length += more;
    }
    end = written + length;
    if (distance === 0 || distance > written || end > targetEnd)
      throw broken(`repeats ${length} bytes from ${distance} before`, at);
    if (distance < STEP || end + STEP > targetEnd)
      copyBytes(target, written - distance, target, written, length);
    else
      for (let i = written - distance; written < end; i += STEP, written += STEP) {
        to.setUint32(written, to.getUint32(i, true), true);
        to.setUint32(written + 4, to.getUint32(i + 4, true), true);
      }
    written = end;
  }
  if (written !== targetEnd)
    throw new ChunkError(`holds ${written} bytes, ${targetEnd} are expected`);
};
