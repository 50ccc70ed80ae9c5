// Control plane. One consistent look at a folder in which a node may be at work. Called by folder.ts only. Reads only.
import type { Dirent, Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Either, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import { LISTING_ATTEMPTS_MAX, STAT_CONCURRENCY_MAX } from '../limits.ts';
import { ioError, isNotFound, listFolder } from './bounded-read.ts';
import { type Group, groupNames, notAnSSTable } from './grouping.ts';
import {
  parseTransactionLogName,
  readTransactionLog,
  type TransactionLog,
} from './transaction-log.ts';
import type { Stated } from './verdict.ts';

/** What a look has found. */
export interface Look {
  readonly groups: ReadonlyMap<string, Group>;
  readonly stats: Stated;
  readonly logs: readonly TransactionLog[];
  /** Names of folders below this one. */
  readonly folders: readonly string[];
  readonly problems: readonly SSTableError[];
  /** Prefixes of SSTables whose files came or went meanwhile; empty but for a folder that never comes to rest. */
  readonly unstable: ReadonlySet<string>;
}

const isLog = (name: string): boolean => parseTransactionLogName(name) !== undefined;

/** Names of the files, links to files included. A link to nothing counts as a file: it is named later. */
const fileNames = async (
  directory: string,
  entries: readonly Dirent[],
): Promise<readonly string[]> => {
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() || isLog(entry.name)) continue;
    const target = entry.isSymbolicLink()
      ? await stat(join(directory, entry.name)).catch(() => undefined)
      : undefined;
    if (target?.isDirectory() !== true) names.push(entry.name);
  }
  return names;
};

/** Looks at every file, some at a time. */
const statAll = async (
  directory: string,
  names: readonly string[],
): Promise<{ stats: Stated; problems: readonly SSTableError[] }> => {
  const stats = new Map<string, Stats>();
  const problems: SSTableError[] = [];
  const one = async (name: string): Promise<void> => {
    const file = join(directory, name);
    try {
      const found = await stat(file);
      if (found.isFile()) stats.set(name, found);
      else problems.push(notAnSSTable(file, 'not a regular file'));
    } catch (cause) {
      problems.push(
        isNotFound(cause)
          ? new SSTableError(
              { code: 'SCM_SSTABLE_NOT_FOUND', file, reason: 'gone, or a link to nothing' },
              { cause },
            )
          : ioError(file, cause),
      );
    }
  };
  for (let index = 0; index < names.length; index += STAT_CONCURRENCY_MAX)
    await Promise.all(names.slice(index, index + STAT_CONCURRENCY_MAX).map(one));
  return { stats, problems };
};

const readLogs = async (
  directory: string,
  names: readonly string[],
): Promise<{ logs: readonly TransactionLog[]; problems: readonly SSTableError[] }> => {
  const logs: TransactionLog[] = [];
  const problems: SSTableError[] = [];
  for (const name of names) {
    const log = await readTransactionLog(join(directory, name));
    if (log._tag === 'Left') problems.push(log.left);
    else if (log.right !== undefined) logs.push(log.right);
  }
  return { logs, problems };
};

/** Names that stand in one list only. */
const difference = (a: readonly Dirent[], b: readonly Dirent[]): readonly string[] => {
  const inA = new Set(a.map((entry) => entry.name));
  const inB = new Set(b.map((entry) => entry.name));
  return [
    ...[...inA].filter((name) => !inB.has(name)),
    ...[...inB].filter((name) => !inA.has(name)),
  ];
};

const restless = (directory: string, prefix: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_UNFINISHED',
    file: join(directory, `${prefix}Data.db`),
    reason: 'its files came or went while the folder was read',
  });

/**
 * Lists the folder, reads the logs, looks at the files and lists again: only when both lists are equal is a set of files whole. Files
 * whose log came or went in between would look finished or damaged. Repeated a few times; what still moves then is left out.
 */
export const lookAt = async (directory: string): Promise<Either<SSTableError, Look>> => {
  for (let attempt = 1; ; attempt++) {
    const before = await listFolder(directory);
    if (before._tag === 'Left') return before;
    const read = await readLogs(directory, before.right.map((entry) => entry.name).filter(isLog));
    const { groups, problems } = groupNames(directory, await fileNames(directory, before.right));
    const names = [...groups].flatMap(([prefix, group]) =>
      group.components.map((component) => `${prefix}${component}`),
    );
    const stated = await statAll(directory, names);
    const after = await listFolder(directory);
    if (after._tag === 'Left') return after;
    const moved = difference(before.right, after.right);
    if (moved.length > 0 && attempt < LISTING_ATTEMPTS_MAX) continue;
    const late = await readLogs(directory, moved.filter(isLog));
    const unstable = new Set(
      moved
        .map((name) => name.slice(0, name.lastIndexOf('-') + 1))
        .filter((prefix) => groups.has(prefix)),
    );
    return right({
      groups,
      stats: stated.stats,
      logs: [...read.logs, ...late.logs],
      folders: before.right.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
      problems: [
        ...problems,
        ...read.problems,
        ...late.problems,
        ...stated.problems,
        ...[...unstable].map((prefix) => restless(directory, prefix)),
      ],
      unstable,
    });
  }
};
