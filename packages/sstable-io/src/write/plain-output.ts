// Data plane. Data.db as it is, and CRC.db with a checksum for each of its blocks (spec: sstable-data §9; ChecksummedSequentialWriter). Called
// by the SSTable writer. Holds 4 bytes for each block: 640 KB for 10 GB.
import { join } from 'node:path';
import { ByteWriter, crc32 } from '@scamander/bytes';
import type { DataOutput, WrittenData } from './data-output.ts';
import { OutputFile } from './output-file.ts';

/** The same in every release. */
const BLOCK_BYTES = 65_536;

/** Stores the bytes uncompressed. */
export class PlainOutput implements DataOutput {
  readonly #file: OutputFile;
  readonly #directory: string;
  readonly #checksums = new ByteWriter(1024);
  #blockBytes = 0;
  #blockCrc = 0;

  private constructor(directory: string, file: OutputFile) {
    this.#directory = directory;
    this.#file = file;
    this.#checksums.i32(BLOCK_BYTES);
  }

  /** Makes Data.db in the folder. */
  static async create(directory: string): Promise<PlainOutput> {
    return new PlainOutput(directory, await OutputFile.create(join(directory, 'Data.db')));
  }

  get position(): number {
    return this.#file.lengthBytes;
  }

  get storedBytes(): number {
    return this.#file.lengthBytes;
  }

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + BLOCK_BYTES - this.#blockBytes);
      this.#blockCrc = crc32(bytes.subarray(from, to), this.#blockCrc);
      this.#blockBytes += to - from;
      if (this.#blockBytes === BLOCK_BYTES) this.#endBlock();
      from = to;
    }
    this.#file.append(bytes);
  }

  get pressure(): Promise<void> | undefined {
    return this.#file.pressure;
  }

  async finish(): Promise<WrittenData> {
    if (this.#blockBytes > 0) this.#endBlock();
    await this.#file.finish();
    const crc = await OutputFile.create(join(this.#directory, 'CRC.db'));
    try {
      crc.append(this.#checksums.toBytes());
      await crc.finish();
    } finally {
      await crc.abort();
    }
    return { components: ['Data.db', 'CRC.db'], digest: this.#file.crc, compressionRatio: -1 };
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }

  #endBlock(): void {
    this.#checksums.u32(this.#blockCrc);
    this.#blockBytes = 0;
    this.#blockCrc = 0;
  }
}
