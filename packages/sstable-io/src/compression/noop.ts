// Data plane. NoopCompressor chunks: the bytes as they are (spec: sstable-data §8.3). Called by the Data.db reader.
import { type BlockCodec, checkLength } from './codec.ts';

/** Cassandra's `NoopCompressor`. Results share the source's memory. */
export const noopCodec: BlockCodec = {
  name: 'NoopCompressor',
  compress: (source) => source,
  decompress: (source, lengthMax) => {
    checkLength('holds', source.length, lengthMax);
    return source;
  },
};
