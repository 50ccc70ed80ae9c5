// Data plane. Finds the codec for a class name of CompressionInfo.db. Called when an SSTable is opened.
import type { BlockCodec } from './codec.ts';
import { deflateCodec } from './deflate.ts';
import { lz4Codec } from './lz4.ts';
import { noopCodec } from './noop.ts';
import { snappyCodec } from './snappy.ts';
import { zstdCodec } from './zstd.ts';

const PACKAGE = 'org.apache.cassandra.io.compress.';

const codecs: ReadonlyMap<string, BlockCodec> = new Map(
  [lz4Codec, snappyCodec, deflateCodec, zstdCodec, noopCodec].map((codec) => [codec.name, codec]),
);

/** Every compressor that can be read. */
export const blockCodecs: readonly BlockCodec[] = [...codecs.values()];

/** The codec of a simple or full class name; undefined for compressors that are not Cassandra's own. */
export const blockCodecNamed = (name: string): BlockCodec | undefined =>
  codecs.get(name.startsWith(PACKAGE) ? name.slice(PACKAGE.length) : name);
