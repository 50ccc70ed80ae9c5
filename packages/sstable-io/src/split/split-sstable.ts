// Control plane. One SSTable becomes several: by token ranges, or by size (SSTableSplitter; spec: sstable-data §14). Called by the command line and by
// tools. Rows are decoded and written again, so that the statistics of each part are its own. Touches no input.
import { normalize, type TokenRange } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import { openRows, type RewriteInput } from '../compact/rewrite-input.ts';
import { type RewriteTarget, sharedState, writerOptionsOf } from '../compact/rewrite-target.ts';
import {
  progressOf,
  type RewriteResources,
  type RewriteSource,
  type RewrittenSSTables,
  rewriting,
} from '../compact/rewriting.ts';
import { SSTableSeries } from '../compact/sstable-series.ts';
import type { SSTableError } from '../errors.ts';
import type { RowReader } from '../rows/row-reader.ts';
import { copyRows } from '../write/copy-rows.ts';

/** How an SSTable is split. */
export type SplitBy =
  /** One SSTable for each set of ranges that has partitions in it; partitions in none of them are left out, those in several are in each. */
  | { readonly ranges: readonly (readonly TokenRange[])[] }
  /** A new SSTable begins at the first partition behind so many stored bytes of Data.db. */
  | { readonly sizeBytes: number };

const openOne = async (
  input: RewriteInput,
  ranges: readonly TokenRange[] | undefined,
  target: RewriteTarget,
  resources: RewriteResources,
): Promise<RowReader> => {
  const [reader] = await openRows([input], { ranges, signal: target.signal });
  resources.readers([reader as RowReader]);
  return reader as RowReader;
};

const makeSeries = async (
  input: RewriteInput,
  reader: RowReader,
  target: RewriteTarget,
  sizeBytes: number | undefined,
): Promise<SSTableSeries> => {
  const state = {
    ...sharedState(target.directory, [input]),
    sstableLevel: input.statistics.sstableLevel,
  };
  const options = await writerOptionsOf(target, [input], reader.header, state);
  return new SSTableSeries(options, target.nextId, { sizeBytes });
};

/** Progress over several readers of one input: what is behind them, and the present one. */
const partProgress = (
  target: RewriteTarget,
  input: RewriteInput,
): ((position: number) => void) | undefined => progressOf(target, [input]);

const splitByRanges = async (
  input: RewriteInput,
  sets: readonly (readonly TokenRange[])[],
  target: RewriteTarget,
  resources: RewriteResources,
): Promise<SSTableSeries> => {
  const { signal } = target;
  const progress = partProgress(target, input);
  let series: SSTableSeries | undefined;
  for (const set of sets) {
    const ranges = normalize(input.partitioner, set);
    const reader = await openOne(input, ranges, target, resources);
    series ??= resources.series(await makeSeries(input, reader, target, undefined));
    await copyRows(reader, series, { signal, progress });
    await series.next();
  }
  if (series === undefined) throw new RangeError('a split into no ranges');
  return series;
};

const splitBySize = async (
  input: RewriteInput,
  sizeBytes: number,
  target: RewriteTarget,
  resources: RewriteResources,
): Promise<SSTableSeries> => {
  if (!(sizeBytes > 0)) throw new RangeError(`a split into parts of ${sizeBytes} bytes`);
  const reader = await openOne(input, undefined, target, resources);
  const series = resources.series(await makeSeries(input, reader, target, sizeBytes));
  await copyRows(reader, series, {
    signal: target.signal,
    progress: partProgress(target, input),
  });
  return series;
};

/**
 * Splits an SSTable. Level and repair state are those of the input, everything else in the statistics is that of the part. The parts appear
 * together, or nothing does and nothing is left.
 *
 * Left: as those of {@link compactSSTables}. Throws a RangeError for no ranges and for a size of nothing.
 */
export const splitSSTable = (
  source: RewriteSource,
  by: SplitBy,
  target: RewriteTarget,
): Promise<Either<SSTableError, RewrittenSSTables>> =>
  rewriting([source], target, async (inputs, resources) => {
    const input = inputs[0] as RewriteInput;
    const series =
      'ranges' in by
        ? await splitByRanges(input, by.ranges, target, resources)
        : await splitBySize(input, by.sizeBytes, target, resources);
    const sstables = await series.finish(target);
    return { sstables, partitions: series.partitions };
  });
