// Control plane. File names of one folder sorted into SSTables. Called by folder.ts only. Pure.
import { join } from 'node:path';
import { SSTableError } from '../errors.ts';
import { FOREIGN_FILES_NAMED_MAX } from '../limits.ts';
import { type ParsedName, parseName } from '../naming/file-name.ts';

/** Files that nodes put beside SSTables, and that say nothing about them. */
const NEIGHBOURS: ReadonlySet<string> = new Set(['manifest.json', 'schema.cql']);

/** The files of one SSTable, by name. */
export interface Group {
  readonly name: Omit<ParsedName, 'component'>;
  readonly components: string[];
}

/** What a folder's names say. */
export interface Grouped {
  readonly groups: ReadonlyMap<string, Group>;
  readonly problems: readonly SSTableError[];
}

const isTemporary = (name: string): boolean => name.endsWith('.tmp');

/** A file or folder that is no part of an SSTable. */
export const notAnSSTable = (file: string, reason: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_NOT_AN_SSTABLE', file, reason });

/** Sorts names into SSTables. One problem for each set of files that can't be used, one for each foreign file up to a limit. */
export const groupNames = (directory: string, names: readonly string[]): Grouped => {
  const groups = new Map<string, Group>();
  const refused = new Map<string, SSTableError>();
  const foreign: SSTableError[] = [];
  for (const name of names) {
    if (isTemporary(name) || NEIGHBOURS.has(name)) continue;
    const parsed = parseName(name, join(directory, name));
    if (parsed._tag === 'Left') {
      const { code } = parsed.left;
      if (code === 'SCM_SSTABLE_NOT_AN_SSTABLE') foreign.push(parsed.left);
      else if (code !== 'SCM_SSTABLE_UNFINISHED') {
        const set = name.slice(0, name.lastIndexOf('-'));
        if (!refused.has(set) || name.endsWith('-Data.db')) refused.set(set, parsed.left);
      }
      continue;
    }
    const { component, ...rest } = parsed.right;
    const group = groups.get(rest.prefix) ?? { name: rest, components: [] };
    group.components.push(component);
    groups.set(rest.prefix, group);
  }
  const named = foreign.slice(0, FOREIGN_FILES_NAMED_MAX);
  if (foreign.length > named.length)
    named.push(notAnSSTable(directory, `${foreign.length - named.length} more foreign files`));
  return { groups, problems: [...refused.values(), ...named] };
};
