// Control plane. Which tables an embedded node knows, and where they lie. Called by the receiving and the sending side of serve.
// A stream names tables by id only, so a table must be known (a folder `<keyspace>/<table>-<id>`) before anything is taken for it.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hexToTableId } from '@scamander/bytes';
import type { TableSchema } from '@scamander/cql-types';
import { nextSSTableId, type SSTableError, tableDirectory } from '@scamander/sstable-io';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';

/** One table of the node. */
export interface KnownTable {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly directory: string;
  /** Where it is known; folders do not say it. */
  readonly schema?: TableSchema | undefined;
}

const FOLDER = /^(\w+)-([0-9a-f]{32})$/;

const tablesOf = async (dataDirectory: string, keyspace: string): Promise<KnownTable[]> => {
  const entries = await readdir(join(dataDirectory, keyspace), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const match = entry.isDirectory() ? FOLDER.exec(entry.name) : null;
    if (match === null) return [];
    const [, table = '', hex = ''] = match;
    const tableId = hexToTableId(hex);
    const directory = join(dataDirectory, keyspace, entry.name);
    return tableId === undefined ? [] : [{ keyspace, table, tableId, directory }];
  });
};

/** Tables by id. */
export class TableRegistry {
  readonly dataDirectory: string;
  readonly #tables: Map<string, KnownTable>;
  /** Ids handed out but not yet on disk, by directory: two files received at once must not get the same one. */
  readonly #lastId = new Map<string, number>();

  private constructor(dataDirectory: string, tables: readonly KnownTable[]) {
    this.dataDirectory = dataDirectory;
    this.#tables = new Map(tables.map((table) => [table.tableId, table]));
  }

  /** Reads the folder names below the data directory, which is created where it is missing. */
  static async open(dataDirectory: string): Promise<TableRegistry> {
    await mkdir(dataDirectory, { recursive: true });
    const entries = await readdir(dataDirectory, { withFileTypes: true });
    const keyspaces = entries.filter((entry) => entry.isDirectory() && /^\w+$/.test(entry.name));
    const tables = await Promise.all(keyspaces.map(({ name }) => tablesOf(dataDirectory, name)));
    return new TableRegistry(dataDirectory, tables.flat());
  }

  /** Makes a table known and creates its folder. */
  async add(
    keyspace: string,
    table: string,
    tableId: string,
    schema?: TableSchema,
  ): Promise<KnownTable> {
    const directory = tableDirectory(this.dataDirectory, keyspace, table, tableId);
    await mkdir(directory, { recursive: true });
    const known = { keyspace, table, tableId, directory, schema };
    this.#tables.set(tableId, known);
    return known;
  }

  get(tableId: string): KnownTable | undefined {
    return this.#tables.get(tableId);
  }

  /** All tables of a keyspace, or the named ones. */
  select(keyspace: string, names: readonly string[]): readonly KnownTable[] {
    return [...this.#tables.values()].filter(
      (table) => table.keyspace === keyspace && (names.length === 0 || names.includes(table.table)),
    );
  }

  get all(): readonly KnownTable[] {
    return [...this.#tables.values()];
  }

  /** A sequence id that no SSTable of the table uses. */
  async nextId(table: KnownTable): Promise<Either<SSTableError, string>> {
    const onDisk = await nextSSTableId([table.directory]);
    if (isLeft(onDisk)) return onDisk;
    const id = Math.max(Number(onDisk.right), (this.#lastId.get(table.directory) ?? 0) + 1);
    this.#lastId.set(table.directory, id);
    return right(String(id));
  }
}
