// Data plane. ZstdCompressor chunks: one Zstandard frame each (spec: sstable-data §8.3). Called by the Data.db reader.
import * as zlib from 'node:zlib';
import { compress, decompress } from '@mongodb-js/zstd';
import { ZSTD_OUTPUT_SLACK_BYTES } from '../limits.ts';
import { type BlockCodec, ChunkError, checkLength } from './codec.ts';

const MAGIC = 0xfd2fb528;
const LEVEL_DEFAULT = 3;
const BLOCK_BYTES_MAX = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;
const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;

type ZlibWithZstd = {
  zstdDecompressSync?: (source: Uint8Array, options: { maxOutputLength: number }) => Buffer;
};

const ownZstd = (zlib as ZlibWithZstd).zstdDecompressSync;

/** Bytes of the frame header after the magic number, and the content size it declares, if any (RFC 8878 §3.1.1.1). */
const readFrameHeader = (
  frame: Buffer,
): { headerBytes: number; contentSize: bigint | undefined } => {
  const descriptor = frame[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  if (frame.length < at + sizeBytes) throw new ChunkError('ends within its frame header');
  return {
    headerBytes: at + sizeBytes,
    contentSize: readContentSize(frame, at, sizeBytes),
  };
};

const readContentSize = (frame: Buffer, at: number, bytes: number): bigint | undefined => {
  if (bytes === 0) return undefined;
  if (bytes === 1) return BigInt(frame[at]!);
  if (bytes === 2) return BigInt(frame.readUInt16LE(at) + 256);
  return bytes === 4 ? BigInt(frame.readUInt32LE(at)) : frame.readBigUInt64LE(at);
};

/**
 * Walks the block headers and throws unless the frame is alone, ends where the chunk ends and can't produce much more than the limit.
 * The decoder has no limit of its own: a few bytes of crafted blocks would otherwise become gigabytes.
 */
const checkFrame = (frame: Buffer, lengthMax: number): void => {
  if (frame.length < 6 || frame.readUInt32LE(0) !== MAGIC) {
    throw new ChunkError('is not a Zstandard frame');
  }
  const { headerBytes, contentSize } = readFrameHeader(frame);
  if (contentSize !== undefined && contentSize > BigInt(lengthMax)) {
    throw new ChunkError(`declares ${contentSize} bytes, at most ${lengthMax} fit a chunk`);
  }
  let at = headerBytes;
  let producedMax = 0;
  for (;;) {
    if (at + BLOCK_HEADER_BYTES > frame.length) throw new ChunkError('ends within its blocks');
    const header = frame.readUIntLE(at, BLOCK_HEADER_BYTES);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type > COMPRESSED) throw new ChunkError('has a block of a reserved type');
    producedMax += type === RAW || type === RLE ? size : BLOCK_BYTES_MAX;
    checkLength('may produce', producedMax, lengthMax + ZSTD_OUTPUT_SLACK_BYTES);
    at += BLOCK_HEADER_BYTES + (type === RLE ? 1 : size);
    if ((header & 1) === 1) break;
  }
  const checksumBytes = (frame[4]! & 4) === 0 ? 0 : 4;
  if (at + checksumBytes !== frame.length) {
    throw new ChunkError(`its frame takes ${at + checksumBytes} of ${frame.length} bytes`);
  }
};

/** Cassandra's `ZstdCompressor`. Uses Node's own Zstandard where this Node has it. */
export const zstdCodec: BlockCodec = {
  name: 'ZstdCompressor',
  compress: (source) => compress(asBuffer(source), LEVEL_DEFAULT),
  decompress: async (source, lengthMax) => {
    const frame = asBuffer(source);
    checkFrame(frame, lengthMax);
    const result =
      ownZstd === undefined
        ? await decompress(frame)
        : ownZstd(frame, { maxOutputLength: Math.max(lengthMax, 1) });
    checkLength('holds', result.length, lengthMax);
    return result;
  },
};

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
