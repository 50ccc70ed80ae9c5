// Data plane. Data.db in compressed chunks, each followed by its CRC (spec: sstable-data §8.2; CompressedSequentialWriter), and
// CompressionInfo.db. Called by the SSTable writer. Holds a chunk, or a few where the compressor works beside this thread.
import { join } from 'node:path';
import { crc32 } from '@scamander/bytes';
import { COMPRESSING_CHUNKS_MAX } from '../limits.ts';
import type { ChunkCompressor } from './chunk-compressor.ts';
import {
  ChunkOffsetList,
  type CompressionInfoHead,
  writeCompressionInfo,
} from './compression-info.ts';
import type { DataOutput, WrittenData } from './data-output.ts';
import { OutputFile } from './output-file.ts';

const NEVER_RAW = 0x7fffffff;

/** Compresses chunk by chunk. Never writes the empty chunk that a file which is synced twice has. */
export class CompressedOutput implements DataOutput {
  readonly #file: OutputFile;
  readonly #directory: string;
  readonly #head: CompressionInfoHead;
  readonly #compress: ChunkCompressor;
  readonly #chunkLength: number;
  readonly #maxCompressedLength: number;
  readonly #offsets = new ChunkOffsetList();
  readonly #crcBytes = Buffer.alloc(4);
  #chunk: Uint8Array;
  #filled = 0;
  #position = 0;
  #payloadBytes = 0;
  /** Chunks on their way, the oldest first. None of the promises rejects: a failure is kept. */
  readonly #compressing: Promise<void>[] = [];
  #failure: unknown;

  private constructor(
    directory: string,
    file: OutputFile,
    head: CompressionInfoHead,
    compress: ChunkCompressor,
  ) {
    this.#file = file;
    this.#directory = directory;
    this.#head = head;
    this.#compress = compress;
    this.#chunkLength = head.chunkLengthBytes;
    this.#maxCompressedLength = head.maxCompressedLengthBytes ?? NEVER_RAW;
    this.#chunk = new Uint8Array(head.chunkLengthBytes);
  }

  /** Makes Data.db in the folder. */
  static async create(
    directory: string,
    head: CompressionInfoHead,
    compress: ChunkCompressor,
  ): Promise<CompressedOutput> {
    const file = await OutputFile.create(join(directory, 'Data.db'));
    return new CompressedOutput(directory, file, head, compress);
  }

  get position(): number {
    return this.#position;
  }

  get storedBytes(): number {
    return this.#file.lengthBytes;
  }

  append(bytes: Uint8Array): void {
    this.#position += bytes.length;
    let from = 0;
    while (bytes.length - from >= this.#chunkLength - this.#filled) {
      const room = this.#chunkLength - this.#filled;
      this.#chunk.set(bytes.subarray(from, from + room), this.#filled);
      this.#filled += room;
      from += room;
      this.#endChunk();
    }
    if (from < bytes.length) {
      this.#chunk.set(bytes.subarray(from), this.#filled);
      this.#filled += bytes.length - from;
    }
  }

  get pressure(): Promise<void> | undefined {
    const oldest = this.#compressing[0];
    if (oldest !== undefined && this.#compressing.length >= COMPRESSING_CHUNKS_MAX)
      return this.#settled(oldest);
    return this.#file.pressure;
  }

  async finish(): Promise<WrittenData> {
    if (this.#filled > 0) this.#endChunk();
    await this.#settled(this.#compressing.at(-1));
    await this.#file.finish();
    const info = await OutputFile.create(join(this.#directory, 'CompressionInfo.db'));
    try {
      await writeCompressionInfo(info, this.#head, this.#position, this.#offsets);
      await info.finish();
    } finally {
      await info.abort();
    }
    return {
      components: ['Data.db', 'CompressionInfo.db'],
      digest: this.#file.crc,
      compressionRatio: this.#position === 0 ? -1 : this.#payloadBytes / this.#position,
    };
  }

  async abort(): Promise<void> {
    await this.#compressing.at(-1);
    await this.#file.abort();
  }

  async #settled(chunk: Promise<void> | undefined): Promise<void> {
    await chunk;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #endChunk(): void {
    const source = this.#chunk.subarray(0, this.#filled);
    this.#filled = 0;
    const compressed = this.#compress(source);
    if (compressed instanceof Promise) {
      this.#chunk = new Uint8Array(this.#chunkLength);
      this.#compressing.push(this.#storeLater(this.#compressing.at(-1), source, compressed));
    } else {
      this.#store(source, compressed);
    }
  }

  /** Chunks are stored in their order, whichever is compressed first. */
  async #storeLater(
    before: Promise<void> | undefined,
    source: Uint8Array,
    compressed: Promise<Uint8Array>,
  ): Promise<void> {
    try {
      const [result] = await Promise.all([compressed, before]);
      if (this.#failure === undefined) this.#store(source, result);
    } catch (error) {
      this.#failure ??= error;
    } finally {
      void this.#compressing.shift();
    }
  }

  /**
   * "if payload length ≥ maxCompressedLength the payload is stored raw", and a raw payload that would be shorter than that is filled with
   * zeros up to it (spec §8.2).
   */
  #store(source: Uint8Array, compressed: Uint8Array): void {
    this.#offsets.push(this.#file.lengthBytes);
    let payload = compressed;
    if (compressed.length >= this.#maxCompressedLength) {
      payload = source;
      if (source.length < this.#maxCompressedLength) {
        payload = new Uint8Array(this.#maxCompressedLength);
        payload.set(source);
      }
    }
    this.#payloadBytes += payload.length;
    this.#crcBytes.writeUInt32BE(crc32(payload));
    this.#file.append(payload);
    this.#file.append(this.#crcBytes);
  }
}
