// Data plane. The checksum of chunks, blocks and files in versions before `ma`, by name. Called when an old SSTable is opened or verified.
import { adler32 } from '@scamander/bytes';
import type { ChunkChecksum } from '../io/data-reader.ts';

/** Stands behind every chunk from `jb` on, in CRC.db from `ka` on (spec: sstable-data §8.2, §9). */
export const ADLER_32: ChunkChecksum = {
  name: 'Adler-32',
  of: (bytes) => adler32(bytes),
};
