// Control plane. SSTables of several folders gathered by table. Called by discovery only. Touches no file system.
import { dirname } from 'node:path';
import { SSTableError } from '../errors.ts';
import { locateTable, type TableLocation } from '../naming/location.ts';
import type { DiscoveredTable, SSTableFiles } from '../types.ts';
import type { FolderContents } from './folder.ts';

interface Gathered {
  readonly location: TableLocation;
  readonly directories: string[];
  readonly sstables: SSTableFiles[];
  readonly indexDirectories: string[];
}

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Tables by keyspace, name and id. */
export class TableCollection {
  readonly #tables = new Map<string, Gathered>();
  readonly #identities = new Set<string>();
  /** Names of the tables on disk, whatever they are to be called. */
  readonly #sources = new Set<string>();
  #sstablesSeen = 0;

  /** How many SSTables and index folders were handed in, those counted before included. */
  get sstablesSeen(): number {
    return this.#sstablesSeen;
  }

  /** Adds what a folder holds; an SSTable whose Data.db was added before is left out. */
  add(directory: string, location: TableLocation, contents: FolderContents): void {
    this.#sstablesSeen += contents.sstables.length + contents.indexDirectories.length;
    if (contents.sstables.length + contents.indexDirectories.length === 0) return;
    const key = JSON.stringify([location.keyspace, location.table, location.tableId]);
    const gathered = this.#tables.get(key) ?? {
      location,
      directories: [],
      sstables: [],
      indexDirectories: [],
    };
    this.#tables.set(key, gathered);
    const ofFolder = locateTable(directory);
    for (const { owner } of contents.sstables) this.#addSource(owner ?? ofFolder);
    if (contents.sstables.length === 0) this.#addSource(ofFolder);
    const home = location.indexName === undefined ? directory : dirname(directory);
    if (!gathered.directories.includes(home)) gathered.directories.push(home);
    for (const folder of contents.indexDirectories)
      if (!gathered.indexDirectories.includes(folder)) gathered.indexDirectories.push(folder);
    for (const { files, identity } of contents.sstables) {
      if (this.#identities.has(identity)) continue;
      this.#identities.add(identity);
      gathered.sstables.push(files);
    }
  }

  #addSource({ keyspace, table }: { readonly keyspace: string; readonly table: string }): void {
    this.#sources.add(`${keyspace}.${table}`);
  }

  /** One name for several tables would mix them up. */
  ambiguity(table: string): SSTableError | undefined {
    if (this.#sources.size <= 1) return undefined;
    return new SSTableError({
      code: 'SCM_SSTABLE_NOT_AN_SSTABLE',
      file: table,
      reason: `one table name was given for ${this.#sources.size} tables: ${[...this.#sources].sort().join(', ')}`,
    });
  }

  /** The tables by name. */
  list(): readonly DiscoveredTable[] {
    return [...this.#tables.values()]
      .map(({ location, ...rest }) => ({
        keyspace: location.keyspace,
        table: location.table,
        tableId: location.tableId,
        ...rest,
      }))
      .sort(
        (a, b) =>
          before(a.keyspace, b.keyspace) ||
          before(a.table, b.table) ||
          before(a.tableId ?? '', b.tableId ?? ''),
      );
  }
}
