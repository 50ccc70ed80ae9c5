// Control plane. The nodes of the lanes that write SSTables again, their keyspaces, and the SSTables in their folders. Called by the tests.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type Release, withNode } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import type { SSTableFiles } from '../../src/types.ts';
import type { WrittenVersion } from '../../src/write/writer-options.ts';

/** A CQL session with one node. */
export type Cql = Awaited<ReturnType<Node['cql']>>;

const SETTINGS = {
  // a flush would write LZ4 where the table says something slower
  flush_compression: 'table',
  enable_materialized_views: true,
};

/** The shared node of a release that writes SSTables of a version, one of `release.writes`. */
export const withWriter = <T>(
  release: Release,
  version: WrittenVersion,
  body: (node: Node) => Promise<T>,
): Promise<T> =>
  withNode(release, body, {
    yaml: version === 'da' ? { ...SETTINGS, sstable: { selected_format: 'bti' } } : SETTINGS,
  });

/** The versions that a release writes, with it; all tests of a lane. 6.0 writes versions that are not ours. */
export const writers = (
  releases: readonly Release[],
): readonly { readonly release: Release; readonly version: WrittenVersion }[] =>
  releases
    .filter(({ family }) => family !== '6.0')
    .flatMap((release) =>
      (release.writes as readonly WrittenVersion[]).map((version) => ({ release, version })),
    );

/** Makes the keyspace anew. */
export const freshKeyspace = async (cql: Cql, name: string): Promise<void> => {
  await cql.execute(`DROP KEYSPACE IF EXISTS ${name}`);
  await cql.execute(
    `CREATE KEYSPACE ${name} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
};

/** Options of a table that nothing compacts behind the test's back, and whose deletions may go after so many seconds. */
export const quietTable = (gcGraceSeconds: number): string =>
  `gc_grace_seconds = ${gcGraceSeconds} AND compression = {'enabled': 'false'} AND compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`;

/** The folder of a table or view below the node's data folder; one that was dropped has left another. */
export const tableFolder = async (node: Node, keyspace: string, table: string): Promise<string> => {
  const cql = await node.cql();
  for (const [schema, name] of [
    ['tables', 'table_name'],
    ['views', 'view_name'],
  ]) {
    const { rows } = await cql.execute(
      `SELECT id FROM system_schema.${schema} WHERE keyspace_name = ? AND ${name} = ?`,
      [keyspace, table],
      { prepare: true },
    );
    const id = rows[0]?.get('id');
    if (id !== undefined)
      return join(node.dataDirectory, keyspace, `${table}-${String(id).replaceAll('-', '')}`);
  }
  throw new Error(`no table ${keyspace}.${table}`);
};

/** All SSTables of one folder, none where a compaction has left nothing. */
export const sstablesOf = async (folder: string): Promise<readonly SSTableFiles[]> => {
  if (!readdirSync(folder).some((name) => name.endsWith('-Data.db'))) return [];
  const { tables, problems } = await discover([folder]);
  assert.equal(
    problems.map(({ message }) => message),
    [],
  );
  return tables.flatMap(({ sstables }) => sstables);
};

/** The only one. */
export const onlySSTableOf = async (folder: string, what: string): Promise<SSTableFiles> => {
  const [files, ...more] = await sstablesOf(folder);
  assert.ok(files !== undefined && more.length === 0, `one SSTable of ${what}`);
  return files as SSTableFiles;
};

const STATEMENTS_AT_ONCE = 32;

/** Executes all statements, some at once; they must not depend on each other. */
export const executeAll = async (cql: Cql, statements: readonly string[]): Promise<void> => {
  const queue = [...statements];
  const worker = async (): Promise<void> => {
    for (let statement = queue.pop(); statement !== undefined; statement = queue.pop())
      await cql.execute(statement);
  };
  await Promise.all(Array.from({ length: STATEMENTS_AT_ONCE }, worker));
};

/** Copies the files of a folder, not its folders, into one that is there. */
export const copyFiles = (from: string, to: string): void => {
  for (const entry of readdirSync(from, { withFileTypes: true }))
    if (entry.isFile()) cpSync(join(from, entry.name), join(to, entry.name));
};

/** Lets the node verify every SSTable of a keyspace, values included. Throws when it finds something. */
export const verifyKeyspace = async (
  node: Node,
  { family }: Release,
  keyspace: string,
): Promise<void> => {
  // 4.1 and later ask whether it is meant
  const force = family === '4.0' ? [] : ['--force'];
  await node.nodetool('verify', ...force, '--extended-verify', keyspace);
};

/** The node has said so of this table. */
export const assertVerified = (node: Node, keyspace: string, table: string): void => {
  const said = `Finished Verify for ${keyspace}.${table} successfully`;
  assert.ok(node.log().includes(said), `"${said}" in the node's log`);
};
