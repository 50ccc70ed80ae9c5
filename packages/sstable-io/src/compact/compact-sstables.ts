// Control plane. Several SSTables of one table become one, or a few, with the same contents (CompactionTask). Called by the command line and by
// tools; the work is done by the merge and the writer. Touches no input: whoever calls decides what becomes of them.
import type { Either } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import { MergedRowReader } from '../merge/merged-row-reader.ts';
import type { PurgeOptions } from '../merge/purger.ts';
import { copyRows } from '../write/copy-rows.ts';
import { openRows, type RewriteInput } from './rewrite-input.ts';
import { type RewriteTarget, sharedState, writerOptionsOf } from './rewrite-target.ts';
import { progressOf, type RewriteSource, type RewrittenSSTables, rewriting } from './rewriting.ts';
import { SSTableSeries } from './sstable-series.ts';

/** A compaction. */
export interface CompactOptions extends RewriteTarget {
  /** What is left out because everybody has heard of its deletion. @default nothing, whatever its age */
  readonly purge?: PurgeOptions | undefined;
  /** A new SSTable begins at the first partition behind so many stored bytes of Data.db. @default one for all */
  readonly sstableBytesMax?: number | undefined;
}

/**
 * Merges SSTables of one table into new ones at level 0, whose time of repair is the earliest of the inputs. They appear together, or nothing
 * does and nothing is left. Without anything left to write, after a purge, there are none.
 *
 * Left: UNSUPPORTED (inputs of several tables, partitioners or repair sessions; what can't be compressed or indexed), UNWRITABLE (what the version
 * can't hold, with the partition), CORRUPT and others of the inputs, IO (a reason that begins with ENOSPC when the disk is full; an aborted
 * signal). Throws a RangeError for no inputs.
 */
export const compactSSTables = (
  sources: readonly RewriteSource[],
  options: CompactOptions,
): Promise<Either<SSTableError, RewrittenSSTables>> =>
  rewriting(sources, options, async (inputs, resources) => {
    const state = sharedState(options.directory, inputs);
    const { partitioner } = inputs[0] as RewriteInput;
    const { signal, purge, sstableBytesMax } = options;
    const readers = await openRows(inputs, { signal });
    resources.readers(readers);
    const reader = new MergedRowReader(readers, { partitioner, purge });
    const series = resources.series(
      new SSTableSeries(
        await writerOptionsOf(options, inputs, reader.header, state),
        options.nextId,
        { sizeBytes: sstableBytesMax },
      ),
    );
    await copyRows(reader, series, { signal, progress: progressOf(options, inputs) });
    const sstables = await series.finish(options);
    return { sstables, partitions: series.partitions };
  });
