// Data plane. SnappyCompressor chunks: the raw Snappy format, its own varint length first (spec: sstable-data §8.3). Called by the Data.db reader.
import { compressSync, uncompressSync } from 'snappy';
import { type BlockCodec, ChunkError, checkLength } from './codec.ts';

const LENGTH_BYTES_MAX = 5;

/** The length a raw Snappy chunk declares: little-endian groups of 7 bits. */
const declaredLength = (source: Uint8Array): number => {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES_MAX && i < source.length; i++) {
    const byte = source[i]!;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  throw new ChunkError('has no length');
};

/** Cassandra's `SnappyCompressor`. */
export const snappyCodec: BlockCodec = {
  name: 'SnappyCompressor',
  compress: (source) => compressSync(source),
  decompress: (source, lengthMax) => {
    const length = declaredLength(source);
    checkLength('declares', length, lengthMax);
    const result = uncompressSync(source, { asBuffer: true }) as Buffer;
    if (result.length !== length) {
      throw new ChunkError(`holds ${result.length} bytes, declares ${length}`);
    }
    return result;
  },
};
