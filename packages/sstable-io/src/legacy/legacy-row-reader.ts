// Data plane. The row reader of versions before `ma`: atoms in, rows and markers out, with the schema of the table (LegacyLayout of 3.x). Called
// by the open old SSTable, and by whoever has the row bytes of a stream of 2.x. Holds one batch of atoms and one row.
import { MalformedBytes } from '@scamander/bytes';
import type { TableSchema } from '@scamander/cql-types';
import { corrupt } from '../io/decoding.ts';
import { detachRow } from '../rows/detach.ts';
import { LIVE_TIMESTAMP, type PartitionHead, type Row, type Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { RowSource } from '../rows/row-source.ts';
import type { Section } from '../types.ts';
import type { LegacyAtom } from './atom.ts';
import { type LegacyAtomOptions, LegacyAtomReader } from './atom-reader.ts';
import { LegacyTable } from './legacy-table.ts';
import { PartitionAssembler } from './partition-assembler.ts';
import type { LegacyPartition } from './row-decoder.ts';

/** How the rows of an old SSTable are read. */
export interface LegacyRowOptions extends LegacyAtomOptions {
  /** Smallest timestamp that the statistics name: a base for whoever writes the rows again. */
  readonly minTimestamp?: bigint | undefined;
  /**
   * Opens the bytes of one partition once more. Needed for tables with COMPACT STORAGE and without clustering columns, whose declared columns
   * stand between others: without it, cells of columns that are not declared are refused.
   */
  readonly reopen?: ((section: Section) => RowSource) | undefined;
}

const NO_ROWS: readonly Unfiltered[] = [];

/** See {@link openLegacyRowReader}. */
class LegacyRowReader implements RowReader {
  readonly header: RowHeader;
  readonly #main: LegacyAtomReader;
  /** What the present partition's rows come from: `#main`, or a second look at one partition. */
  #atoms: LegacyAtomReader;
  readonly #table: LegacyTable;
  readonly #assembler: PartitionAssembler;
  readonly #options: LegacyRowOptions;
  #batch: readonly LegacyAtom[] = [];
  /** Of the present batch, the atom that comes next. */
  #next = 0;
  #isWithin = false;
  #failure: unknown;

  constructor(source: RowSource, schema: TableSchema, options: LegacyRowOptions) {
    const { minTimestamp } = options;
    // super columns and collections of 1.2 spoil it
    const isBelievable = minTimestamp !== undefined && minTimestamp !== LIVE_TIMESTAMP;
    this.#table = new LegacyTable(schema, isBelievable ? minTimestamp : undefined);
    this.#options = options;
    this.#main = new LegacyAtomReader(source, options);
    this.#atoms = this.#main;
    this.#assembler = new PartitionAssembler(this.#table);
    this.header = this.#table.header;
  }

  get position(): number {
    return this.#atoms.position;
  }

  async nextPartition(): Promise<PartitionHead | undefined> {
    return await this.#guard(async () => {
      await this.#leaveSecondLook();
      const partition = await this.#main.nextPartition();
      this.#isWithin = partition !== undefined;
      this.#batch = [];
      this.#next = 0;
      if (partition === undefined) return undefined;
      this.#assembler.begin(partition.deletion);
      const staticRow = this.#table.isStaticCompact
        ? await this.#declaredRow(partition)
        : await this.#staticRow();
      return {
        key: partition.key,
        deletion: partition.deletion,
        staticRow: staticRow === undefined ? undefined : detachRow(staticRow),
        position: partition.position,
        headerLength: partition.headerLength,
      };
    });
  }

  async nextBatch(): Promise<readonly Unfiltered[]> {
    if (!this.#isWithin) return NO_ROWS;
    return await this.#guard(async () => {
      const out: Unfiltered[] = [];
      while (out.length === 0 && this.#isWithin) {
        if (this.#next === this.#batch.length) await this.#nextAtoms();
        if (this.#batch.length === 0) {
          this.#isWithin = false;
          this.#assembling(-1, () => this.#assembler.finish(out));
        } else this.#assemble(out);
      }
      return out;
    });
  }

  async close(): Promise<void> {
    this.#isWithin = false;
    this.#failure ??= new Error('the row reader is closed');
    await this.#leaveSecondLook();
    await this.#main.close();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await work();
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  /** What was handed out before, and the atoms before, lose their bytes. */
  async #nextAtoms(): Promise<void> {
    this.#assembler.detach();
    this.#batch = await this.#atoms.nextBatch();
    this.#next = 0;
  }

  /** The rest of the batch. What is complete before a wrong atom is handed out first. */
  #assemble(out: Unfiltered[]): void {
    const batch = this.#batch;
    try {
      for (; this.#next < batch.length; this.#next++) {
        this.#assembler.add(batch[this.#next] as LegacyAtom, out);
      }
    } catch (error) {
      const placed = this.#placed(error, this.#next);
      if (out.length === 0) throw placed;
      this.#failure = placed;
    }
  }

  /** What does not fit the schema, with the place of its atom. */
  #placed(error: unknown, index: number): unknown {
    if (!(error instanceof MalformedBytes)) return error;
    const start = this.#atoms.batchStarts[index] ?? this.position;
    const found = `${error.found} at uncompressed byte ${start}`;
    return corrupt(this.#main.path, undefined, found, error.what);
  }

  #assembling(index: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw this.#placed(error, index);
    }
  }

  /** Static cells stand before all others. */
  async #staticRow(): Promise<Row | undefined> {
    if (this.header.staticColumns.length === 0) return undefined;
    const out: Unfiltered[] = [];
    for (;;) {
      if (this.#next === this.#batch.length) await this.#nextAtoms();
      const atom = this.#batch[this.#next];
      if (atom === undefined || !this.#assembler.isStatic(atom)) break;
      this.#assembling(this.#next, () => this.#assembler.add(atom, out));
      this.#next += 1;
    }
    this.#assembler.finishStatic();
    return this.#assembler.staticRow;
  }

  /** The declared columns of a static compact table, wherever they stand; then the partition is read again, if it has others too. */
  async #declaredRow(partition: LegacyPartition): Promise<Row | undefined> {
    let hasOthers = false;
    const out: Unfiltered[] = [];
    for (;;) {
      await this.#nextAtoms();
      if (this.#batch.length === 0) break;
      for (const [i, atom] of this.#batch.entries()) {
        if (this.#assembler.isStatic(atom)) {
          this.#assembling(i, () => this.#assembler.add(atom, out));
        } else hasOthers = true;
      }
    }
    this.#assembler.finishStatic();
    const { staticRow } = this.#assembler;
    this.#isWithin = hasOthers;
    if (hasOthers) await this.#lookAgain(partition);
    return staticRow;
  }

  async #lookAgain(partition: LegacyPartition): Promise<void> {
    const { reopen, signal, layout, isSuper } = this.#options;
    if (reopen === undefined) {
      const found = `cells of columns that are not declared, from uncompressed byte ${partition.position} on`;
      throw corrupt(this.#main.path, undefined, found, 'declared columns only');
    }
    const upper = BigInt(this.#main.position);
    const source = reopen({ lower: BigInt(partition.position), upper });
    this.#atoms = new LegacyAtomReader(source, { signal, layout, isSuper });
    await this.#atoms.nextPartition();
    this.#batch = [];
    this.#next = 0;
    this.#assembler.begin(partition.deletion, true);
  }

  async #leaveSecondLook(): Promise<void> {
    if (this.#atoms === this.#main) return;
    await this.#atoms.close();
    this.#atoms = this.#main;
  }
}

/**
 * Reads rows of `f` to `lb` with the schema of their table, dropped columns included. Deleted data that its own SSTable's deletions cover is
 * left out, as 3.x does; range tombstones become markers. Rejects as {@link LegacyAtomReader} does, and with `SCM_SSTABLE_CORRUPT` where atoms
 * do not fit the schema; rows before the wrong one are handed out first.
 */
export const openLegacyRowReader = (
  source: RowSource,
  schema: TableSchema,
  options: LegacyRowOptions = {},
): RowReader => new LegacyRowReader(source, schema, options);
