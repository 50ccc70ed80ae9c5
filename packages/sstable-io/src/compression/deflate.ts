// Data plane. DeflateCompressor chunks: zlib streams (spec: sstable-data §8.3). Called by the Data.db reader.
import { deflateSync, inflateSync } from 'node:zlib';
import type { BlockCodec } from './codec.ts';

/** Cassandra's `DeflateCompressor`. The stream declares no length: the inflater itself stops at the limit. */
export const deflateCodec: BlockCodec = {
  name: 'DeflateCompressor',
  compress: (source) => deflateSync(source),
  decompress: (source, lengthMax) =>
    inflateSync(source, { maxOutputLength: Math.max(lengthMax, 1) }),
};
