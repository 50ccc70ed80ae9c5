import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from '@scamander/cql-types';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readStatistics } from '../../src/open.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { CqlSSTableWriter } from '../../src/write-rows/cql-sstable-writer.ts';
import { sstablesIn } from '../fixture-sstables.ts';
import { orThrow, withSSTable } from '../rows/reading.ts';
import { runStatements } from './cql-statements.ts';
import { plainRows } from './plain-rows.ts';

/** Tables whose Data.db is not compressed and holds no time of the writing node's clock: byte for byte the same. */
const SAME_BYTES = new Set(['types', 'compactstatic']);
const TABLES: readonly string[] = [
  ...['colls', 'compact', 'compactstatic', 'newtypes', 'plain'],
  ...['statics', 'tombs', 'types', 'udts', 'wide'],
];
const CASES: readonly (readonly [release: string, tables: readonly string[]])[] = [
  ['3.0.31', TABLES],
  // non-frozen user types came with 3.6
  ['3.11.19', [...TABLES, 'nfudt']],
];

const rowsOf = (files: SSTableFiles): Promise<string[]> =>
  withSSTable(files, async (sstable) => plainRows(orThrow(await sstable.rows())));

const compare = (release: string, table: string): void => {
  sharedTest(test, `the statements of ${table} give what ${release} flushed`, () =>
    withTempFolder(async (directory) => {
      const folder = fixture(`real/${release}/${table}`);
      const cql = readFileSync(join(folder, 'create.cql'), 'utf8');
      const schema = parseSchema(cql);
      if (schema._tag === 'Left') throw schema.left;
      const [real] = sstablesIn(folder);
      const [tableSchema] = schema.right.tables;
      if (real === undefined || tableSchema === undefined) throw new Error('no fixture');
      const { header } = orThrow(await readStatistics(real));
      const writer = await CqlSSTableWriter.create({
        schema: tableSchema,
        directory,
        version: 'me',
        nowSeconds: Number(header.minLocalDeletionTime),
      });
      assert.ok((await runStatements(cql, writer)) > 7);
      const [written, ...others] = await writer.finish();
      assert.ok(written !== undefined && others.length === 0);
      assert.equal(await rowsOf(written), await rowsOf(real));
      if (!SAME_BYTES.has(table)) return;
      const bytes = ({ descriptor }: SSTableFiles): string =>
        readFileSync(join(descriptor.directory, `${descriptor.prefix}Data.db`)).toString('hex');
      assert.is(bytes(written), bytes(real));
    }),
  );
};

for (const [release, tables] of CASES) for (const table of tables) compare(release, table);

test.run();
