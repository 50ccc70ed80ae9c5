// Control plane. What lies below the folders a person names (CLI: `load DIR…`; spec: sstable-index-and-stats §1.1). Called by the front
// door and the command line. Reads only; loads no component but TOC.txt and transaction logs.
import type { Dirent } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SSTableError } from '../errors.ts';
import { DISCOVERY_DIRECTORIES_MAX } from '../limits.ts';
import { parseName, parseSSTableFileName } from '../naming/file-name.ts';
import {
  locateTable,
  type NameOverride,
  parseTableFolder,
  type TableLocation,
} from '../naming/location.ts';
import type { Discovery } from '../types.ts';
import { ioError, listFolder } from './bounded-read.ts';
import { type FolderContents, type FoundSSTable, readSSTableFolder } from './folder.ts';
import { TableCollection } from './table-collection.ts';
import { parseTransactionLogName } from './transaction-log.ts';

/** How to look. Names given here replace those of the folders. */
export interface DiscoverOptions extends NameOverride {
  /** Stops the search; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Walk {
  readonly options: DiscoverOptions;
  readonly tables: TableCollection;
  readonly problems: SSTableError[];
  /** Real paths of folders that were looked into: links and repeated arguments lead to each folder once. */
  readonly visited: Set<string>;
}

const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted !== true) return;
  const { reason } = signal;
  throw reason instanceof Error ? reason : new Error('discovery aborted', { cause: reason });
};

const notAnSSTable = (file: string, reason: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_NOT_AN_SSTABLE', file, reason });

const indexFolder = (file: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_UNSUPPORTED',
    file,
    what: 'the folder of a built-in secondary index: the node rebuilds it from the table',
  });

/** The path as given says more than where links lead, unless only the real path has a table id. */
const locate = async (directory: string, options: DiscoverOptions): Promise<TableLocation> => {
  const given = locateTable(directory, options);
  if (given.tableId !== undefined) return given;
  const real = locateTable(await realpath(directory), options);
  return real.tableId === undefined ? given : real;
};

/** Whether a folder holds SSTables, as opposed to folders that do. Names of old releases and unknown versions count. */
const isSSTableFolder = (directory: string, entries: readonly Dirent[]): boolean =>
  parseTableFolder(basename(directory)) !== undefined ||
  locateTable(directory).kind !== 'live' ||
  entries.some((entry) => {
    if (entry.isDirectory()) return false;
    if (parseTransactionLogName(entry.name) !== undefined) return true;
    const name = parseName(entry.name, entry.name);
    return name._tag === 'Right' || name.left.code !== 'SCM_SSTABLE_NOT_AN_SSTABLE';
  });

const keep = (
  walk: Walk,
  directory: string,
  location: TableLocation,
  contents: FolderContents,
): void => {
  const { problems, sstables, indexDirectories } = contents;
  walk.problems.push(...problems);
  // file names of before 2.2 say their table, and one folder may then hold several
  const tables = new Map<string, FoundSSTable[]>([[`${location.keyspace}.${location.table}`, []]]);
  for (const found of sstables) {
    const { keyspace, table } = found.files.descriptor;
    const ofTable = tables.get(`${keyspace}.${table}`) ?? [];
    ofTable.push(found);
    tables.set(`${keyspace}.${table}`, ofTable);
  }
  for (const [name, found] of tables) {
    const isOfFolder = name === `${location.keyspace}.${location.table}`;
    const { keyspace, table } = found[0]?.files.descriptor ?? location;
    walk.tables.add(
      directory,
      { ...location, keyspace, table },
      { sstables: found, indexDirectories: isOfFolder ? indexDirectories : [], problems: [] },
    );
  }
};

const visitSSTableFolder = async (walk: Walk, directory: string): Promise<void> => {
  const location = await locate(directory, walk.options);
  if (location.indexName !== undefined) {
    walk.problems.push(indexFolder(directory));
    walk.tables.add(directory, location, {
      sstables: [],
      indexDirectories: [directory],
      problems: [],
    });
    return;
  }
  const contents = await readSSTableFolder(directory, location, walk.options);
  if (contents._tag === 'Left') walk.problems.push(contents.left);
  else keep(walk, directory, location, contents.right);
};

/** Folders further down that may be keyspaces or tables. Those with a leading dot are indexes or somebody's own. */
const childFolders = async (
  directory: string,
  entries: readonly Dirent[],
): Promise<readonly string[]> => {
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(directory, entry.name);
    const isFolder = entry.isSymbolicLink()
      ? await stat(path).then(
          (target) => target.isDirectory(),
          () => false,
        )
      : entry.isDirectory();
    if (isFolder) folders.push(path);
  }
  return folders;
};

/** `snapshots` itself: its tags hold the same SSTables over and over, so one of them must be named. */
const isSnapshotsFolder = (directory: string): boolean =>
  basename(directory) === 'snapshots' && basename(dirname(directory)).includes('-');

/** Data directory → keyspace → table: two levels below the one given. */
const LEVELS_BELOW = 2;

const visitFolder = async (walk: Walk, directory: string, level: number): Promise<void> => {
  throwIfAborted(walk.options.signal);
  const real = await realpath(directory);
  if (walk.visited.has(real)) return;
  walk.visited.add(real);
  if (walk.visited.size > DISCOVERY_DIRECTORIES_MAX)
    throw new SSTableError({
      code: 'SCM_SSTABLE_TOO_LONG',
      file: directory,
      offset: undefined,
      field: 'number of folders',
      value: BigInt(walk.visited.size),
      limit: BigInt(DISCOVERY_DIRECTORIES_MAX),
    });
  const entries = await listFolder(directory);
  if (entries._tag === 'Left') {
    walk.problems.push(entries.left);
    return;
  }
  if (isSnapshotsFolder(directory)) {
    const tags = (await childFolders(directory, entries.right)).map((path) => basename(path));
    walk.problems.push(notAnSSTable(directory, `name one of its snapshots: ${tags.join(', ')}`));
  } else if (isSSTableFolder(directory, entries.right)) await visitSSTableFolder(walk, directory);
  else if (level < LEVELS_BELOW)
    for (const child of await childFolders(directory, entries.right))
      await visitFolder(walk, child, level + 1);
};

/** A single file: its SSTable alone, judged by its whole folder. */
const visitFile = async (walk: Walk, file: string): Promise<void> => {
  const parsed = parseSSTableFileName(file, walk.options);
  if (parsed._tag === 'Left') {
    walk.problems.push(parsed.left);
    return;
  }
  const { directory, prefix, indexName } = parsed.right.descriptor;
  const location = await locate(directory, walk.options);
  if (indexName !== undefined) {
    walk.problems.push(indexFolder(file));
    return;
  }
  const contents = await readSSTableFolder(directory, location, walk.options);
  if (contents._tag === 'Left') {
    walk.problems.push(contents.left);
    return;
  }
  const start = join(directory, prefix);
  const sstables = contents.right.sstables.filter((one) => one.files.descriptor.prefix === prefix);
  const problems = contents.right.problems.filter((one) => one.detail.file.startsWith(start));
  if (sstables.length === 0 && problems.length === 0)
    problems.push(
      new SSTableError({
        code: 'SCM_SSTABLE_UNFINISHED',
        file,
        reason: 'a transaction log says that it is obsolete: other SSTables replaced it',
      }),
    );
  keep(walk, directory, location, { sstables, problems, indexDirectories: [] });
};

const visitArgument = async (walk: Walk, path: string): Promise<void> => {
  const absolute = resolve(path);
  const findings = (): number => walk.tables.sstablesSeen + walk.problems.length;
  const findingsBefore = findings();
  const foldersBefore = walk.visited.size;
  try {
    const target = await stat(absolute);
    if (target.isDirectory()) await visitFolder(walk, absolute, 0);
    else await visitFile(walk, absolute);
  } catch (cause) {
    throwIfAborted(walk.options.signal);
    walk.problems.push(cause instanceof SSTableError ? cause : ioError(absolute, cause));
  }
  if (walk.visited.size > foldersBefore && findings() === findingsBefore)
    walk.problems.push(
      new SSTableError({
        code: 'SCM_SSTABLE_NOT_FOUND',
        file: absolute,
        reason: 'no SSTables in this folder',
      }),
    );
};

/**
 * Finds the SSTables below each path: a table directory, a keyspace directory, a data directory (or several), a `snapshots/NAME` or
 * `backups` folder, or one file of an SSTable. Below a table directory only live SSTables are taken.
 *
 * An SSTable reached twice, also by a link or a second argument, counts once (by its Data.db). Nothing that is found wrong keeps the
 * rest from being found: see `problems`. Rejects only when the signal fires.
 */
export const discover = async (
  paths: readonly string[],
  options: DiscoverOptions = {},
): Promise<Discovery> => {
  throwIfAborted(options.signal);
  const walk: Walk = {
    options,
    tables: new TableCollection(),
    problems: [],
    visited: new Set(),
  };
  for (const path of paths) await visitArgument(walk, path);
  const ambiguous = options.table === undefined ? undefined : walk.tables.ambiguity(options.table);
  if (ambiguous !== undefined) return { tables: [], problems: [...walk.problems, ambiguous] };
  return { tables: walk.tables.list(), problems: walk.problems };
};
