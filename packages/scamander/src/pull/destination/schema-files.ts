// Control plane. The schema beside the data: `schema.cql` in each table's folder, as snapshots have it, and one for the keyspace in the nodes' own
// words. Called by pull() before anything is asked for. What it parses is what sections are written by.
import { join } from 'node:path';
import {
  inKeyspace,
  parseSchema,
  type SchemaColumn,
  schemaCql,
  type TableSchema,
} from '@scamander/cql-types';
import type { ReceiveFileSystem } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import type { ResolvedTable, Target, TargetNews } from '../../target/target.ts';
import { intoUnusable } from '../errors.ts';

const FILE_NAME = 'schema.cql';

/** What the source says of one keyspace. */
export interface KeyspaceSchema {
  /** In the nodes' words; undefined for embedded nodes, which have no schema. */
  readonly text: string | undefined;
  readonly tables: readonly TableSchema[];
}

/** Asks for the schema of a keyspace. One that can't be read is told, and then the header of each stream decides what is written. */
export const keyspaceSchema = async (
  target: Target,
  keyspace: string,
  emit: (event: TargetNews) => void,
): Promise<Either<ScamanderErrorType, KeyspaceSchema>> => {
  const text = await target.schemaText(keyspace);
  if (isLeft(text)) return text;
  if (text.right === undefined) return right({ text: undefined, tables: [] });
  const parsed = parseSchema(text.right, { keyspace });
  if (isLeft(parsed)) {
    const message = `the schema of ${keyspace} can’t be read (${parsed.left.message}); what comes in sections is written by what each stream says of itself`;
    emit({ type: 'Warning', message });
    return right({ text: text.right, tables: [] });
  }
  return right({ text: text.right, tables: parsed.right.tables });
};

const moved = (columns: readonly SchemaColumn[], keyspace: string): readonly SchemaColumn[] =>
  columns.map((column) => ({ ...column, type: inKeyspace(column.type, keyspace) }));

/** The table under other names; its user types move along. */
const renamed = (schema: TableSchema, keyspace: string, table: string): TableSchema => ({
  ...schema,
  keyspace,
  table,
  partitionKey: moved(schema.partitionKey, keyspace),
  clustering: moved(schema.clustering, keyspace),
  staticColumns: moved(schema.staticColumns, keyspace),
  regularColumns: moved(schema.regularColumns, keyspace),
  dropped: schema.dropped.map((column) => ({
    ...column,
    type: inKeyspace(column.type, keyspace),
  })),
});

/** A table and the folder that it goes to. */
export interface SchemaPlace {
  readonly resolved: ResolvedTable;
  readonly keyspace: string;
  readonly table: string;
  readonly directory: string;
}

const tableText = (
  { tables }: KeyspaceSchema,
  { resolved, keyspace, table }: SchemaPlace,
): string | undefined => {
  const schema = tables.find((one) => one.table === resolved.table && !one.isView);
  return schema === undefined ? undefined : schemaCql(renamed(schema, keyspace, table));
};

/** The nodes' own words as long as nothing is called otherwise; else the tables under their new names. */
const keyspaceText = (
  schema: KeyspaceSchema,
  places: readonly SchemaPlace[],
): string | undefined => {
  const isRenamed = places.some(
    ({ resolved, keyspace, table }) => keyspace !== resolved.keyspace || table !== resolved.table,
  );
  if (!isRenamed) return schema.text;
  const texts = places.flatMap((place) => tableText(schema, place) ?? []);
  return texts.length === 0 ? undefined : texts.join('\n');
};

const writeWhole = async (
  fileSystem: ReceiveFileSystem,
  directory: string,
  text: string,
): Promise<void> => {
  await fileSystem.makeDirectory(directory);
  const aside = join(directory, `${FILE_NAME}.tmp`);
  await fileSystem.write(aside, Buffer.from(text, 'utf8'));
  await fileSystem.rename(aside, join(directory, FILE_NAME));
  await fileSystem.syncDirectory(directory);
};

/** Writes the files of one keyspace of the source; each appears whole. */
export const writeSchemaFiles = async (
  dataDirectory: string,
  schema: KeyspaceSchema,
  places: readonly SchemaPlace[],
  fileSystem: ReceiveFileSystem,
): Promise<Either<ScamanderErrorType, void>> => {
  try {
    for (const place of places) {
      const text = tableText(schema, place);
      if (text !== undefined) await writeWhole(fileSystem, place.directory, text);
    }
    const text = keyspaceText(schema, places);
    const [first] = places;
    if (text !== undefined && first !== undefined)
      await writeWhole(fileSystem, join(dataDirectory, first.keyspace), text);
    return right(undefined);
  } catch (cause) {
    return left(intoUnusable(dataDirectory, cause));
  }
};
