// Data plane. Sections of a compressed SSTable off the wire: its stored chunks, each with its CRC-32 (spec: streaming-4.0-plus §4.2;
// CompressedInputStream). Called by the row reader. Holds one chunk, stored and decompressed.
import { crc32 } from '@scamander/bytes';
import { type BlockCodec, ChunkError } from '../compression/codec.ts';
import { corrupt } from '../io/decoding.ts';
import type { RowRun, RowSource } from '../rows/row-source.ts';
import type { Section } from '../types.ts';
import { type PayloadPull, PayloadReader } from './payload.ts';
import { SectionRuns } from './section-runs.ts';

const CRC_BYTES = 4;

/** How the sender's Data.db is compressed, and the lengths of the chunks that come. Has been checked: see checkSections. */
export interface StreamedChunks {
  /** Without the CRCs. */
  readonly chunkLengths: ArrayLike<number>;
  readonly chunkLengthBytes: number;
  readonly maxCompressedLengthBytes: number;
}

/** Uncompressed bytes of the sections. Errors name the stream and the byte of its payload. */
export class ChunkSections implements RowSource {
  readonly path: string;
  readonly isPlain = false;
  readonly #payload: PayloadReader;
  readonly #chunks: StreamedChunks;
  readonly #codec: BlockCodec;
  readonly #runs: SectionRuns;
  readonly #stored: Uint8Array;
  #chunksRead = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  /** Of the sender's file. */
  #chunkIndex = -1;

  constructor(
    path: string,
    pull: PayloadPull,
    sections: readonly Section[],
    chunks: StreamedChunks,
    codec: BlockCodec,
  ) {
    this.path = path;
    this.#payload = new PayloadReader(pull);
    this.#chunks = chunks;
    this.#codec = codec;
    this.#runs = new SectionRuns(sections);
    let longest = 0;
    for (let i = 0; i < chunks.chunkLengths.length; i++) {
      longest = Math.max(longest, chunks.chunkLengths[i] as number);
    }
    this.#stored = new Uint8Array(longest + CRC_BYTES);
  }

  get totalBytes(): number {
    return this.#runs.totalBytes;
  }

  nextRun(): RowRun | undefined {
    return this.#runs.nextRun();
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    const runs = this.#runs;
    const left = runs.end - runs.position;
    if (left === 0) return 0;
    const { chunkLengthBytes } = this.#chunks;
    const index = Math.floor(runs.position / chunkLengthBytes);
    if (index !== this.#chunkIndex) await this.#next(index);
    const from = runs.position % chunkLengthBytes;
    const count = Math.min(length, left, this.#chunk.length - from);
    if (count <= 0) {
      throw corrupt(
        this.path,
        this.#payload.position,
        `chunk ${index} of ${this.#chunk.length} bytes`,
        `more than ${from}, as the sections say`,
      );
    }
    target.set(this.#chunk.subarray(from, from + count), offset);
    runs.position += count;
    return count;
  }

  /** Takes the next chunk of the stream; it is the one with this index in the sender's file. */
  async #next(index: number): Promise<void> {
    const payload = this.#payload;
    const start = payload.position;
    const length = this.#chunks.chunkLengths[this.#chunksRead] as number;
    const stored = this.#stored.subarray(0, length + CRC_BYTES);
    await payload.fill(stored, (view) => payload.pull.moved(view.length, view));
    const bytes = stored.subarray(0, length);
    const expected = new DataView(stored.buffer, stored.byteOffset + length).getUint32(0);
    const found = crc32(bytes);
    if (found !== expected) {
      throw corrupt(
        this.path,
        start,
        `CRC-32 0x${found.toString(16)} of chunk ${index} (${length} bytes)`,
        `0x${expected.toString(16)}, as sent behind it`,
      );
    }
    this.#chunk = await this.#decode(bytes, index, start);
    this.#chunkIndex = index;
    this.#chunksRead += 1;
  }

  /** A raw chunk may be longer than what it holds: at the end of the file it is padded. */
  async #decode(stored: Uint8Array, index: number, start: number): Promise<Uint8Array> {
    const { chunkLengthBytes, maxCompressedLengthBytes } = this.#chunks;
    if (stored.length >= maxCompressedLengthBytes) return stored.subarray(0, chunkLengthBytes);
    try {
      return await this.#codec.decompress(stored, chunkLengthBytes);
    } catch (error) {
      const reason =
        error instanceof ChunkError ? error.message : `no ${this.#codec.name} chunk: ${error}`;
      throw corrupt(
        this.path,
        start,
        `chunk ${index} ${reason}`,
        `a chunk of at most ${chunkLengthBytes} bytes`,
      );
    }
  }

  async close(): Promise<void> {}
}
