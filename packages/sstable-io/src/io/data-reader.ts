// Data plane. Uncompressed ranges of Data.db, one chunk at a time (spec: sstable-data §8.2). Called by the BTI index, which finds its keys
// here, and by verification. Keeps a few chunks; checks the CRC of every chunk it loads.
import { crc32 } from '@node-rs/crc32';
import type { ChunkOffsets } from '../components/compression-info.ts';
import { type BlockCodec, ChunkError } from '../compression/codec.ts';
import { CHUNKS_CACHED_MAX, SCAN_BUFFER_BYTES } from '../limits.ts';
import { corrupt } from './decoding.ts';
import type { ReadableFile } from './readable-file.ts';

/** Pieces in which an uncompressed file is read. */
const PLAIN_CHUNK_BYTES = 64 * 1024;
const CRC_BYTES = 4;

/** What stands behind every chunk: CRC-32, or Adler-32 before `ma`. */
export interface ChunkChecksum {
  readonly name: string;
  readonly of: (bytes: Uint8Array) => number;
  /** It is that of the chunk before it was compressed, as up to 1.2. */
  readonly isOfPlain?: boolean;
}

/** What versions from `ma` on have. */
export const CRC_32: ChunkChecksum = { name: 'CRC-32', of: (bytes) => crc32(bytes) };

const u32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/** How Data.db is stored: chunks of a codec, or as it is. */
export interface DataSource {
  readonly file: ReadableFile;
  readonly dataLengthBytes: number;
  readonly compressed:
    | {
        readonly codec: BlockCodec;
        readonly offsets: ChunkOffsets;
        /** CRC-32 unless it says otherwise. */
        readonly checksum?: ChunkChecksum;
      }
    | undefined;
}

/** A partition's key in Data.db and where the bytes after it begin. */
export interface DataKey {
  readonly key: Uint8Array;
  readonly end: number;
}

/** Reads uncompressed ranges. With `readAhead` it has one buffer of its own and serves one consumer that goes forward. */
export class DataReader {
  readonly dataLengthBytes: number;
  readonly chunkLengthBytes: number;
  readonly #source: DataSource;
  readonly #chunks = new Map<number, Uint8Array>();
  readonly #window: Uint8Array | undefined;
  #windowStart = 0;
  #windowLength = 0;

  constructor(source: DataSource, options: { readonly readAhead: boolean }) {
    this.#source = source;
    this.dataLengthBytes = source.dataLengthBytes;
    this.chunkLengthBytes = source.compressed?.offsets.params.chunkLengthBytes ?? PLAIN_CHUNK_BYTES;
    this.#window = options.readAhead
      ? new Uint8Array(Math.min(SCAN_BUFFER_BYTES, source.file.lengthBytes))
      : undefined;
  }

  get path(): string {
    return this.#source.file.path;
  }

  /** Bytes at an uncompressed position: a view where one chunk holds them. The caller has checked `length` against a limit. */
  async bytes(position: number, length: number): Promise<Uint8Array> {
    if (position < 0 || position + length > this.dataLengthBytes) {
      throw corrupt(
        this.path,
        undefined,
        `${this.dataLengthBytes} uncompressed bytes`,
        `${length} bytes at ${position}`,
      );
    }
    const index = Math.floor(position / this.chunkLengthBytes);
    const from = position - index * this.chunkLengthBytes;
    if (from + length <= this.chunkLengthBytes) {
      if (length === 0) return new Uint8Array(0);
      const chunk = this.#chunks.get(index) ?? (await this.chunk(index));
      return chunk.subarray(from, from + length);
    }
    const copy = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = position + done;
      const chunk = await this.chunk(Math.floor(at / this.chunkLengthBytes));
      const start = at % this.chunkLengthBytes;
      const part = chunk.subarray(start, Math.min(chunk.length, start + length - done));
      copy.set(part, done);
      done += part.length;
    }
    return copy;
  }

  /** The key of the partition at this position. */
  async key(position: number): Promise<DataKey> {
    const lengthBytes = await this.bytes(position, 2);
    const length = (lengthBytes[0]! << 8) | lengthBytes[1]!;
    const key = await this.bytes(position + 2, length);
    return { key, end: position + 2 + length };
  }

  /** The uncompressed chunk with this index; a surplus chunk behind the data is empty. */
  async chunk(index: number): Promise<Uint8Array> {
    const known = this.#chunks.get(index);
    if (known !== undefined) return known;
    const chunk = await this.#load(index);
    if (this.#chunks.size >= CHUNKS_CACHED_MAX) {
      for (const oldest of this.#chunks.keys()) {
        this.#chunks.delete(oldest);
        break;
      }
    }
    this.#chunks.set(index, chunk);
    return chunk;
  }

  /** Length of the uncompressed chunk with this index; 0 of a surplus one. */
  chunkBytes(index: number): number {
    const start = index * this.chunkLengthBytes;
    return Math.max(0, Math.min(this.chunkLengthBytes, this.dataLengthBytes - start));
  }

  /** The same in memory of the caller, which has {@link chunkBytes}. The chunk is not kept. */
  async chunkInto(index: number, room: Uint8Array): Promise<void> {
    const chunk = this.#chunks.get(index) ?? (await this.#load(index, room));
    if (chunk.buffer !== room.buffer) room.set(chunk);
  }

  /** A chunk as it is stored, without its checksum; a copy. Of an uncompressed file the piece itself. */
  async storedChunk(
    index: number,
  ): Promise<{ readonly offsetBytes: number; readonly payload: Uint8Array }> {
    const { compressed } = this.#source;
    const start = index * this.chunkLengthBytes;
    const { offsetBytes, lengthBytes } =
      compressed === undefined
        ? {
            offsetBytes: start,
            lengthBytes: Math.min(this.chunkLengthBytes, this.dataLengthBytes - start),
          }
        : await compressed.offsets.chunk(index);
    return { offsetBytes, payload: Uint8Array.from(await this.#stored(offsetBytes, lengthBytes)) };
  }

  async #load(index: number, room?: Uint8Array): Promise<Uint8Array> {
    const start = index * this.chunkLengthBytes;
    const length = this.chunkBytes(index);
    const { compressed } = this.#source;
    if (compressed === undefined) {
      // views of the window would change under the cache
      return Uint8Array.from(await this.#stored(start, length));
    }
    const { offsetBytes, lengthBytes } = await compressed.offsets.chunk(index);
    const stored = await this.#stored(offsetBytes, lengthBytes + CRC_BYTES);
    const payload = stored.subarray(0, lengthBytes);
    const { isOfPlain = false } = compressed.checksum ?? CRC_32;
    const expected = u32At(stored, lengthBytes);
    if (!isOfPlain) this.#checkCrc(index, offsetBytes, expected, payload);
    const isRaw = lengthBytes >= compressed.offsets.params.maxCompressedLengthBytes;
    const chunk = isRaw
      ? this.#rawChunk(index, offsetBytes, payload, length)
      : await this.#decompress(compressed.codec, index, offsetBytes, payload, length, room);
    if (isOfPlain) this.#checkCrc(index, offsetBytes, expected, chunk);
    return chunk;
  }

  #checkCrc(index: number, offset: number, expected: number, bytes: Uint8Array): void {
    const checksum = this.#source.compressed?.checksum ?? CRC_32;
    const found = checksum.of(bytes);
    if (found === expected) return;
    throw corrupt(
      this.path,
      offset,
      `${checksum.name} 0x${found.toString(16)} of chunk ${index} (${bytes.length} bytes)`,
      `0x${expected.toString(16)}, as stored behind it`,
    );
  }

  /** A raw last chunk is padded with zeros up to the length from which chunks are raw. */
  #rawChunk(index: number, offset: number, payload: Uint8Array, length: number): Uint8Array {
    if (payload.length < length) {
      throw corrupt(
        this.path,
        offset,
        `raw chunk ${index} of ${payload.length} bytes`,
        `${length}`,
      );
    }
    return Uint8Array.from(payload.subarray(0, length));
  }

  async #decompress(
    codec: BlockCodec,
    index: number,
    offset: number,
    payload: Uint8Array,
    length: number,
    room: Uint8Array | undefined,
  ): Promise<Uint8Array> {
    let chunk: Uint8Array;
    try {
      chunk = await codec.decompress(payload, length, room);
    } catch (error) {
      const reason =
        error instanceof ChunkError ? error.message : `no ${codec.name} chunk: ${error}`;
      throw corrupt(this.path, offset, `chunk ${index} ${reason}`, `a chunk of ${length} bytes`);
    }
    if (chunk.length !== length) {
      throw corrupt(
        this.path,
        offset,
        `chunk ${index} holds ${chunk.length} bytes`,
        `${length} uncompressed bytes`,
      );
    }
    return chunk.buffer === payload.buffer ? Uint8Array.from(chunk) : chunk;
  }

  /** Bytes as stored; from the window when they are in it or it can be moved on to them. */
  async #stored(offset: number, length: number): Promise<Uint8Array> {
    const window = this.#window;
    if (window === undefined || length > window.length) {
      const bytes = new Uint8Array(length);
      await this.#source.file.read(bytes, offset, length);
      return bytes;
    }
    const isInside =
      offset >= this.#windowStart && offset + length <= this.#windowStart + this.#windowLength;
    if (!isInside) {
      this.#windowLength = 0;
      const count = Math.min(window.length, this.#source.file.lengthBytes - offset);
      await this.#source.file.read(window, offset, Math.max(count, length));
      this.#windowStart = offset;
      this.#windowLength = count;
    }
    const from = offset - this.#windowStart;
    return window.subarray(from, from + length);
  }
}
