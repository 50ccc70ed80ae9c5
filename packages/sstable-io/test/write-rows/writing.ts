// What the tests of the CQL writer have in common: schemas from CQL, and what was written read back as plain lines. Called by this package's tests only.
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import { withTempFolder } from '@scamander-tools/testing';
import type { SSTableFiles } from '../../src/types.ts';
import {
  CqlSSTableWriter,
  type CqlSSTableWriterOptions,
} from '../../src/write-rows/cql-sstable-writer.ts';
import { orThrow, withSSTable } from '../rows/reading.ts';
import { plainRows } from './plain-rows.ts';

/** The only table of some CQL; names are in `ks`. */
export const tableOf = (cql: string): TableSchema => {
  const schema = parseSchema(cql, { keyspace: 'ks' });
  if (schema._tag === 'Left') throw schema.left;
  const [table] = schema.right.tables;
  if (table === undefined) throw new Error('no table');
  return table;
};

/** Rows of an SSTable as plain lines. */
export const linesOf = (files: SSTableFiles): Promise<string[]> =>
  withSSTable(files, async (sstable) => plainRows(orThrow(await sstable.rows())));

/** A writer of a table, with fixed times, in a folder of its own. */
export const withWriter = (
  cql: string,
  body: (writer: CqlSSTableWriter, directory: string) => Promise<void>,
  options: Partial<CqlSSTableWriterOptions> = {},
): Promise<void> =>
  withTempFolder(async (directory) => {
    const writer = await CqlSSTableWriter.create({
      schema: tableOf(cql),
      directory,
      timestampMicros: 1000n,
      nowSeconds: 50,
      listNonce: 1,
      ...options,
    });
    try {
      await body(writer, directory);
    } finally {
      await writer.abort();
    }
  });

/** What the SSTables hold that the statements give, as plain lines. */
export const written = async (
  cql: string,
  statements: (writer: CqlSSTableWriter) => Promise<void> | void,
  options: Partial<CqlSSTableWriterOptions> = {},
): Promise<string[]> => {
  const lines: string[] = [];
  await withWriter(
    cql,
    async (writer) => {
      await statements(writer);
      for (const files of await writer.finish()) lines.push(...(await linesOf(files)));
    },
    options,
  );
  return lines;
};
