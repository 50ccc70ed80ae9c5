// Control plane. CompressionInfo of a stream header: the chunk list and how chunks were compressed (spec: streaming-4.0-plus §3.1).
// Called by stream-header.ts. A 10 GB file has 650,000 chunks, so the list is read once, into typed arrays.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../../decoded.ts';
import {
  CHUNK_BYTES_MAX,
  CHUNK_COUNT_MAX,
  CHUNK_STORED_BYTES_MAX,
  COMPRESSOR_BYTES_MAX,
  COMPRESSOR_OPTION_COUNT_MAX,
  FILE_BYTES_MAX,
  UTF_BYTES_MAX,
} from '../../limits.ts';
import {
  decodeWith,
  fail,
  need,
  readCount,
  readLength,
  readList,
  readUtf,
  within,
} from '../../reading.ts';
import { encodeWith } from '../../writing.ts';
import type { StreamCompressionInfo } from '../types.ts';

// CompressionInfo => chunkCount [(offset length)* compressor optionCount (key value)* chunkLength maxCompressedLength]
//   chunkCount           i32   below zero = not compressed, and nothing follows
//   offset               i64   in the sender's Data.db; receivers never look at it
//   length               i32   without the 4-byte CRC behind the chunk; above 0
//   compressor           utf   simple class name
//   optionCount          i32
//   key, value           utf
//   chunkLength          i32   uncompressed bytes, a power of two
//   maxCompressedLength  i32   from this length on a chunk is stored raw; 2147483647 = never

const NOT_COMPRESSED = -1;
const CHUNK_ENTRY_BYTES = 12;
/** Fewest bytes behind the chunk list. */
const REST_BYTES_MIN = 2 + 4 + 4 + 4;

export const putCompressionInfo = (
  out: ByteWriter,
  info: StreamCompressionInfo | undefined,
): void => {
  if (info === undefined) {
    out.i32(NOT_COMPRESSED);
    return;
  }
  const { chunkOffsets, chunkLengths } = info;
  if (chunkOffsets.length !== chunkLengths.length)
    throw new RangeError(
      `${chunkOffsets.length} chunk offsets, but ${chunkLengths.length} chunk lengths`,
    );
  out.i32(chunkLengths.length);
  for (let index = 0; index < chunkLengths.length; index++) {
    out.i64Number(chunkOffsets[index] as number);
    out.i32(chunkLengths[index] as number);
  }
  out.utf(info.compressor);
  out.i32(info.options.length);
  for (const [key, value] of info.options) {
    out.utf(key);
    out.utf(value);
  }
  out.i32(info.chunkLengthBytes);
  out.i32(info.maxCompressedLengthBytes);
};

/** CompressionInfo as bytes; undefined = not compressed. */
export const encodeCompressionInfo = (info: StreamCompressionInfo | undefined): Uint8Array => {
  return encodeWith(64 + CHUNK_ENTRY_BYTES * (info?.chunkLengths.length ?? 0), (out) => {
    putCompressionInfo(out, info);
  });
};

type ChunkList = Pick<StreamCompressionInfo, 'chunkOffsets' | 'chunkLengths'>;

const badChunk = (field: string, found: number, expected: string, offset: number): never =>
  fail({ code: 'SCM_WIRE_BAD_VALUE', field, found: `${found}`, expected, offset });

const readChunks = (reader: ByteReader, count: number): ChunkList => {
  const chunkOffsets = new Float64Array(count);
  const chunkLengths = new Int32Array(count);
  const fileBytesMax = Number(FILE_BYTES_MAX);
  for (let index = 0; index < count; index++) {
    const at = reader.position;
    const offset = reader.i64Number();
    if (offset < 0) badChunk('chunk offset', offset, '0 or more', at);
    chunkOffsets[index] = within('chunk offset', offset, fileBytesMax, at);
    const length = reader.i32();
    if (length <= 0) badChunk('chunk length', length, '1 or more', at + 8);
    chunkLengths[index] = within('chunk length', length, CHUNK_STORED_BYTES_MAX, at + 8);
  }
  return { chunkOffsets, chunkLengths };
};

const readChunkLength = (reader: ByteReader): number => {
  const offset = reader.position;
  const length = readLength(reader, 'chunkLength', CHUNK_BYTES_MAX);
  if (length === 0 || (length & (length - 1)) !== 0)
    badChunk('chunkLength', length, 'a power of two', offset);
  return length;
};

/**
 * Passes over the chunk list and reads the rest; the list is read by the function returned, when the whole header is there.
 */
export const readCompressionInfoLater = (
  reader: ByteReader,
): (() => StreamCompressionInfo | undefined) => {
  const offset = reader.position;
  const count = within('chunkCount', reader.i32(), CHUNK_COUNT_MAX, offset);
  if (count < 0) return () => undefined;
  need(reader, count * CHUNK_ENTRY_BYTES + REST_BYTES_MIN);
  const start = reader.position;
  reader.skip(count * CHUNK_ENTRY_BYTES);
  const compressor = readUtf(reader, 'compressor', COMPRESSOR_BYTES_MAX);
  const optionCount = readCount(reader, 'optionCount', COMPRESSOR_OPTION_COUNT_MAX, 4);
  const options = readList(
    optionCount,
    () =>
      [
        readUtf(reader, 'option key', UTF_BYTES_MAX),
        readUtf(reader, 'option value', UTF_BYTES_MAX),
      ] as const,
  );
  const chunkLengthBytes = readChunkLength(reader);
  const maxCompressedLengthBytes = readLength(reader, 'maxCompressedLength', 0x7fffffff);
  return () => {
    const after = reader.position;
    reader.position = start;
    const chunks = readChunks(reader, count);
    reader.position = after;
    return { ...chunks, compressor, options, chunkLengthBytes, maxCompressedLengthBytes };
  };
};

/** Incremental decoder of a CompressionInfo; the value is undefined when the SSTable is not compressed. */
export const decodeCompressionInfo = (
  bytes: Uint8Array,
): Decoded<StreamCompressionInfo | undefined> =>
  decodeWith(bytes, (reader) => readCompressionInfoLater(reader)());
