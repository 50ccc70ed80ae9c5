// Control plane. From the compressor's name and options to a function for chunks (spec: sstable-data §8.1, §8.3). Called when an SSTable
// writer is made; the functions that it gives are data plane.

import * as zlib from 'node:zlib';
import { constants, deflateSync } from 'node:zlib';
import { compress as zstdCompress } from '@mongodb-js/zstd';
import { blockCodecNamed } from '../compression/codecs.ts';
import { lz4HighCompressor } from '../compression/lz4-high.ts';

/** Compresses one chunk into a frame of its own. The source may be changed once the result, or its promise, is settled. */
export type ChunkCompressor = (source: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Options that Cassandra's compressors know; 5.0 refuses to open files with others (spec §8.1). */
const KNOWN_OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['LZ4Compressor', ['lz4_compressor_type', 'lz4_high_compressor_level']],
  ['SnappyCompressor', []],
  ['DeflateCompressor', []],
  ['ZstdCompressor', ['compression_level']],
  ['NoopCompressor', []],
]);

/** `lz4_high_compressor_level` where the options don't say (LZ4Compressor.LZ4_HIGH_COMPRESSOR_DEFAULT). */
const LZ4_HIGH_LEVEL_DEFAULT = 9;
/** `compression_level` where the options don't say (ZstdCompressor.DEFAULT_COMPRESSION_LEVEL). */
const ZSTD_LEVEL_DEFAULT = 3;

type ZlibWithZstd = {
  readonly zstdCompressSync?: (
    source: Uint8Array,
    options: { readonly params: Readonly<Record<number, number | boolean>> },
  ) => Buffer;
  readonly constants: Readonly<Record<string, number>>;
};

const { zstdCompressSync, constants: zstdConstants } = zlib as unknown as ZlibWithZstd;

/** The options of these that the compressor knows: what may stand in a new CompressionInfo.db. */
export const knownCompressorOptions = (
  compressor: string,
  options: readonly (readonly [string, string])[],
): [string, string][] => {
  const known = KNOWN_OPTIONS.get(blockCodecNamed(compressor)?.name ?? '') ?? [];
  return options
    .filter(([name]) => known.includes(name))
    .map(([name, value]): [string, string] => [name, value]);
};

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Frames carry the checksum of their contents where this Node can make such, as Cassandra's do; readers take both. */
const zstdCompressor = (level: number): ChunkCompressor => {
  const compressSync = zstdCompressSync;
  if (compressSync === undefined) return (source) => zstdCompress(asBuffer(source), level);
  const params = {
    [zstdConstants['ZSTD_c_compressionLevel'] as number]: level,
    [zstdConstants['ZSTD_c_checksumFlag'] as number]: true,
  };
  return (source) => compressSync(source, { params });
};

const lz4Compressor = (options: ReadonlyMap<string, string>): ChunkCompressor | undefined => {
  if (options.get('lz4_compressor_type') !== 'high') return undefined;
  const level = Number(options.get('lz4_high_compressor_level') ?? LZ4_HIGH_LEVEL_DEFAULT);
  return lz4HighCompressor(level);
};

/**
 * The function for a compressor of CompressionInfo.db and its options; a sentence that says why there is none.
 * Cassandra's own compressors only: those of others can't be known here.
 */
export const chunkCompressor = (
  compressor: string,
  options: readonly (readonly [string, string])[],
): ChunkCompressor | string => {
  const codec = blockCodecNamed(compressor);
  const known = codec === undefined ? undefined : KNOWN_OPTIONS.get(codec.name);
  if (codec === undefined || known === undefined) return `compressor ${compressor}`;
  const unknown = options.find(([name]) => !known.includes(name));
  if (unknown !== undefined) return `option ${unknown[0]} of ${codec.name}`;
  const byName = new Map(options);
  if (codec.name === 'ZstdCompressor')
    return zstdCompressor(Number(byName.get('compression_level') ?? ZSTD_LEVEL_DEFAULT));
  if (codec.name === 'DeflateCompressor')
    return (source) => deflateSync(source, { level: constants.Z_DEFAULT_COMPRESSION });
  if (codec.name === 'LZ4Compressor') {
    const high = lz4Compressor(byName);
    if (high !== undefined) return high;
  }
  return (source) => codec.compress(source);
};
