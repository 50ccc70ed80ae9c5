// Control plane. CompressionInfo.db: parameters read at once, chunk offsets through pages when asked for (spec: sstable-data §8.1;
// CompressionMetadata). Called when an SSTable is opened and by whoever needs stored chunks. Never holds all offsets.
import { ByteReader, MalformedBytes } from '@scamander/bytes';
import { corrupt, decoding, tooLong } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import {
  CHUNK_BYTES_MAX,
  COMPRESSION_HEADER_BYTES_MAX,
  COMPRESSION_OPTIONS_MAX,
  chunkStoredBytesMax,
} from '../limits.ts';
import type { CompressedChunk, CompressionParams } from '../types.ts';
import type { VersionFeatures } from './version.ts';

const NEVER_RAW = 0x7fffffff;
const OFFSET_BYTES = 8;
const CRC_BYTES = 4;

/** Parameters, and where the offsets begin. */
export interface CompressionInfo {
  readonly params: CompressionParams;
  readonly offsetsAt: number;
}

const readOptions = (reader: ByteReader, path: string): [string, string][] => {
  const at = reader.position;
  const count = reader.i32();
  if (count < 0) throw corrupt(path, at, `${count} options`, '0 or more');
  if (count > COMPRESSION_OPTIONS_MAX) {
    throw tooLong(path, at, 'number of options', count, COMPRESSION_OPTIONS_MAX);
  }
  return Array.from({ length: count }, () => [reader.utf(), reader.utf()]);
};

const readChunkLength = (reader: ByteReader, path: string): number => {
  const at = reader.position;
  const length = reader.i32();
  if (length < 1 || (length & (length - 1)) !== 0) {
    throw corrupt(path, at, `chunk length ${length}`, 'a power of two');
  }
  if (length > CHUNK_BYTES_MAX) throw tooLong(path, at, 'chunk length', length, CHUNK_BYTES_MAX);
  return length;
};

const readDataLength = (reader: ByteReader): number => {
  const offset = reader.position;
  const length = reader.i64Number();
  if (length < 0) throw new MalformedBytes({ what: 'data length', found: `${length}`, offset });
  return length;
};

const readParams = (reader: ByteReader, features: VersionFeatures, path: string) => {
  const compressor = reader.utf();
  const options = readOptions(reader, path);
  const chunkLengthBytes = readChunkLength(reader, path);
  const maxCompressedLengthBytes = features.hasMaxCompressedLength ? reader.i32() : NEVER_RAW;
  const dataLengthBytes = BigInt(readDataLength(reader));
  const chunkCount = reader.i32();
  return {
    compressor,
    options,
    chunkLengthBytes,
    maxCompressedLengthBytes,
    dataLengthBytes,
    chunkCount,
  };
};

/**
 * Reads everything before the offsets and checks it against the file's own length: the offsets must fill the rest exactly, and the chunks must
 * cover the data, with at most one to spare (a file that was synced twice has one, spec §8.2).
 */
export const readCompressionInfo = async (
  paged: PagedFile,
  features: VersionFeatures,
): Promise<CompressionInfo> => {
  const { path, lengthBytes } = paged;
  const bytes = await paged.bytes(0, Math.min(lengthBytes, COMPRESSION_HEADER_BYTES_MAX));
  const reader = new ByteReader(bytes);
  const params = decoding(path, 0, () => readParams(reader, features, path));
  const offsetsAt = reader.position;
  const { chunkCount, chunkLengthBytes, maxCompressedLengthBytes } = params;
  const needed = Math.ceil(Number(params.dataLengthBytes) / chunkLengthBytes);
  if (chunkCount < 1 || (chunkCount !== needed && chunkCount !== needed + 1)) {
    throw corrupt(path, offsetsAt - 4, `${chunkCount} chunks`, `${needed}, or one more`);
  }
  if (offsetsAt + chunkCount * OFFSET_BYTES !== lengthBytes) {
    throw corrupt(
      path,
      offsetsAt,
      `${lengthBytes - offsetsAt} bytes of offsets`,
      `${chunkCount * OFFSET_BYTES} for ${chunkCount} chunks`,
    );
  }
  if (maxCompressedLengthBytes < 0) {
    throw corrupt(path, undefined, `longest chunk ${maxCompressedLengthBytes}`, '0 or more');
  }
  return { params, offsetsAt };
};

/** Offsets that are decoded at once: half a page. */
const SLAB_OFFSETS = 256;

/** Where the stored chunks lie, read as needed. */
export class ChunkOffsets {
  readonly params: CompressionParams;
  readonly #paged: PagedFile;
  readonly #offsetsAt: number;
  readonly #dataFileBytes: number;
  #slab = new Float64Array(0);
  #slabStart = 0;

  constructor(paged: PagedFile, info: CompressionInfo, dataFileBytes: number) {
    this.params = info.params;
    this.#paged = paged;
    this.#offsetsAt = info.offsetsAt;
    this.#dataFileBytes = dataFileBytes;
  }

  /** The offset of a chunk, where it lies in the slab that was read last. */
  #known(index: number): number | undefined {
    if (index === this.params.chunkCount) return this.#dataFileBytes;
    return this.#slab[index - this.#slabStart];
  }

  async #offset(index: number): Promise<number> {
    const count = Math.min(SLAB_OFFSETS, this.params.chunkCount - index);
    const at = this.#offsetsAt + index * OFFSET_BYTES;
    const bytes = await this.#paged.bytes(at, count * OFFSET_BYTES);
    this.#slab = decoding(this.#paged.path, at, () => {
      const reader = new ByteReader(bytes);
      return Float64Array.from({ length: count }, () => reader.i64Number());
    });
    this.#slabStart = index;
    return this.#slab[0] as number;
  }

  /** The stored chunk with this index. Rejects with `SCM_SSTABLE_CORRUPT` when its place is impossible. */
  async chunk(index: number): Promise<CompressedChunk> {
    const offsetBytes = this.#known(index) ?? (await this.#offset(index));
    const nextBytes = this.#known(index + 1) ?? (await this.#offset(index + 1));
    const lengthBytes = nextBytes - offsetBytes - CRC_BYTES;
    const lengthMax = chunkStoredBytesMax(this.params.chunkLengthBytes);
    // the surplus chunk of a file that was synced twice holds nothing; NoopCompressor stores it in no bytes
    const isSurplus = index * this.params.chunkLengthBytes >= Number(this.params.dataLengthBytes);
    const lengthMin = isSurplus ? 0 : 1;
    const fits = offsetBytes >= 0 && offsetBytes + lengthBytes + CRC_BYTES <= this.#dataFileBytes;
    if (
      lengthBytes < lengthMin ||
      lengthBytes > lengthMax ||
      !fits ||
      (index === 0 && offsetBytes !== 0)
    ) {
      throw corrupt(
        this.#paged.path,
        this.#offsetsAt + index * OFFSET_BYTES,
        `chunk ${index} of ${lengthBytes} bytes at ${offsetBytes}`,
        `${lengthMin} to ${lengthMax} bytes within the ${this.#dataFileBytes} bytes of Data.db`,
      );
    }
    return { offsetBytes, lengthBytes };
  }
}
