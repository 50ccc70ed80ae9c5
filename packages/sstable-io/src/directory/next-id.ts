// Control plane. A sequence number that no SSTable of a table uses (spec: sstable-index-and-stats §1.3). Called by the embedded node.
// Reads folders only; ids handed out but not yet on disk are the caller's to remember.
import { basename, join } from 'node:path';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import { parseName } from '../naming/file-name.ts';
import { nextSequenceId } from '../naming/sstable-id.ts';
import { listFolder } from './bounded-read.ts';
import { parseTransactionLogName, readTransactionLog } from './transaction-log.ts';

/** Ids of the files in one folder and of the records in its transaction logs, finished or not. */
const idsIn = async (directory: string): Promise<Either<SSTableError, readonly string[]>> => {
  const entries = await listFolder(directory);
  if (entries._tag === 'Left')
    return entries.left.code === 'SCM_SSTABLE_NOT_FOUND' ? right([]) : left(entries.left);
  const names = entries.right.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  for (const name of [...names])
    if (parseTransactionLogName(name) !== undefined) {
      const log = await readTransactionLog(join(directory, name));
      if (log._tag === 'Left') return log;
      names.push(...(log.right?.added ?? []).map((prefix) => `${prefix}Data.db`));
    }
  const ids: string[] = [];
  for (const name of names) {
    const parsed = parseName(basename(name), name);
    if (parsed._tag === 'Right') ids.push(parsed.right.id);
  }
  return right(ids);
};

/**
 * 1 + the largest sequence number in the table's directories and their `backups`; `1` for a table without files. Directories that
 * don't exist count as empty. Errors: IO, TOO_LONG; UNSUPPORTED when the numbers are used up.
 */
export const nextSSTableId = async (
  tableDirectories: readonly string[],
): Promise<Either<SSTableError, string>> => {
  const ids: string[] = [];
  for (const directory of tableDirectories)
    for (const folder of [directory, join(directory, 'backups')]) {
      const found = await idsIn(folder);
      if (found._tag === 'Left') return found;
      for (const id of found.right) ids.push(id);
    }
  const next = nextSequenceId(ids);
  return next === undefined
    ? left(
        new SSTableError({
          code: 'SCM_SSTABLE_UNSUPPORTED',
          file: tableDirectories.join(', '),
          what: 'a table whose sequence numbers are used up (2147483647)',
        }),
      )
    : right(next);
};
