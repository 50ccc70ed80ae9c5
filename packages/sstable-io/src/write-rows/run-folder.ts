// Data plane. The sorted runs of one writer, in a folder of their own that exists while there is one. Called by the CQL writer.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Partitioner } from '@scamander/ring';
import { ioError } from '../directory/bounded-read.ts';
import { RUNS_MERGED_MAX } from '../limits.ts';
import { MergedRowReader } from '../merge/merged-row-reader.ts';
import type { RowReader } from '../rows/row-reader.ts';
import { openRun, type RunFormat, writeRun } from './sorted-run.ts';

/** Runs from the oldest to the newest. */
export class RunFolder {
  readonly #parent: string;
  readonly #format: RunFormat;
  readonly #partitioner: Partitioner;
  readonly #runs: string[] = [];
  #folder: string | undefined;
  #number = 0;

  /** The folder is made within `parent`, which is made if it does not exist. */
  constructor(parent: string, format: RunFormat, partitioner: Partitioner) {
    this.#parent = parent;
    this.#format = format;
    this.#partitioner = partitioner;
  }

  /** How many runs there are. */
  get count(): number {
    return this.#runs.length;
  }

  /** Writes what the reader hands out as the newest run. */
  async add(reader: RowReader): Promise<void> {
    const path = await this.#newPath();
    await writeRun(path, reader, this.#format);
    this.#runs.push(path);
    if (this.#runs.length >= RUNS_MERGED_MAX) await this.#mergeAll();
  }

  /** All runs, and what is newer than them, as one. */
  read(newest: RowReader): RowReader {
    const readers = this.#runs.map((path) => openRun(path, this.#format));
    return new MergedRowReader([...readers, newest], { partitioner: this.#partitioner });
  }

  /** Removes everything. */
  async remove(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    this.#runs.length = 0;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #newPath(): Promise<string> {
    if (this.#folder === undefined) {
      try {
        await mkdir(this.#parent, { recursive: true });
        // a node takes every file that ends in .db for its own: these do not
        this.#folder = await mkdtemp(join(this.#parent, 'scamander-rows-'));
      } catch (cause) {
        throw ioError(this.#parent, cause);
      }
    }
    this.#number += 1;
    return join(this.#folder, `${this.#number}.run`);
  }

  /** One run of all of them: it is as old as the oldest. */
  async #mergeAll(): Promise<void> {
    const old = this.#runs.splice(0);
    const readers = old.map((path) => openRun(path, this.#format));
    const path = await this.#newPath();
    const merged = new MergedRowReader(readers, { partitioner: this.#partitioner });
    await writeRun(path, merged, this.#format);
    this.#runs.push(path);
    for (const other of old) await rm(other, { force: true });
  }
}
