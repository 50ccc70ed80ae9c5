// Control plane. How the rows of sections are written: in the node's version, with the table's options where its schema is known. Called when the
// receive of sections is opened.
import type { TableSchema } from '@scamander/cql-types';
import type { Partitioner } from '@scamander/ring';
import { knownCompressorOptions } from '../write/chunk-compressor.ts';
import { SSTableWriter } from '../write/sstable-writer.ts';
import type { WriterCompression, WrittenVersion } from '../write/writer-options.ts';
import type { ReceiveFileSystem } from './file-system.ts';
import type { ReceiveTarget } from './plan.ts';
import type { SectionsHeader } from './section-checks.ts';

/** What tables have whose schema is not known (TableParams of 4.0 to 5.0). */
const FP_CHANCE_DEFAULT = 0.01;
const MIN_INDEX_INTERVAL_DEFAULT = 128;
const CHUNK_LENGTH_BYTES_DEFAULT = 16 * 1024;
const COMPRESSED_LENGTH_BYTES_MAX = 0x7fffffff;

/** Where the rows are to end up, and in which form. */
export interface SectionTarget extends ReceiveTarget {
  /** The version that is written, whatever the sender's is; `da` is BTI. */
  readonly version: WrittenVersion;
  /** Whose order the keys must have. */
  readonly partitioner: Partitioner;
  /** Rows that are not of this table are refused, and its options are followed. Without it the sender's header is believed. */
  readonly schema?: TableSchema | undefined;
}

/** "maxCompressedLength = ceil(chunkLength / min_compress_ratio) clipped to 2147483647" (sstable-data §8.2). */
const maxCompressedLength = (chunkLengthBytes: number, ratio: number | undefined): number =>
  ratio === undefined || ratio === 0
    ? COMPRESSED_LENGTH_BYTES_MAX
    : Math.min(COMPRESSED_LENGTH_BYTES_MAX, Math.ceil(chunkLengthBytes / ratio));

/** As the table is compressed, or, where that is not known, as the sender's SSTable is. */
const compressionOf = (
  schema: TableSchema | undefined,
  { compression: streamed }: SectionsHeader,
): WriterCompression | undefined => {
  const declared = schema?.options.compression;
  if (declared !== undefined) {
    const { compressor, options, minCompressRatio } = declared;
    if (compressor === undefined) return undefined;
    const chunkLengthBytes = declared.chunkLengthBytes ?? CHUNK_LENGTH_BYTES_DEFAULT;
    const maxCompressedLengthBytes = maxCompressedLength(chunkLengthBytes, minCompressRatio);
    return { compressor, options, chunkLengthBytes, maxCompressedLengthBytes };
  }
  if (streamed === undefined) return undefined;
  const { compressor, options, chunkLengthBytes, maxCompressedLengthBytes } = streamed;
  return {
    compressor,
    options: knownCompressorOptions(compressor, options),
    chunkLengthBytes,
    maxCompressedLengthBytes,
  };
};

/** A writer for the rows that come. Rejects with SSTableError; nothing is left then. */
export const makeWriter = (
  target: SectionTarget,
  header: SectionsHeader,
  id: string,
  fileSystem: ReceiveFileSystem | undefined,
): Promise<SSTableWriter> => {
  const { schema } = target;
  return SSTableWriter.create({
    directory: target.tableDirectory,
    stagingRoot: target.stagingRoot,
    keyspace: target.keyspace,
    table: target.table,
    tableId: target.tableId,
    version: target.version,
    id,
    partitioner: target.partitioner,
    header: header.serializationHeader,
    compression: compressionOf(schema, header),
    bloomFilterFpChance: schema?.options.bloomFilterFpChance ?? FP_CHANCE_DEFAULT,
    minIndexInterval: schema?.options.minIndexInterval ?? MIN_INDEX_INTERVAL_DEFAULT,
    sstableLevel: header.sstableLevel,
    repairedAtMs: header.repairedAtMs,
    pendingRepair: header.pendingRepair,
    isTransient: false,
    fileSystem,
  });
};
