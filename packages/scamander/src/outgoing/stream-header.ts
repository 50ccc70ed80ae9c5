// Control plane. Fills a CassandraStreamHeader from an open SSTable. Called by the two kinds of outgoing file; touches no socket.
import type { CompressedChunk, Section, SSTable } from '@scamander/sstable-io';
import type { CassandraStreamHeader, StreamCompressionInfo } from '@scamander/wire-codec';

/** What a header needs beside the SSTable. */
export interface HeaderInput {
  readonly sstable: SSTable;
  /** The id the table has at the target; may differ from the source folder's. */
  readonly tableId: string;
  readonly estimatedKeys: bigint;
  readonly sections: readonly Section[];
  readonly chunks: readonly CompressedChunk[] | undefined;
  /** Present for an entire transfer. */
  readonly manifest: readonly { readonly name: string; readonly lengthBytes: number }[] | undefined;
  /** @default 0 */
  readonly sstableLevel?: number | undefined;
}

const compressionInfo = (
  sstable: SSTable,
  chunks: readonly CompressedChunk[],
): StreamCompressionInfo | undefined => {
  const params = sstable.compression;
  if (params === undefined) return undefined;
  const chunkOffsets = new Float64Array(chunks.length);
  const chunkLengths = new Int32Array(chunks.length);
  for (const [index, chunk] of chunks.entries()) {
    chunkOffsets[index] = chunk.offsetBytes;
    chunkLengths[index] = chunk.lengthBytes;
  }
  return {
    chunkOffsets,
    chunkLengths,
    compressor: params.compressor,
    options: params.options,
    chunkLengthBytes: params.chunkLengthBytes,
    maxCompressedLengthBytes: params.maxCompressedLengthBytes,
  };
};

/**
 * The header that precedes the payload (spec: streaming-4.0-plus §3). A bulk load keeps no levels (§2.3).
 * An entire transfer may leave the chunk list out; every node accepts that [§3, live] and reads it from CompressionInfo.db.
 */
export const streamHeader = (input: HeaderInput): CassandraStreamHeader => {
  const { sstable, tableId, manifest } = input;
  const { version, format } = sstable.files.descriptor;
  return {
    sstableVersion: version,
    formatName: format,
    estimatedKeys: input.estimatedKeys,
    sections: input.sections,
    compression: input.chunks === undefined ? undefined : compressionInfo(sstable, input.chunks),
    sstableLevel: input.sstableLevel ?? 0,
    serializationHeader: sstable.header,
    tableId,
    entire:
      manifest === undefined
        ? undefined
        : {
            manifest: manifest.map(({ name, lengthBytes }) => ({
              name,
              lengthBytes: BigInt(lengthBytes),
            })),
            firstKey: sstable.firstKey,
          },
  };
};
