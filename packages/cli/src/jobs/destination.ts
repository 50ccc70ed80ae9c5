// Control plane. The folder that new SSTables appear in: made when it is missing, taken away again when nothing came of it. Called by the jobs that
// write.
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  isSchemaName,
  nextSSTableId,
  type SSTableDescriptor,
  tableDirectory,
} from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';

/** `<into>/<keyspace>/<table>-<id>` as nodes have it; without the id where the table's is not known. */
export const destinationOf = (
  into: string,
  { keyspace, table, tableId }: Pick<SSTableDescriptor, 'keyspace' | 'table' | 'tableId'>,
): string => {
  const root = resolve(into);
  if (tableId !== undefined && isSchemaName(keyspace) && isSchemaName(table))
    return tableDirectory(root, keyspace, table, tableId);
  return join(root, keyspace, table);
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
};

/** The folders from this one upwards that are not there yet, the lowest first. */
const missingFolders = async (directory: string): Promise<readonly string[]> => {
  const missing: string[] = [];
  for (let at = directory; !(await isThere(at)); at = dirname(at)) missing.push(at);
  return missing;
};

/** Removes folders as long as they are empty. */
const removeEmpty = async (folders: readonly string[]): Promise<void> => {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch {
      return; // something is in it, so it is not ours alone
    }
  }
};

/**
 * Makes the folder for the time of some work. Where the work says that it kept nothing, or fails, the folders that were made are removed; staged files
 * are the writer's to remove.
 */
export const withDestination = async <T>(
  directory: string,
  work: () => Promise<T>,
  isKept: (result: T) => boolean,
): Promise<T> => {
  const made = await missingFolders(directory);
  // the writer stages beside the keyspace and leaves that folder behind, empty
  const staging = join(dirname(dirname(directory)), '.scamander-incoming');
  const madeStaging = (await isThere(staging)) ? [] : [join(staging, 'backups'), staging];
  let kept = false;
  try {
    await mkdir(directory, { recursive: true });
    const result = await work();
    kept = isKept(result);
    return result;
  } finally {
    await removeEmpty(madeStaging);
    if (!kept) await removeEmpty(made);
  }
};

/** Hands out sequence numbers that no file of the folder has. Rejects with SSTableError. */
export const sequenceIn = async (directory: string): Promise<() => string> => {
  const first = await nextSSTableId([directory]);
  if (isLeft(first)) throw first.left;
  let next = Number(first.right);
  return () => String(next++);
};
