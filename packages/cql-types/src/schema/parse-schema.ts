// Control plane. Schema files: `schema.cql` of snapshots, the output of DESCRIBE, and what people write. Called by whoever reads SSTables that do
// not describe themselves (before 3.0), and by whoever writes new ones. Pure.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SchemaError } from '../errors.ts';
import { resolveSchema } from './resolve-schema.ts';
import { SchemaDraft } from './schema-draft.ts';
import { SchemaScanner } from './schema-scanner.ts';
import { readStatement } from './statements.ts';
import type { Schema } from './table-schema.ts';

/** What the text itself need not say. */
export interface ParseSchemaOptions {
  /** Keyspace of names without one, until the first USE. Without it such a name is an error. */
  readonly keyspace?: string | undefined;
}

/** Reads a statement; one that stands in the comment of a Thrift table may be beyond CQL: that table is then named and passed over. */
const readOne = (draft: SchemaDraft): boolean => {
  const { scanner } = draft;
  try {
    return readStatement(draft);
  } catch (error) {
    if (!(error instanceof SchemaError) || !scanner.isInOmitted) throw error;
    const { offset } = scanner.peek();
    const id = { keyspace: draft.keyspace ?? '', name: '', offset };
    draft.ignore('table', id, undefined, `a table of Thrift: ${error.message}`);
    scanner.leaveOmitted();
    return true;
  }
};

/**
 * The tables and types of a schema file. Reads CREATE, ALTER and DROP of keyspaces, types, tables and views as 2.0 to 5.0 print them (compact
 * tables, dropped columns, masks); other statements are passed over, and named in `ignored` where they belong to the schema. User types may
 * come in any order. Tables of Thrift stand in a comment, as the structure that CQL would give them: they are read too.
 *
 * Left: `SCM_SCHEMA_SYNTAX`, `SCM_SCHEMA_TYPE` or `SCM_SCHEMA_INVALID`, which say line and column, or `SCM_SCHEMA_TOO_LONG`.
 */
export const parseSchema = (
  cql: string,
  options: ParseSchemaOptions = {},
): Either<SchemaError, Schema> => {
  try {
    const draft = new SchemaDraft(new SchemaScanner(cql), options.keyspace);
    while (readOne(draft));
    return right(resolveSchema(draft));
  } catch (error) {
    if (error instanceof SchemaError) return left(error);
    throw error;
  }
};
