// Control plane. One folder of SSTables as a node would see it: files grouped, transaction logs honoured, incomplete sets named.
// Called by discovery. Reads only; may not follow folders further down.
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { type Either, right } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import { describe, ownerOf } from '../naming/file-name.ts';
import type { NameOverride, TableLocation } from '../naming/location.ts';
import { compareSSTableIds, parseSSTableId } from '../naming/sstable-id.ts';
import type { SSTableFiles } from '../types.ts';
import { checkCompleteness } from './completeness.ts';
import type { Group } from './grouping.ts';
import { type Look, lookAt } from './look.ts';
import { readToc } from './toc.ts';
import { judge } from './verdict.ts';

/** A complete SSTable, and what tells its Data.db from every other file: the same one may be reached by several paths. */
export interface FoundSSTable {
  readonly files: SSTableFiles;
  readonly identity: string;
  /** Keyspace and table that the file names themselves say, whatever they are to be called. */
  readonly owner: ReturnType<typeof ownerOf>;
}

/** What a folder of SSTables holds. */
export interface FolderContents {
  readonly sstables: readonly FoundSSTable[];
  /** Folders of built-in secondary indexes below this one. */
  readonly indexDirectories: readonly string[];
  readonly problems: readonly SSTableError[];
}

const sizesOf = (group: Group, prefix: string, look: Look): ReadonlyMap<string, number> => {
  const components = new Map<string, number>();
  for (const component of group.components) {
    const found = look.stats.get(`${prefix}${component}`);
    if (found !== undefined) components.set(component, found.size);
  }
  return components;
};

const collect = async (
  directory: string,
  location: TableLocation,
  look: Look,
  ignored: ReadonlySet<string>,
  override: NameOverride,
): Promise<Pick<FolderContents, 'sstables' | 'problems'>> => {
  const sstables: FoundSSTable[] = [];
  const problems: SSTableError[] = [];
  for (const [prefix, group] of look.groups) {
    if (ignored.has(prefix) || look.unstable.has(prefix)) continue;
    // nodes up to 1.1 marked what they had compacted, and deleted it later
    if (group.components.includes('Compacted')) continue;
    const components = sizesOf(group, prefix, look);
    if (components.size === 0) continue;
    const descriptor = describe(group.name, directory, location, override);
    const files = { descriptor, components };
    const toc = await readToc(files.descriptor);
    if (toc._tag === 'Left') problems.push(toc.left);
    const state = checkCompleteness(files, toc._tag === 'Right' ? toc.right : undefined);
    problems.push(...state.remarks);
    if (state.fatal === undefined) {
      const data = look.stats.get(`${prefix}Data.db`) as Stats;
      const owner = ownerOf(group.name, directory);
      sstables.push({ files, identity: `${data.dev}:${data.ino}`, owner });
    } else problems.push(state.fatal);
  }
  return { sstables, problems };
};

const byId = (a: FoundSSTable, b: FoundSSTable): number => {
  const one = parseSSTableId(a.files.descriptor.id);
  const other = parseSSTableId(b.files.descriptor.id);
  return one === undefined || other === undefined ? 0 : compareSSTableIds(one, other);
};

/** Reads a folder of SSTables. Errors: NOT_FOUND, TOO_LONG, IO of the folder itself; everything smaller is in `problems`. */
export const readSSTableFolder = async (
  directory: string,
  location: TableLocation,
  override: NameOverride = {},
): Promise<Either<SSTableError, FolderContents>> => {
  const look = await lookAt(directory);
  if (look._tag === 'Left') return look;
  const verdict = judge(look.right.logs, directory, look.right.groups, look.right.stats);
  const found = await collect(directory, location, look.right, verdict.ignored, override);
  return right({
    sstables: [...found.sstables].sort(byId),
    indexDirectories: look.right.folders
      .filter((name) => /^\.\w/.test(name))
      .map((name) => join(directory, name)),
    problems: [...look.right.problems, ...verdict.problems, ...found.problems],
  });
};
