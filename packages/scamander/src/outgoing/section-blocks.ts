// Data plane. Cuts sections of an uncompressed Data.db into the LZ4 blocks of the stream (spec: streaming-4.0-plus §4.1), checking each
// piece against CRC.db on the way as a real sender does. Called by section-file.ts; works on buffers allocated once.
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from '@scamander/bytes';
import {
  lz4BlockBytesMax,
  lz4CompressBlock,
  type Section,
  SSTableError,
} from '@scamander/sstable-io';
import { encodeBlockHeader } from '@scamander/wire-codec';
import { STREAM_BLOCK_BYTES, STREAM_BLOCK_BYTES_MAX } from '../limits.ts';

/** Two lengths before each block. */
const BLOCK_HEADER_BYTES = 8;

/** CRC.db, read piece by piece: block size and the checksum of each block. */
class BlockChecksums {
  readonly blockBytes: number;
  readonly #handle: FileHandle | undefined;
  readonly #page = Buffer.alloc(4096);
  #pageStart = -1;
  #pageLength = 0;

  private constructor(handle: FileHandle | undefined, blockBytes: number) {
    this.#handle = handle;
    this.blockBytes = blockBytes;
  }

  static async open(crcPath: string | undefined): Promise<BlockChecksums> {
    if (crcPath === undefined) return new BlockChecksums(undefined, STREAM_BLOCK_BYTES);
    const handle = await open(crcPath, 'r');
    try {
      const head = Buffer.alloc(4);
      const { bytesRead } = await handle.read(head, 0, 4, 0);
      const blockBytes = bytesRead === 4 ? head.readInt32BE(0) : 0;
      if (blockBytes <= 0 || blockBytes > STREAM_BLOCK_BYTES_MAX) {
        throw new SSTableError({
          code: 'SCM_SSTABLE_CORRUPT',
          file: crcPath,
          offset: 0,
          found: `block size ${blockBytes}`,
          expected: `1 to ${STREAM_BLOCK_BYTES_MAX}`,
        });
      }
      return new BlockChecksums(handle, blockBytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The checksum of block `index`; undefined without CRC.db or past its end. */
  async of(index: number): Promise<number | undefined> {
    if (this.#handle === undefined) return undefined;
    const at = 4 + index * 4;
    if (
      at < this.#pageStart ||
      at + 4 > this.#pageStart + this.#pageLength ||
      this.#pageStart < 0
    ) {
      const { bytesRead } = await this.#handle.read(this.#page, 0, this.#page.length, at);
      this.#pageStart = at;
      this.#pageLength = bytesRead;
    }
    return at + 4 <= this.#pageStart + this.#pageLength
      ? this.#page.readUInt32BE(at - this.#pageStart)
      : undefined;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}

/** Where the blocks come from. */
export interface SectionBlocksInput {
  readonly dataPath: string;
  readonly crcPath: string | undefined;
  readonly dataLengthBytes: bigint;
  readonly sections: readonly Section[];
}

/** Gives one encoded block after the other: [i32 compressed][i32 uncompressed][raw LZ4 block]. A view is valid until the next call. */
export class SectionBlocks {
  readonly #input: SectionBlocksInput;
  readonly #data: FileHandle;
  readonly #checksums: BlockChecksums;
  readonly #raw: Buffer;
  readonly #encoded: Buffer;
  #section = 0;
  #piece: Uint8Array = new Uint8Array(0);
  #position: number;

  private constructor(input: SectionBlocksInput, data: FileHandle, checksums: BlockChecksums) {
    this.#input = input;
    this.#data = data;
    this.#checksums = checksums;
    this.#raw = Buffer.alloc(checksums.blockBytes);
    this.#encoded = Buffer.alloc(BLOCK_HEADER_BYTES + lz4BlockBytesMax(checksums.blockBytes));
    this.#position = Number(input.sections[0]?.lower ?? 0n);
  }

  static async open(input: SectionBlocksInput): Promise<SectionBlocks> {
    const checksums = await BlockChecksums.open(input.crcPath);
    try {
      return new SectionBlocks(input, await open(input.dataPath, 'r'), checksums);
    } catch (error) {
      await checksums.close();
      throw error;
    }
  }

  /** The next block, or null after the last one. Throws SSTableError when the file is not what its checksums say. */
  async next(): Promise<Uint8Array | null> {
    const section = this.#input.sections[this.#section];
    if (section === undefined) return null;
    const blockBytes = this.#checksums.blockBytes;
    const index = Math.floor(this.#position / blockBytes);
    const blockStart = index * blockBytes;
    const end = Math.min(blockStart + blockBytes, Number(section.upper));
    const block = await this.#readBlock(index, blockStart);
    const piece = block.subarray(this.#position - blockStart, end - blockStart);
    this.#position = end;
    if (end === Number(section.upper)) {
      this.#section += 1;
      this.#position = Number(this.#input.sections[this.#section]?.lower ?? 0n);
    }
    this.#piece = piece;
    const compressedLength = lz4CompressBlock(piece, this.#encoded.subarray(BLOCK_HEADER_BYTES));
    this.#encoded.set(encodeBlockHeader(compressedLength, piece.length));
    return this.#encoded.subarray(0, BLOCK_HEADER_BYTES + compressedLength);
  }

  /** The uncompressed bytes of the block that next() gave last; valid as long as that. */
  get piece(): Uint8Array {
    return this.#piece;
  }

  async #readBlock(index: number, start: number): Promise<Buffer> {
    const want = Math.min(this.#raw.length, Number(this.#input.dataLengthBytes) - start);
    let have = 0;
    while (have < want) {
      const { bytesRead } = await this.#data.read(this.#raw, have, want - have, start + have);
      if (bytesRead === 0) break;
      have += bytesRead;
    }
    const block = this.#raw.subarray(0, have);
    const expected = await this.#checksums.of(index);
    const found = expected === undefined || have < want ? undefined : crc32(block);
    if (have < want || found !== expected) {
      throw new SSTableError({
        code: 'SCM_SSTABLE_CORRUPT',
        file: this.#input.dataPath,
        offset: start,
        found: have < want ? `${have} bytes` : `CRC-32 ${found}`,
        expected: have < want ? `${want} bytes` : `CRC-32 ${expected} (CRC.db)`,
      });
    }
    return block;
  }

  async close(): Promise<void> {
    await this.#checksums.close();
    await this.#data.close();
  }
}
