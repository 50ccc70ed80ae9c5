// Rows by the CQL writer at real nodes, against the same rows by CQL: values of every type, as JavaScript has them, as JSON lines and as text; and
// statements of every kind by chance. The node takes what we wrote, gives the same rows, writetimes and times to live as of a table that it
// filled itself, and its flush of that table holds the same rows and cells as our SSTable.
import { join } from 'node:path';
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import { type Node, type Release, representativeReleases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable, orThrow } from '../src/open.ts';
import type { SSTableFiles } from '../src/types.ts';
import type { WrittenVersion } from '../src/write/writer-options.ts';
import { CqlSSTableWriter } from '../src/write-rows/cql-sstable-writer.ts';
import { plainRows } from '../test/write-rows/plain-rows.ts';
import { assertSameSSTables } from './support/comparing.ts';
import {
  assertVerified,
  copyFiles,
  freshKeyspace,
  onlySSTableOf,
  quietTable,
  tableFolder,
  verifyKeyspace,
  withWriter,
  writers,
} from './support/nodes.ts';
import { assertSameRows, readRows } from './support/rows.ts';
import { userTypes, type WriterTable, writerTables } from './support/writer-tables.ts';

const KEYSPACE = 'cql_writer';
/** From when the node executes a statement until the writer takes it. */
const SLACK_SECONDS = 300;

/** What the release reads of what the writer writes. */
const versionsFor = (written: WrittenVersion): readonly WrittenVersion[] =>
  written === 'nb' ? ['me', 'nb'] : ['me', 'nb', 'oa', 'da'];

const hasVector = ({ columns }: WriterTable): boolean => columns.includes('vector<');

const createStatement = ({ columns, options }: WriterTable, name: string): string =>
  `CREATE TABLE ${KEYSPACE}.${name} (${columns}) WITH ${options === undefined ? '' : `${options} AND `}${quietTable(864_000)}`;

const schemaOf = (table: WriterTable, name: string): TableSchema => {
  const cql = [...userTypes(KEYSPACE), createStatement(table, name)].join(';\n');
  const schema = parseSchema(`${cql};`);
  if (schema._tag === 'Left') throw schema.left;
  return schema.right.tables[0] as TableSchema;
};

/** What the writer wrote of a table in one version. */
interface Written {
  readonly name: string;
  readonly table: WriterTable;
  readonly version: WrittenVersion;
  readonly files: SSTableFiles;
}

const fillByNode = async (node: Node, tables: readonly WriterTable[]): Promise<void> => {
  const cql = await node.cql();
  for (const table of tables) {
    const name = `${KEYSPACE}.${table.name}`;
    await cql.execute(createStatement(table, table.name));
    for (const statement of table.statements) await cql.execute(statement.replace(/\bT\b/, name));
  }
  await node.nodetool('flush', KEYSPACE);
};

const writeTable = async (
  { family }: Release,
  table: WriterTable,
  version: WrittenVersion,
  root: string,
): Promise<Written> => {
  const name = `${table.name}_${version}`;
  const writer = await CqlSSTableWriter.create({
    schema: schemaOf(table, name),
    // a node of 5.0 imports nothing from a folder that is in none of a keyspace
    directory: join(root, KEYSPACE, name),
    version,
    ...(family === '5.0' ? { release: '5.0', liveComplexDeletionTime: 0xffffffff } : {}),
  });
  try {
    await table.write(writer);
    const [files, ...more] = await writer.finish();
    assert.ok(files !== undefined && more.length === 0, `one SSTable of ${name}`);
    return { name, table, version, files: files as SSTableFiles };
  } finally {
    await writer.abort();
  }
};

const linesOf = async (files: SSTableFiles): Promise<readonly string[]> => {
  const sstable = orThrow(await openSSTable(files));
  try {
    return await plainRows(orThrow(await sstable.rows()));
  } finally {
    await sstable.close();
  }
};

/** Tells the first column that differs, not all rows. */
const assertSameLines = (
  found: readonly string[],
  expected: readonly string[],
  what: string,
): void => {
  for (const [i, line] of expected.entries()) {
    const parts = found[i]?.split(' | ') ?? [];
    for (const [j, part] of line.split(' | ').entries())
      assert.is(parts[j], part, `${what}, ${line.split(' | ')[0]}`);
  }
  assert.equal(found, expected, `rows of ${what}`);
};

/** What the node flushed of its own table. */
const assertAsFlushed = async (
  node: Node,
  flushedVersion: WrittenVersion,
  { name, table, version, files }: Written,
): Promise<void> => {
  const flushed = await onlySSTableOf(await tableFolder(node, KEYSPACE, table.name), table.name);
  assertSameLines(await linesOf(files), await linesOf(flushed), name);
  if (table.isTimeless && version === flushedVersion)
    assert.ok(await assertSameSSTables(files, flushed, name), `header of ${name}`);
};

/** One of each version by import; the others are in their folders when the node starts. */
const giveToNode = async (node: Node, all: readonly Written[]): Promise<void> => {
  const cql = await node.cql();
  const folders: string[] = [];
  for (const { name, table } of all) {
    await cql.execute(createStatement(table, name));
    folders.push(await tableFolder(node, KEYSPACE, name));
  }
  const [first] = all;
  const isImported = ({ table }: Written): boolean => table === first?.table;
  for (const { name, files } of all.filter(isImported)) {
    const { directory } = files.descriptor;
    const flags = ['--extended-verify', '--copy-data'];
    await node.nodetool('import', ...flags, KEYSPACE, name, directory);
  }
  await node.shutDown();
  for (const [i, written] of all.entries())
    if (!isImported(written)) copyFiles(written.files.descriptor.directory, folders[i] as string);
  await node.start('native');
};

const check = async (release: Release, version: WrittenVersion): Promise<void> =>
  withWriter(release, version, (node) =>
    withTempFolder(async (root) => {
      const tables = writerTables(release.family === '5.0');
      const cql = await node.cql();
      await freshKeyspace(cql, KEYSPACE);
      for (const type of userTypes(KEYSPACE)) await cql.execute(type);
      await fillByNode(node, tables);
      const all: Written[] = [];
      for (const table of tables)
        for (const other of versionsFor(version)) {
          if (other === 'me' && hasVector(table)) continue;
          const written = await writeTable(release, table, other, root);
          await assertAsFlushed(node, version, written);
          all.push(written);
        }
      await giveToNode(node, all);
      await verifyKeyspace(node, release, KEYSPACE);
      const again = await node.cql();
      for (const { name, table } of all) {
        assertVerified(node, KEYSPACE, name);
        const expected = await readRows(again, KEYSPACE, table.name);
        const found = await readRows(again, KEYSPACE, name);
        assertSameRows(found, expected, name, SLACK_SECONDS);
      }
    }),
  );

for (const { release, version } of writers(representativeReleases()))
  test(`${release.name}: rows by the CQL writer, and by CQL in ${version}`, () =>
    check(release, version));

test.run();
