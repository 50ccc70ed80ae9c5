// SSTables of 2.0, 2.1 and 2.2, upgraded by their schema to what a node of today reads: it gives the rows that it has after the same statements.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type Release, representativeReleases } from '@scamander-tools/real-cassandra';
import { sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { orThrow } from '../src/open.ts';
import type { SSTableFiles } from '../src/types.ts';
import { legacyInput } from '../src/upgrade/legacy-input.ts';
import { rewriteSSTable } from '../src/upgrade/rewrite-sstable.ts';
import type { WrittenVersion } from '../src/write/writer-options.ts';
import { folderOf, legacyFixtures, opened, schemaOf } from '../test/legacy/legacy-fixtures.ts';
import {
  assertVerified,
  type Cql,
  copyFiles,
  freshKeyspace,
  tableFolder,
  verifyKeyspace,
  withWriter,
  writers,
} from './support/nodes.ts';
import { assertSameRows, readRows } from './support/rows.ts';

/** One fixture: a table of an old release. */
interface Old {
  readonly files: SSTableFiles;
  readonly table: string;
  /** By release: their tables have the same names. */
  readonly said: string;
  readonly taken: string;
  readonly statements: readonly string[];
}

const oldOf = (files: SSTableFiles): Old => {
  const [, release = '', table = ''] = folderOf(files).split('/');
  const short = release.replaceAll('.', '_');
  const cql = readFileSync(join(files.descriptor.directory, 'create.cql'), 'utf8');
  return {
    files,
    table,
    said: `said_${short}`,
    taken: `taken_${short}`,
    statements: cql
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^(use|create keyspace)\b/i.test(line)),
  };
};

const all: readonly Old[] = legacyFixtures
  .filter((files) => folderOf(files).startsWith('real/'))
  .map(oldOf);

/** In another keyspace, and as later releases say it: options of compression were called otherwise. */
const inKeyspace = (statement: string, keyspace: string): string =>
  statement
    .replaceAll('scm_real.', `${keyspace}.`)
    .replace("'sstable_compression':''", "'enabled':'false'")
    .replace("'sstable_compression'", "'class'")
    .replace("'chunk_length_kb'", "'chunk_length_in_kb'");

const isCreate = (statement: string): boolean => /^(create|alter)\b/i.test(statement);

/** The table twice: with everything that was said to the old release, and empty. */
const makeTables = async (cql: Cql, { said, taken, statements }: Old): Promise<void> => {
  for (const statement of statements) {
    await cql.execute(inKeyspace(statement, said));
    if (isCreate(statement)) await cql.execute(inKeyspace(statement, taken));
  }
};

/** Upgraded into the folder. */
const upgrade = async (
  { files, taken, table }: Old,
  version: WrittenVersion,
  directory: string,
): Promise<void> => {
  const sstable = await opened(files);
  try {
    const input = legacyInput(sstable, schemaOf(files));
    const { sstables } = orThrow(
      await rewriteSSTable(input, {
        directory,
        keyspace: taken,
        table,
        version,
        nextId: () => '1',
      }),
    );
    assert.is(sstables.length, 1);
  } finally {
    await sstable.close();
  }
};

/** One by import; the others are in their folders when the node starts. */
const giveToNode = async (node: Node, version: WrittenVersion, root: string): Promise<void> => {
  const folders: string[] = [];
  for (const [i, old] of all.entries()) {
    const { taken, table } = old;
    const directory = join(root, taken, table);
    await upgrade(old, version, directory);
    folders.push(await tableFolder(node, taken, table));
    if (i === 0)
      await node.nodetool('import', '--extended-verify', '--copy-data', taken, table, directory);
  }
  await node.shutDown();
  for (const [i, { taken, table }] of all.entries())
    if (i > 0) copyFiles(join(root, taken, table), folders[i] as string);
  await node.start('native');
};

const check = async (release: Release, version: WrittenVersion): Promise<void> =>
  withWriter(release, version, (node) =>
    withTempFolder(async (root) => {
      const cql = await node.cql();
      const keyspaces = [...new Set(all.flatMap(({ said, taken }) => [said, taken]))];
      for (const keyspace of keyspaces) await freshKeyspace(cql, keyspace);
      for (const old of all) await makeTables(cql, old);
      await giveToNode(node, version, root);
      for (const keyspace of keyspaces.filter((name) => name.startsWith('taken_')))
        await verifyKeyspace(node, release, keyspace);
      const again = await node.cql();
      for (const { said, taken, table } of all) {
        assertVerified(node, taken, table);
        const expected = await readRows(again, said, table);
        assert.ok(expected.length > 0, `rows of ${said}.${table}`);
        // a time to live began when the statement was executed
        const found = await readRows(again, taken, table);
        assertSameRows(found, expected, `${taken}.${table}`, Number.POSITIVE_INFINITY);
      }
    }),
  );

for (const { release, version } of writers(representativeReleases()))
  sharedTest(test, `${release.name}: ${all.length} SSTables of 2.0 to 2.2 as ${version}`, () =>
    check(release, version),
  );

test.run();
