// Data plane. The header of one LZ4 block in the payload of uncompressed sections (spec: streaming-4.0-plus §4.1;
// StreamCompressionSerializer). Called once per block by senders and receivers. Does not compress.
import type { ByteReader } from '@scamander/bytes';
import type { Decoded } from '../../decoded.ts';
import { BLOCK_BYTES_MAX, BLOCK_COMPRESSED_BYTES_MAX } from '../../limits.ts';
import { decodeWith, fail, need, readLength } from '../../reading.ts';
import { encodeWith } from '../../writing.ts';

/** Lengths of one block; `compressedLength` bytes of a raw LZ4 block follow, with nothing around them. */
export interface StreamBlockHeader {
  readonly compressedLength: number;
  /** Exact decoded size. */
  readonly uncompressedLength: number;
}

/** Bytes of every block header. */
export const BLOCK_HEADER_BYTES = 8;

// Block => compressedLength uncompressedLength data
//   both lengths  i32   above 0
//   data          one raw LZ4 block

/** The 8 bytes in front of a block. */
export const encodeBlockHeader = (
  compressedLength: number,
  uncompressedLength: number,
): Uint8Array => {
  return encodeWith(BLOCK_HEADER_BYTES, (out) => {
    out.i32(compressedLength);
    out.i32(uncompressedLength);
  });
};

const readBlockLength = (reader: ByteReader, field: string, limit: number): number => {
  const offset = reader.position;
  const length = readLength(reader, field, limit);
  // An empty block would bring no progress, however many follow.
  if (length === 0)
    fail({ code: 'SCM_WIRE_BAD_VALUE', field, found: '0', expected: '1 or more', offset });
  return length;
};

const readBlockHeader = (reader: ByteReader): StreamBlockHeader => {
  need(reader, BLOCK_HEADER_BYTES);
  return {
    compressedLength: readBlockLength(reader, 'compressedLength', BLOCK_COMPRESSED_BYTES_MAX),
    uncompressedLength: readBlockLength(reader, 'uncompressedLength', BLOCK_BYTES_MAX),
  };
};

/** Incremental decoder of a block header. Real nodes enforce no maximum here; we do, before any buffer is made. */
export const decodeBlockHeader = (bytes: Uint8Array): Decoded<StreamBlockHeader> =>
  decodeWith(bytes, readBlockHeader);
