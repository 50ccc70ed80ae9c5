// Control plane. Which table a folder belongs to, from its path alone (spec: sstable-index-and-stats §1.1). Called by file names and
// discovery. Pure: looks at no file system.
import { basename, dirname, join } from 'node:path';
import { hexToTableId } from '@scamander/bytes';

/** What a folder's path says. */
export interface TableLocation {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string | undefined;
  /** Set when the folder is that of a built-in secondary index. */
  readonly indexName: string | undefined;
  readonly kind: 'live' | 'backup' | 'snapshot';
  /** Name of the snapshot. */
  readonly tag: string | undefined;
  /** The table's own folder, above `snapshots/…`, `backups` and `.index`. */
  readonly tableDirectory: string;
}

/** Names to be used instead of those of the path, such as `--keyspace` and `--table`. */
export interface NameOverride {
  readonly keyspace?: string | undefined;
  readonly table?: string | undefined;
}

const TABLE_WITH_ID = /^(.+)-([0-9a-f]{32})$/;
const NAME = /^\w+$/;

/** Whether the text may be a keyspace, table or index name: letters, digits, underscore (spec §1.1). */
export const isSchemaName = (text: string): boolean => NAME.test(text);

/** Splits `<table>-<32 hex digits>`; undefined for other folder names. */
export const parseTableFolder = (
  name: string,
): { readonly table: string; readonly tableId: string } | undefined => {
  const parts = TABLE_WITH_ID.exec(name);
  if (parts === null) return undefined;
  return { table: parts[1] as string, tableId: hexToTableId(parts[2] as string) as string };
};

/** Undoes `.index`, the innermost step of the path. */
const withoutIndex = (directory: string): { directory: string; indexName: string | undefined } => {
  const name = basename(directory);
  return name.length > 1 && name.startsWith('.') && name !== '..'
    ? { directory: dirname(directory), indexName: name.slice(1) }
    : { directory, indexName: undefined };
};

/**
 * Undoes `snapshots/<tag>` and `backups`. A folder called `backups` below one without an id is a table of that name, as it is for
 * nodes (4.x: the parent's name must contain a dash; 5.0: its regular expression prefers the table).
 */
const withoutCopies = (
  directory: string,
): Pick<TableLocation, 'kind' | 'tag' | 'tableDirectory'> => {
  const parent = dirname(directory);
  if (basename(directory) === 'backups' && basename(parent).includes('-'))
    return { kind: 'backup', tag: undefined, tableDirectory: parent };
  if (basename(parent) === 'snapshots')
    return { kind: 'snapshot', tag: basename(directory), tableDirectory: dirname(parent) };
  return { kind: 'live', tag: undefined, tableDirectory: directory };
};

/**
 * Reads keyspace, table and id off an absolute folder path:
 * `…/<keyspace>/<table>[-<32 hex>]/[backups | snapshots/<tag>]/[.<index>]`.
 *
 * Where the last folder has no id, its name up to the first dash is the table and its parent the keyspace, whatever they look like:
 * a copy in any folder can still be described. Names in `override` win.
 */
export const locateTable = (directory: string, override: NameOverride = {}): TableLocation => {
  const inner = withoutIndex(directory);
  const copies = withoutCopies(inner.directory);
  const folder = basename(copies.tableDirectory);
  const withId = parseTableFolder(folder);
  const dash = folder.indexOf('-');
  const plainName = dash > 0 ? folder.slice(0, dash) : folder;
  return {
    keyspace: override.keyspace ?? basename(dirname(copies.tableDirectory)),
    table: override.table ?? withId?.table ?? plainName,
    tableId: withId?.tableId,
    indexName: inner.indexName,
    ...copies,
  };
};

/**
 * The folder of a table's live SSTables: `<dataDirectory>/<keyspace>/<table>-<32 hex>` (spec §1.1).
 * Throws a RangeError when a name could leave the data directory: names come from a schema that was checked before.
 */
export const tableDirectory = (
  dataDirectory: string,
  keyspace: string,
  table: string,
  tableId: string,
): string => {
  const hex = tableId.replaceAll('-', '').toLowerCase();
  for (const name of [keyspace, table])
    if (!isSchemaName(name)) throw new RangeError(`not a keyspace or table name: ${name}`);
  if (hexToTableId(hex) === undefined) throw new RangeError(`not a table id: ${tableId}`);
  return join(dataDirectory, keyspace, `${table}-${hex}`);
};
