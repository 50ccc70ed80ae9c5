// Control plane. One SSTable written again in another version, up or, where nothing is lost, down (Upgrader). Called by the command line and by tools.
// Touches no input.
import type { Either } from 'fp-ts/lib/Either.js';
import { openRows, type RewriteInput } from '../compact/rewrite-input.ts';
import { type RewriteTarget, sharedState, writerOptionsOf } from '../compact/rewrite-target.ts';
import {
  progressOf,
  type RewriteSource,
  type RewrittenSSTables,
  rewriting,
} from '../compact/rewriting.ts';
import { SSTableSeries } from '../compact/sstable-series.ts';
import type { SSTableError } from '../errors.ts';
import type { RowReader } from '../rows/row-reader.ts';
import { copyRows } from '../write/copy-rows.ts';
import type { WrittenVersion } from '../write/writer-options.ts';

/** A rewriting in a version that is given. */
export interface RewriteOptions extends RewriteTarget {
  readonly version: WrittenVersion;
}

/**
 * Writes an SSTable again: the same rows, level and repair state, in another version. Rows stay as they are, also what they shadow themselves.
 *
 * Left: UNWRITABLE with the first partition that the version can't hold, and why: deletion times beyond 2038 before `oa` (unless they are to
 * be capped), partition deletions of negative timestamps from `oa` on; UNSUPPORTED for columns and compressors that it does not know, such as vectors
 * before `na`; otherwise as those of {@link compactSSTables}. Nothing is left then.
 */
export const rewriteSSTable = (
  source: RewriteSource,
  options: RewriteOptions,
): Promise<Either<SSTableError, RewrittenSSTables>> =>
  rewriting([source], options, async (inputs, resources) => {
    const input = inputs[0] as RewriteInput;
    const { signal } = options;
    const [reader] = (await openRows([input], { signal })) as [RowReader];
    resources.readers([reader]);
    const state = {
      ...sharedState(options.directory, [input]),
      sstableLevel: input.statistics.sstableLevel,
    };
    const series = resources.series(
      new SSTableSeries(
        await writerOptionsOf(options, [input], reader.header, state),
        options.nextId,
      ),
    );
    await copyRows(reader, series, { signal, progress: progressOf(options, inputs) });
    const sstables = await series.finish(options);
    return { sstables, partitions: series.partitions };
  });
