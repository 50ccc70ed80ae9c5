// Data plane. Checks of the blocks that Data.db is stored in: chunk offsets of CompressionInfo.db, blocks of CRC.db (spec: sstable-data §8, §9).
// Called by verification.

import { ByteReader } from '@scamander/bytes';
import type { ChunkOffsets } from '../components/compression-info.ts';
import { type ChunkChecksum, CRC_32 } from '../io/data-reader.ts';
import { corrupt, tooLong } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { CHUNK_BYTES_MAX } from '../limits.ts';
import type { Findings } from './findings.ts';

const UNLIMITED = 0x7fffffff;

/** Offsets ascend, every chunk lies within Data.db. A surplus chunk behind the data is named, not blamed. */
export const checkChunkOffsets = async (
  parts: Pick<SSTableParts, 'files' | 'source'>,
  offsets: ChunkOffsets,
  findings: Findings,
): Promise<void> => {
  await findings.check(parts.files.path('CompressionInfo.db'), async () => {
    const { chunkCount, chunkLengthBytes, maxCompressedLengthBytes } = offsets.params;
    // the ratio it is made of is at least 1 (spec §8.2), and unlimited when there is none
    if (maxCompressedLengthBytes > chunkLengthBytes && maxCompressedLengthBytes !== UNLIMITED) {
      throw corrupt(
        parts.files.path('CompressionInfo.db'),
        undefined,
        `longest compressed chunk ${maxCompressedLengthBytes}`,
        `at most ${chunkLengthBytes}, or ${UNLIMITED}`,
      );
    }
    for (let i = 0; i < chunkCount; i++) await offsets.chunk(i);
    if ((chunkCount - 1) * chunkLengthBytes >= parts.source.dataLengthBytes) {
      findings.warn(
        `CompressionInfo.db has an empty chunk behind the data (chunk ${chunkCount - 1}), as files have that were synced twice`,
      );
    }
  });
};

const WORD_BYTES = 4;

/** Length of CRC.db against that of Data.db; gives the block size. */
const readBlockBytes = async (crcs: PagedFile, dataBytes: number): Promise<number> => {
  const size = new ByteReader(await crcs.bytes(0, WORD_BYTES)).i32();
  if (size < 1 || (size & (size - 1)) !== 0) {
    throw corrupt(crcs.path, 0, `blocks of ${size} bytes`, 'a power of two, such as 65536');
  }
  if (size > CHUNK_BYTES_MAX) throw tooLong(crcs.path, 0, 'block size', size, CHUNK_BYTES_MAX);
  const needed = Math.ceil(dataBytes / size);
  const words = (crcs.lengthBytes - WORD_BYTES) / WORD_BYTES;
  if (words !== needed && words !== needed + 1) {
    throw corrupt(
      crcs.path,
      WORD_BYTES,
      `${words} checksums`,
      `${needed} for ${dataBytes} bytes, or one more`,
    );
  }
  return size;
};

/** Size of CRC.db, and with `everyBlock` each block of Data.db against its checksum: CRC-32, or Adler-32 in `ka` to `lb`. */
export const checkCrcDb = async (
  parts: Pick<SSTableParts, 'files'>,
  everyBlock: boolean,
  findings: Findings,
  checksum: ChunkChecksum = CRC_32,
): Promise<void> => {
  if (!parts.files.has('CRC.db')) {
    findings.warn('CRC.db is missing: nodes won’t check the blocks of Data.db');
    return;
  }
  await findings.check(parts.files.path('CRC.db'), async () => {
    const crcs = await parts.files.paged('CRC.db');
    const data = await parts.files.file('Data.db');
    const size = await readBlockBytes(crcs, data.lengthBytes);
    if (!everyBlock) return;
    const block = new Uint8Array(size);
    for (let i = 0, at = 0; at < data.lengthBytes; i++, at += size) {
      const length = Math.min(size, data.lengthBytes - at);
      await data.read(block, at, length);
      findings.read(length);
      const found = checksum.of(block.subarray(0, length));
      const word = await crcs.bytes(WORD_BYTES * (i + 1), WORD_BYTES);
      const expected = new ByteReader(word).u32();
      if (found !== expected) {
        throw corrupt(
          data.path,
          at,
          `${checksum.name} ${found} of ${length} bytes`,
          `${expected}, as CRC.db says`,
        );
      }
    }
  });
};
