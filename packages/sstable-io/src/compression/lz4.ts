// Data plane. LZ4Compressor chunks (u32 little-endian length, then one raw block: spec sstable-data §8.3) and bare LZ4 blocks, which the
// stream framing needs. Called by the Data.db reader and by whoever frames streams.
import { compressSync, uncompressSync } from 'lz4-napi';
import { type BlockCodec, ChunkError, checkLength } from './codec.ts';
import { decodeLz4Block } from './lz4-decoder.ts';

const LENGTH_BYTES = 4;

const readLength = (source: Uint8Array): number => {
  if (source.length < LENGTH_BYTES) throw new ChunkError('shorter than its length field');
  return (source[0]! | (source[1]! << 8) | (source[2]! << 16) | (source[3]! << 24)) >>> 0;
};

/** Decompresses one length-prefixed block; `length` is what the prefix says and has met a limit already. */
const decompressPrefixed = (source: Uint8Array, length: number): Uint8Array => {
  // lz4-napi answers `00000000 00` with an empty buffer, as it should; but it does not compare the result with the declared length
  const result = uncompressSync(source);
  if (result.length !== length) {
    throw new ChunkError(`holds ${result.length} bytes, declares ${length}`);
  }
  return result;
};

/** Cassandra's `LZ4Compressor`. */
export const lz4Codec: BlockCodec = {
  name: 'LZ4Compressor',
  compress: (source) => compressSync(asBuffer(source)),
  decompress: (source, lengthMax, room) => {
    const length = readLength(source);
    checkLength('declares', length, lengthMax);
    if (room === undefined) return decompressPrefixed(source, length);
    const target = room.subarray(0, length);
    decodeLz4Block(source.subarray(LENGTH_BYTES), target);
    return target;
  },
};

/** The largest LZ4 block that `length` bytes can become. */
export const lz4BlockBytesMax = (length: number): number => length + Math.ceil(length / 255) + 16;

/**
 * Compresses into a raw block without any length and returns how many bytes of `target` it took.
 * `target` must have {@link lz4BlockBytesMax} bytes; throws a RangeError otherwise.
 */
export const lz4CompressBlock = (source: Uint8Array, target: Uint8Array): number => {
  const framed = compressSync(asBuffer(source));
  const bytes = framed.length - LENGTH_BYTES;
  if (bytes > target.length) {
    throw new RangeError(`the block takes ${bytes} bytes, the target has ${target.length}`);
  }
  framed.copy(target, 0, LENGTH_BYTES);
  return bytes;
};

let scratch = Buffer.allocUnsafe(64 * 1024 + LENGTH_BYTES);

/**
 * Decompresses a raw block that must become exactly `length` bytes; throws an Error if it does not. The caller has checked `length` against its limit.
 * Not for use by two threads at once: it fills one scratch buffer, synchronously.
 */
export const lz4DecompressBlock = (source: Uint8Array, length: number): Uint8Array => {
  const bytes = source.length + LENGTH_BYTES;
  if (scratch.length < bytes) scratch = Buffer.allocUnsafe(bytes * 2);
  scratch.writeUInt32LE(length, 0);
  scratch.set(source, LENGTH_BYTES);
  return decompressPrefixed(scratch.subarray(0, bytes), length);
};

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
