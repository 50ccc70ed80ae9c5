// Control plane. What a node of ours does to its data directory before it takes anything new: every receive that was cut off is undone
// or finished (LogTransaction#removeUnfinishedLeftovers does the same at the start of a Cassandra node). Called by the embedded node.
// May not run on the directory of a running node, and deletes nothing that a stream's log or our own staging folder does not name.
import { basename, dirname, join } from 'node:path';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ioError, listFolder } from '../directory/bounded-read.ts';
import {
  parseTransactionLogName,
  readTransactionLog,
  type TransactionLog,
} from '../directory/transaction-log.ts';
import { SSTableError } from '../errors.ts';
import { nodeFileSystem, type ReceiveFileSystem } from './file-system.ts';
import { incomingFolder, stagingRoot } from './plan.ts';

/** What was found and done. */
export interface Recovery {
  /** SSTables of transactions without COMMIT, now deleted: path prefixes such as `…/nb-7-big-`. */
  readonly rolledBack: readonly string[];
  /** Logs of transactions with COMMIT, now deleted; their SSTables stay. */
  readonly completed: readonly string[];
  /** Folders of unfinished receives, now deleted. */
  readonly staging: readonly string[];
  /** Logs that were left alone: of other operations, or damaged before their last record. Discovery still honours them. */
  readonly problems: readonly SSTableError[];
}

const subfolders = async (directory: string): Promise<Either<SSTableError, readonly string[]>> => {
  const entries = await listFolder(directory);
  if (entries._tag === 'Left')
    return entries.left.code === 'SCM_SSTABLE_NOT_FOUND' ? right([]) : left(entries.left);
  return right(
    entries.right
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => join(directory, entry.name)),
  );
};

/** Logs in `<dataDirectory>/<keyspace>/<table>/`. */
const findLogs = async (
  dataDirectory: string,
): Promise<Either<SSTableError, readonly string[]>> => {
  const keyspaces = await subfolders(dataDirectory);
  if (keyspaces._tag === 'Left') return keyspaces;
  const logs: string[] = [];
  for (const keyspace of keyspaces.right) {
    const tables = await subfolders(keyspace);
    if (tables._tag === 'Left') return tables;
    for (const table of tables.right) {
      const entries = await listFolder(table);
      if (entries._tag === 'Left') return entries;
      for (const { name } of entries.right)
        if (parseTransactionLogName(name) !== undefined) logs.push(join(table, name));
    }
  }
  return right(logs);
};

/** Why a log is not ours to act upon; undefined when it is. */
const reasonToLeave = (log: TransactionLog): SSTableError | undefined => {
  if (log.damage !== undefined) return log.damage;
  const operation = parseTransactionLogName(basename(log.file))?.operation;
  if (operation === 'stream' && log.removed.length === 0) return undefined;
  return new SSTableError({
    code: 'SCM_SSTABLE_UNFINISHED',
    file: log.file,
    reason: `the log of an unfinished ${operation ?? 'transaction'}, left for the node that wrote it`,
  });
};

/** Deletes the files of ADD records beside the log, makes that durable, then deletes the log: cut off anywhere, it can be repeated. */
const rollBack = async (
  log: TransactionLog,
  fileSystem: ReceiveFileSystem,
): Promise<Either<SSTableError, readonly string[]>> => {
  const directory = dirname(log.file);
  const entries = await listFolder(directory);
  if (entries._tag === 'Left') return entries;
  const names = entries.right.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  for (const prefix of log.added)
    for (const name of names)
      if (name.startsWith(prefix)) await fileSystem.remove(join(directory, name));
  await fileSystem.syncDirectory(directory);
  await removeLog(log, fileSystem);
  return right(log.added.map((prefix) => join(directory, prefix)));
};

const removeLog = async (log: TransactionLog, fileSystem: ReceiveFileSystem): Promise<void> => {
  await fileSystem.remove(log.file);
  await fileSystem.syncDirectory(dirname(log.file));
};

interface Tally {
  readonly rolledBack: string[];
  readonly completed: string[];
  readonly staging: string[];
  readonly problems: SSTableError[];
}

const settle = async (
  file: string,
  tally: Tally,
  fileSystem: ReceiveFileSystem,
): Promise<Either<SSTableError, void>> => {
  const read = await readTransactionLog(file);
  if (read._tag === 'Left') return read;
  const log = read.right;
  if (log === undefined) return right(undefined);
  const leave = reasonToLeave(log);
  if (leave !== undefined) {
    tally.problems.push(leave);
    return right(undefined);
  }
  try {
    if (log.outcome === 'committed') {
      await removeLog(log, fileSystem);
      tally.completed.push(file);
    } else {
      const undone = await rollBack(log, fileSystem);
      if (undone._tag === 'Left') return undone;
      tally.rolledBack.push(...undone.right);
    }
    return right(undefined);
  } catch (cause) {
    return left(ioError(file, cause));
  }
};

const removeStaging = async (
  dataDirectory: string,
  tally: Tally,
  fileSystem: ReceiveFileSystem,
): Promise<Either<SSTableError, void>> => {
  const root = incomingFolder(dataDirectory);
  const folders = await subfolders(stagingRoot(dataDirectory));
  if (folders._tag === 'Left') return folders;
  try {
    await fileSystem.removeTree(root);
    tally.staging.push(...folders.right);
    return right(undefined);
  } catch (cause) {
    return left(ioError(root, cause));
  }
};

/**
 * Settles what an earlier process left: SSTables of stream transactions without COMMIT are deleted, those with COMMIT stay, staging
 * folders go. Repeating it is harmless, and so is being killed in the middle. Run it before anything is received.
 *
 * Errors: IO, TOO_LONG; what could not be settled is still invisible to discovery and nodes.
 */
export const recover = async (
  dataDirectory: string,
  fileSystem: ReceiveFileSystem = nodeFileSystem,
): Promise<Either<SSTableError, Recovery>> => {
  const tally: Tally = { rolledBack: [], completed: [], staging: [], problems: [] };
  const logs = await findLogs(dataDirectory);
  if (logs._tag === 'Left') return logs;
  for (const file of logs.right) {
    const settled = await settle(file, tally, fileSystem);
    if (settled._tag === 'Left') return settled;
  }
  const staging = await removeStaging(dataDirectory, tally, fileSystem);
  return staging._tag === 'Left' ? staging : right(tally);
};
