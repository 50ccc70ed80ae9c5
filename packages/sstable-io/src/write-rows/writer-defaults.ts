// Control plane. What a table's options mean for SSTables that are written (TableParams, CompressionParams). Called by the CQL writer. Pure.
import type { TableSchema } from '@scamander/cql-types';
import type { WriterCompression, WrittenVersion } from '../write/writer-options.ts';

const NEVER_RAW = 0x7fff_ffff;
const LEVELED = /(^|\.)LeveledCompactionStrategy$/;

/** Lengths that a release takes where the table says nothing: 64 KiB before 4.0. */
const chunkLengthOf = (version: WrittenVersion): number => (version === 'me' ? 64 : 16) * 1024;

/** LZ4 unless the table says otherwise; undefined where it turns compression off. */
export const compressionOf = (
  { options }: TableSchema,
  version: WrittenVersion,
): WriterCompression | undefined => {
  const compression = options.compression;
  const compressor = compression === undefined ? 'LZ4Compressor' : compression.compressor;
  if (compressor === undefined) return undefined;
  const chunkLengthBytes = compression?.chunkLengthBytes ?? chunkLengthOf(version);
  const ratio = compression?.minCompressRatio ?? 0;
  return {
    compressor,
    options: compression?.options ?? [],
    chunkLengthBytes,
    // CompressionParams#calcMaxCompressedLength
    maxCompressedLengthBytes:
      ratio > 0 ? Math.min(Math.ceil(chunkLengthBytes / ratio), NEVER_RAW) : NEVER_RAW,
  };
};

/** 0.01, and 0.1 under leveled compaction, unless the table says otherwise (TableParams#defaultFpChance). */
export const bloomFilterFpChanceOf = ({ options }: TableSchema): number => {
  if (options.bloomFilterFpChance !== undefined) return options.bloomFilterFpChance;
  const compaction = options.all.get('compaction');
  const strategy = compaction instanceof Map ? compaction.get('class') : undefined;
  return typeof strategy === 'string' && LEVELED.test(strategy) ? 0.1 : 0.01;
};

/** Rows between two entries of the summary. */
export const MIN_INDEX_INTERVAL = 128;
