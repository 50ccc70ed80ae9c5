// Control plane. What a stream header adds to its table's StreamSummary (spec: streaming-4.0-plus §2.6, §3.4). Called by session and by
// whoever announces files.
import type { CassandraStreamHeader } from '../types.ts';

/** Bytes of the CRC-32 that follows every stored chunk; part of the payload, not of the chunk's length. */
export const CHUNK_CRC_BYTES = 4;

/** Payload bytes of compressed sections: every listed chunk with its CRC. */
export const chunkListBytes = (chunkLengths: Int32Array): number => {
  let bytes = 0;
  for (let index = 0; index < chunkLengths.length; index++)
    bytes += (chunkLengths[index] as number) + CHUNK_CRC_BYTES;
  return bytes;
};

/** Uncompressed bytes of the sections. */
export const sectionBytes = (sections: CassandraStreamHeader['sections']): bigint => {
  let bytes = 0n;
  for (const { lower, upper } of sections) bytes += upper - lower;
  return bytes;
};

/**
 * Bytes that the header counts for in StreamSummary.totalSize (CassandraStreamHeader#calculateSize): file lengths of an entire
 * SSTable, stored chunks with their CRCs, or uncompressed section bytes, which is *before* the LZ4 of the stream.
 */
export const transferSize = (header: CassandraStreamHeader): bigint => {
  if (header.entire !== undefined)
    return header.entire.manifest.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0n);
  if (header.compression !== undefined)
    return BigInt(chunkListBytes(header.compression.chunkLengths));
  return sectionBytes(header.sections);
};

/** What the header counts for in StreamSummary.files: the components of an entire SSTable, else 1. Off by one hangs the session. */
export const summaryFiles = (header: CassandraStreamHeader): number =>
  header.entire === undefined ? 1 : header.entire.manifest.length;
