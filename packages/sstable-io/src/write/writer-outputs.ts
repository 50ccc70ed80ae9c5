// Control plane. The outputs for Data.db and its index that a version and its options ask for. Called when an SSTable writer is made.
import type { VersionFeatures } from '../components/version.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { BigIndexOutput } from './big-index-output.ts';
import { BtiIndexOutput } from './bti-index-output.ts';
import { type ChunkCompressor, chunkCompressor } from './chunk-compressor.ts';
import { CompressedOutput } from './compressed-output.ts';
import type { DataOutput } from './data-output.ts';
import type { IndexOutput } from './index-output.ts';
import { PlainOutput } from './plain-output.ts';
import type { SSTableWriterOptions } from './writer-options.ts';

/** `column_index_size` where no one says it. */
const COLUMN_INDEX_BYTES = { big: 64 * 1024, bti: 16 * 1024 } as const;

/** Data.db in a folder; the options were checked. */
export const makeDataOutput = async (
  { compression }: SSTableWriterOptions,
  features: VersionFeatures,
  directory: string,
): Promise<DataOutput> => {
  if (compression === undefined) return PlainOutput.create(directory);
  const { compressor, options, chunkLengthBytes, maxCompressedLengthBytes } = compression;
  const head = {
    compressor,
    options,
    chunkLengthBytes,
    maxCompressedLengthBytes: features.hasMaxCompressedLength
      ? maxCompressedLengthBytes
      : undefined,
  };
  const compress = chunkCompressor(compressor, options) as ChunkCompressor;
  return CompressedOutput.create(directory, head, compress);
};

/** The index in a folder. Throws a `RangeError` for clustering types that BTI can't order. */
export const makeIndexOutput = async (
  options: SSTableWriterOptions,
  { format, hasUIntDeletionTime }: VersionFeatures,
  header: RowHeader,
  directory: string,
): Promise<IndexOutput> => {
  const columnIndexBytes = options.columnIndexBytes ?? COLUMN_INDEX_BYTES[format];
  const { minIndexInterval, partitioner, deletionTimeOverflow = 'refuse' } = options;
  if (format === 'bti')
    return BtiIndexOutput.create({ directory, header, partitioner, columnIndexBytes });
  return BigIndexOutput.create({
    directory,
    header,
    hasUIntDeletionTime,
    deletionTimeOverflow,
    columnIndexBytes,
    minIndexInterval,
  });
};
