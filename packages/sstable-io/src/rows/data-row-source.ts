// Data plane. Data.db as a source of rows: whole, or some sections of it (spec: sstable-data §4, §8). Called by the open SSTable.
import { DataReader, type DataSource } from '../io/data-reader.ts';
import type { Section } from '../types.ts';
import type { RowRun, RowSource } from './row-source.ts';

/** Reads ahead and checks the CRC of every chunk. Does not close the file: that belongs to the open SSTable. */
export class DataRowSource implements RowSource {
  readonly path: string;
  readonly isPlain: boolean;
  readonly totalBytes: number;
  readonly #source: DataSource;
  readonly #reader: DataReader | undefined;
  readonly #runs: RowRun[];
  #position = 0;
  #end = 0;

  /** `sections` are half open, ascending and on partition boundaries; without them everything is read. */
  constructor(source: DataSource, sections?: readonly Section[]) {
    this.#source = source;
    this.path = source.file.path;
    this.isPlain = source.compressed === undefined;
    this.#reader = this.isPlain ? undefined : new DataReader(source, { readAhead: true });
    this.#runs =
      sections === undefined
        ? [{ position: 0, end: source.dataLengthBytes }]
        : sections.map(({ lower, upper }) => ({ position: Number(lower), end: Number(upper) }));
    this.totalBytes = this.#runs.reduce((sum, run) => sum + (run.end ?? 0) - run.position, 0);
  }

  nextRun(): RowRun | undefined {
    const run = this.#runs.shift();
    this.#position = run?.position ?? 0;
    this.#end = run?.end ?? 0;
    return run;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    const count = Math.min(length, this.#end - this.#position);
    if (this.#reader === undefined) {
      await this.#source.file.read(target.subarray(offset), this.#position, count);
      this.#position += count;
      return count;
    }
    const { chunkLengthBytes } = this.#reader;
    let done = 0;
    while (done < count) {
      const chunk = await this.#reader.chunk(Math.floor(this.#position / chunkLengthBytes));
      const from = this.#position % chunkLengthBytes;
      const part = chunk.subarray(from, Math.min(chunk.length, from + count - done));
      target.set(part, offset + done);
      done += part.length;
      this.#position += part.length;
    }
    return count;
  }

  async close(): Promise<void> {}
}
