// Control plane. The frame of everything that writes SSTables again: inputs opened and closed, one series written, errors on the left, nothing left
// behind. Called by the compaction, the split and the upgrade.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ioError } from '../directory/bounded-read.ts';
import { SSTableError } from '../errors.ts';
import { openSSTable } from '../open.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { SSTableFiles } from '../types.ts';
import type { RewriteInput } from './rewrite-input.ts';
import type { RewriteTarget } from './rewrite-target.ts';
import type { SSTableSeries } from './sstable-series.ts';

/** What was written. */
export interface RewrittenSSTables {
  /** In the order of their partitions; none when nothing was left to write. */
  readonly sstables: readonly SSTableFiles[];
  readonly partitions: number;
}

/** Closed afterwards: those that were opened here. */
interface Opened {
  readonly inputs: readonly RewriteInput[];
  readonly close: () => Promise<void>;
}

/** An SSTable that is open already, or its files. */
export type RewriteSource = RewriteInput | SSTableFiles;

const openInputs = async (sources: readonly RewriteSource[]): Promise<Opened> => {
  const closes: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closes) await one();
  };
  const inputs: RewriteInput[] = [];
  for (const source of sources) {
    if ('rows' in source) {
      inputs.push(source);
      continue;
    }
    const opened = await openSSTable(source);
    if (opened._tag === 'Left') {
      await close();
      throw opened.left;
    }
    const sstable = opened.right;
    closes.push(() => sstable.close());
    inputs.push(sstable);
  }
  return { inputs, close };
};

/** Tells progress with what was read of all inputs. */
export const progressOf = (
  { progress }: RewriteTarget,
  inputs: readonly RewriteInput[],
): ((position: number) => void) | undefined => {
  if (progress === undefined) return undefined;
  const totalBytes = inputs.reduce((sum, { dataLengthBytes }) => sum + Number(dataLengthBytes), 0);
  return (position) => progress(position, totalBytes);
};

/** What was opened for one rewriting, to be closed at its end. */
export class RewriteResources {
  readonly #readers: RowReader[] = [];
  #series: SSTableSeries | undefined;

  /** Readers that are closed at the end. */
  readers(readers: readonly RowReader[]): void {
    this.#readers.push(...readers);
  }

  /** The series that is aborted at the end, unless it has finished. */
  series(series: SSTableSeries): SSTableSeries {
    this.#series = series;
    return series;
  }

  async release(): Promise<void> {
    await Promise.allSettled(this.#readers.map((reader) => reader.close()));
    await this.#series?.abort();
  }
}

/** Runs one rewriting. Left: its SSTableError, or the reason of an aborted signal as an IO error. */
export const rewriting = async (
  sources: readonly RewriteSource[],
  target: RewriteTarget,
  work: (
    inputs: readonly RewriteInput[],
    resources: RewriteResources,
  ) => Promise<RewrittenSSTables>,
): Promise<Either<SSTableError, RewrittenSSTables>> => {
  const resources = new RewriteResources();
  let opened: Opened | undefined;
  try {
    target.signal?.throwIfAborted();
    opened = await openInputs(sources);
    return right(await work(opened.inputs, resources));
  } catch (error) {
    if (error instanceof SSTableError) return left(error);
    if (error instanceof RangeError || error instanceof TypeError) throw error;
    return left(ioError(target.directory, error));
  } finally {
    await resources.release();
    await opened?.close();
  }
};
