// Control plane. Which table an SSTable is of, in the words of a schema file: one that is named, or the `schema.cql` that snapshots have beside
// their SSTables. Called by jobs that want names, types or options which the SSTables themselves do not hold.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import type { ScamanderErrorType } from '@scamander/scamander';
import type { SSTableFiles } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { usageError } from '../settings/usage-error.ts';

/** A schema file that was read. */
export interface SchemaText {
  readonly file: string;
  readonly text: string;
}

/** The table of an SSTable; undefined where no schema is known. */
export type SchemaFinder = (files: SSTableFiles) => TableSchema | undefined;

/** By its name, in its keyspace where that is known; the only table there is fits in any case. */
const tableAmong = (
  tables: readonly TableSchema[],
  { descriptor }: SSTableFiles,
): TableSchema | undefined => {
  const named = tables.filter(({ table }) => table === descriptor.table);
  const inKeyspace = named.find(({ keyspace }) => keyspace === descriptor.keyspace);
  return inKeyspace ?? named[0] ?? (tables.length === 1 ? tables[0] : undefined);
};

/** Snapshots of 3.0 and later have one; what can't be read or parsed is as good as none. */
const tablesBeside = (files: SSTableFiles): readonly TableSchema[] => {
  try {
    const text = readFileSync(join(files.descriptor.directory, 'schema.cql'), 'utf8');
    const schema = parseSchema(text, { keyspace: files.descriptor.keyspace });
    return isLeft(schema) ? [] : schema.right.tables;
  } catch {
    return [];
  }
};

/** Left: the named file is no schema. */
export const schemaFinder = (
  named: SchemaText | undefined,
  sstables: readonly SSTableFiles[],
): Either<ScamanderErrorType, SchemaFinder> => {
  if (named === undefined) {
    const known = new Map<string, readonly TableSchema[]>();
    return right((files) => {
      const { directory } = files.descriptor;
      const tables = known.get(directory) ?? tablesBeside(files);
      known.set(directory, tables);
      return tableAmong(tables, files);
    });
  }
  const keyspace = sstables[0]?.descriptor.keyspace;
  const schema = parseSchema(named.text, { keyspace });
  if (isLeft(schema))
    return left({ ...usageError(schema.left.message, named.file), code: schema.left.code });
  return right((files) => tableAmong(schema.right.tables, files));
};
