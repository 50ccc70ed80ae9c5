// Data plane. Sections of an uncompressed SSTable off the wire: LZ4 blocks, each behind its two lengths (spec: streaming-4.0-plus §4.1;
// StreamCompressionInputStream). Called by the row reader. Holds one block, compressed and decompressed.
import { lz4BlockBytesMax, lz4DecompressBlock } from '../compression/lz4.ts';
import { corrupt, tooLong } from '../io/decoding.ts';
import { STREAM_BLOCK_BYTES_MAX } from '../limits.ts';
import type { RowRun, RowSource } from '../rows/row-source.ts';
import type { Section } from '../types.ts';
import { type PayloadPull, PayloadReader } from './payload.ts';
import { SectionRuns } from './section-runs.ts';

const HEADER_BYTES = 8;

/** Uncompressed bytes of the sections. Errors name the stream and the byte of its payload. */
export class BlockSections implements RowSource {
  readonly path: string;
  readonly isPlain = false;
  readonly #payload: PayloadReader;
  readonly #runs: SectionRuns;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #compressed = new Uint8Array(0);
  #block: Uint8Array = new Uint8Array(0);
  #used = 0;
  /** Of all sections, what no block has brought yet. */
  #left: number;

  constructor(path: string, pull: PayloadPull, sections: readonly Section[]) {
    this.path = path;
    this.#payload = new PayloadReader(pull);
    this.#runs = new SectionRuns(sections);
    this.#left = this.#runs.totalBytes;
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
    if (this.#used === this.#block.length) await this.#next();
    const count = Math.min(length, left, this.#block.length - this.#used);
    target.set(this.#block.subarray(this.#used, this.#used + count), offset);
    this.#used += count;
    runs.position += count;
    return count;
  }

  async #next(): Promise<void> {
    const payload = this.#payload;
    const start = payload.position;
    await payload.fill(this.#header);
    const view = new DataView(this.#header.buffer);
    const uncompressedLength = this.#checked(view.getInt32(4), start + 4, STREAM_BLOCK_BYTES_MAX);
    const compressedMax = lz4BlockBytesMax(uncompressedLength);
    const compressedLength = this.#checked(view.getInt32(0), start, compressedMax);
    if (this.#compressed.length < compressedLength) {
      this.#compressed = new Uint8Array(compressedLength);
    }
    const compressed = this.#compressed.subarray(0, compressedLength);
    await payload.fill(compressed);
    this.#block = this.#decode(compressed, uncompressedLength, start);
    this.#used = 0;
    // what a last block holds beyond the sections is of no use
    const useful = Math.min(this.#left, uncompressedLength);
    this.#left -= useful;
    payload.pull.moved(useful, this.#block.subarray(0, useful));
  }

  /** An empty block would bring no progress, however many follow. */
  #checked(length: number, at: number, limit: number): number {
    if (length <= 0) throw corrupt(this.path, at, `a block of ${length} bytes`, '1 or more');
    if (length > limit) throw tooLong(this.path, at, 'block length', length, limit);
    return length;
  }

  #decode(compressed: Uint8Array, length: number, start: number): Uint8Array {
    try {
      return lz4DecompressBlock(compressed, length);
    } catch (error) {
      throw corrupt(
        this.path,
        start,
        `a block that ${error instanceof Error ? error.message : error}`,
        `LZ4 of ${length} bytes`,
      );
    }
  }

  async close(): Promise<void> {}
}
