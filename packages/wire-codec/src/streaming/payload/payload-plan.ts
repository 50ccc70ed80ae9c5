// Control plane. Which bytes follow a STREAM message, decided by its header alone (spec: streaming-4.0-plus §3, §4).
// Called by session and by whoever walks a capture. Reads no payload.
import { chunkListBytes, sectionBytes } from '../header/sizes.ts';
import type { CassandraStreamHeader, ManifestEntry } from '../types.ts';

/**
 * What follows a STREAM message:
 * - `entire`: the files, back to back, in manifest order;
 * - `compressed-sections`: the listed chunks, each with its CRC, `bytes` in all;
 * - `uncompressed-sections`: LZ4 blocks (see StreamBlockHeader) until they have decoded to `decodedBytes`.
 */
export type PayloadPlan =
  | {
      readonly kind: 'entire';
      readonly components: readonly ManifestEntry[];
      readonly bytes: bigint;
    }
  | { readonly kind: 'compressed-sections'; readonly chunks: number; readonly bytes: bigint }
  | { readonly kind: 'uncompressed-sections'; readonly decodedBytes: bigint };

/** "isEntireSSTable → entire; else compressionInfo present → compressed sections; else → uncompressed sections." */
export const payloadPlan = (header: CassandraStreamHeader): PayloadPlan => {
  if (header.entire !== undefined) {
    const components = header.entire.manifest;
    const bytes = components.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0n);
    return { kind: 'entire', components, bytes };
  }
  if (header.compression !== undefined) {
    const { chunkLengths } = header.compression;
    return {
      kind: 'compressed-sections',
      chunks: chunkLengths.length,
      bytes: BigInt(chunkListBytes(chunkLengths)),
    };
  }
  return { kind: 'uncompressed-sections', decodedBytes: sectionBytes(header.sections) };
};
