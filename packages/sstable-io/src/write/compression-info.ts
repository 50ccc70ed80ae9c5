// Data plane. CompressionInfo.db, the mirror of its reader (spec: sstable-data §8.1; CompressionMetadata.Writer). Called by the output of
// compressed data. Holds 8 bytes for each chunk: 5 MB for 10 GB in chunks of 16 KiB.
import { ByteWriter } from '@scamander/bytes';
import type { OutputFile } from './output-file.ts';

/** What stands before the offsets. */
export interface CompressionInfoHead {
  readonly compressor: string;
  readonly options: readonly (readonly [string, string])[];
  readonly chunkLengthBytes: number;
  /** Undefined before `na`, which has no such field. */
  readonly maxCompressedLengthBytes: number | undefined;
}

const OFFSETS_FIRST = 1024;
/** Offsets handed to the file at once. */
const OFFSETS_PER_PIECE = 8192;

/** Offsets of chunks, in an array that grows. */
export class ChunkOffsetList {
  #offsets = new Float64Array(OFFSETS_FIRST);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(offset: number): void {
    if (this.#count === this.#offsets.length) {
      const larger = new Float64Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.#count] = offset;
    this.#count += 1;
  }

  /** Writes all of them as big-endian 64-bit numbers. */
  async writeTo(file: OutputFile): Promise<void> {
    const writer = new ByteWriter(OFFSETS_PER_PIECE * 8);
    for (let i = 0; i < this.#count; i++) {
      writer.i64Number(this.#offsets[i] as number);
      if (writer.length < OFFSETS_PER_PIECE * 8) continue;
      file.append(writer.toBytes());
      writer.reset();
      await file.pressure;
    }
    file.append(writer.toBytes());
  }
}

/** Fills a new CompressionInfo.db; the caller finishes the file. */
export const writeCompressionInfo = async (
  file: OutputFile,
  head: CompressionInfoHead,
  dataLengthBytes: number,
  offsets: ChunkOffsetList,
): Promise<void> => {
  const writer = new ByteWriter(256);
  writer.utf(head.compressor);
  writer.i32(head.options.length);
  for (const [name, value] of head.options) {
    writer.utf(name);
    writer.utf(value);
  }
  writer.i32(head.chunkLengthBytes);
  if (head.maxCompressedLengthBytes !== undefined) writer.i32(head.maxCompressedLengthBytes);
  writer.i64Number(dataLengthBytes);
  writer.i32(offsets.count);
  file.append(writer.toBytes());
  await offsets.writeTo(file);
};
