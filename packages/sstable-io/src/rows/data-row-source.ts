// Data plane. Data.db as a source of rows: whole, or some sections of it (spec: sstable-data §4, §8). Called by the open SSTable.
import { DataReader, type DataSource } from '../io/data-reader.ts';
import { corrupt } from '../io/decoding.ts';
import type { Section } from '../types.ts';
import type { RowRun, RowSource } from './row-source.ts';

/** Of an uncompressed file, at once. */
const LOOKUP_PIECE_BYTES = 16 * 1024;

const runOf = (place: RowRun | Section): RowRun =>
  'lower' in place ? { position: Number(place.lower), end: Number(place.upper) } : place;

/** Reads ahead and checks the CRC of every chunk. Does not close the file: that belongs to the open SSTable. */
export class DataRowSource implements RowSource {
  readonly path: string;
  readonly isPlain: boolean;
  readonly totalBytes: number | undefined;
  readonly #source: DataSource;
  readonly #reader: DataReader | undefined;
  readonly #runs: RowRun[];
  readonly #isScan: boolean;
  #position = 0;
  #end = 0;

  /** Without `places`, which are whole partitions in ascending order, everything is read. For single partitions and slices there is no reading ahead. */
  constructor(source: DataSource, places?: readonly (RowRun | Section)[]) {
    const runs = places?.map(runOf);
    this.#source = source;
    this.path = source.file.path;
    this.isPlain = source.compressed === undefined;
    this.#isScan = runs?.every(({ isSingle }) => isSingle !== true) ?? true;
    this.#reader = this.isPlain ? undefined : new DataReader(source, { readAhead: this.#isScan });
    this.#runs = [...(runs ?? [{ position: 0, end: source.dataLengthBytes }])];
    this.totalBytes = this.#isScan
      ? this.#runs.reduce((sum, run) => sum + (run.end ?? 0) - run.position, 0)
      : undefined;
  }

  nextRun(): RowRun | undefined {
    const run = this.#runs.shift();
    this.#position = run?.position ?? 0;
    this.#end = run?.end ?? 0;
    return run;
  }

  seek(position: number): void {
    if (position > this.#end) {
      throw corrupt(
        this.path,
        undefined,
        `the end of the data at uncompressed byte ${this.#end}`,
        `rows at ${position}, as an index says`,
      );
    }
    this.#position = position;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    const count = Math.min(length, this.#wanted());
    if (this.#reader === undefined) {
      await this.#source.file.read(target.subarray(offset), this.#position, count);
      this.#position += count;
      return count;
    }
    return await this.#readChunks(this.#reader, target.subarray(offset, offset + count));
  }

  async #readChunks(reader: DataReader, target: Uint8Array): Promise<number> {
    const { chunkLengthBytes } = reader;
    let done = 0;
    while (done < target.length) {
      const index = Math.floor(this.#position / chunkLengthBytes);
      const chunkBytes = reader.chunkBytes(index);
      const from = this.#position % chunkLengthBytes;
      const part = Math.min(chunkBytes - from, target.length - done);
      if (this.#isScan && part === chunkBytes)
        await reader.chunkInto(index, target.subarray(done, done + part));
      // a part of the chunk that follows can wait
      else if (this.#isScan && from === 0 && done > 0) break;
      else target.set((await reader.chunk(index)).subarray(from, from + part), done);
      done += part;
      this.#position += part;
    }
    return done;
  }

  /** Bytes of the run that are left; of a lookup only those of one chunk, which may be all that it takes. */
  #wanted(): number {
    const left = Math.max(0, this.#end - this.#position);
    if (this.#isScan) return left;
    const chunkBytes = this.#reader?.chunkLengthBytes ?? LOOKUP_PIECE_BYTES;
    return Math.min(left, chunkBytes - (this.#position % chunkBytes));
  }

  async close(): Promise<void> {}
}
