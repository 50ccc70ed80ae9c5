// Data plane. The checksums of chunks, blocks and files in versions before `ma`, by name. Called when an old SSTable is opened or verified.
import { crc32 } from '@node-rs/crc32';
import { adler32 } from '@scamander/bytes';
import type { ChunkChecksum } from '../io/data-reader.ts';

/** Stands behind every chunk from `jb` on, in CRC.db from `ka` on (spec: sstable-data §8.2, §9). */
export const ADLER_32: ChunkChecksum = {
  name: 'Adler-32',
  of: (bytes) => adler32(bytes),
};

/** Stands behind every chunk up to `ic`, and is that of the chunk before it was compressed (spec: sstable-old-formats §10). */
export const CRC_32_OF_PLAIN: ChunkChecksum = {
  name: 'CRC-32',
  of: (bytes) => crc32(bytes),
  isOfPlain: true,
};
