// Control plane. Which SSTables of a folder the transaction logs take away (spec: sstable-index-and-stats §1.6; LogAwareFileLister).
// Called by folder.ts only. Pure.
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { SSTableError } from '../errors.ts';
import type { Group } from './grouping.ts';
import type { TransactionLog } from './transaction-log.ts';

/** File name to what the file system says of it. */
export type Stated = ReadonlyMap<string, Stats>;

/** What the logs of a folder decide. */
export interface Verdict {
  /** Prefixes of files to be ignored. */
  readonly ignored: ReadonlySet<string>;
  readonly problems: readonly SSTableError[];
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/**
 * Whether the files of a REMOVE record are the ones it meant: their latest change must be the recorded one, else somebody copied them
 * back (LogFile#verifyRecord). Compared in seconds, since nodes on Java 8 know no finer time.
 */
const isObsolete = (prefix: string, updateTimeMs: number, stats: Stated): boolean => {
  let latestMs = 0;
  for (const [name, found] of stats)
    if (name.startsWith(prefix)) latestMs = Math.max(latestMs, found.mtimeMs);
  return latestMs > 0 && seconds(latestMs) === seconds(updateTimeMs);
};

/** Applies the logs of a folder: ADD without COMMIT is unfinished, REMOVE with COMMIT is obsolete (LogAwareFileLister). */
export const judge = (
  logs: readonly TransactionLog[],
  directory: string,
  groups: ReadonlyMap<string, Group>,
  stats: Stated,
): Verdict => {
  const ignored = new Set<string>();
  const problems: SSTableError[] = [];
  for (const log of logs) {
    if (log.damage !== undefined) problems.push(log.damage);
    if (log.outcome !== 'committed')
      for (const prefix of log.added) {
        ignored.add(prefix);
        if (groups.has(prefix))
          problems.push(
            new SSTableError({
              code: 'SCM_SSTABLE_UNFINISHED',
              file: join(directory, `${prefix}Data.db`),
              reason: `${log.file} has no COMMIT: the SSTable is not finished`,
            }),
          );
      }
    else
      for (const { prefix, updateTimeMs } of log.removed)
        if (isObsolete(prefix, updateTimeMs, stats)) ignored.add(prefix);
  }
  return { ignored, problems };
};
