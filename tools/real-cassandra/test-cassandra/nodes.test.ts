// One node of each release: CQL, nodetool, the tools, sstableloader.
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Node, type Release, releases, withNode } from '../src/index.ts';

let keyspaces = 0;

/** A keyspace of its own for each test: a dropped one leaves its folders for a while. */
const makeTable = async (node: Node): Promise<{ keyspace: string; folder: string }> => {
  keyspaces += 1;
  const keyspace = `nodes_${keyspaces}`;
  const client = await node.cql();
  await client.execute(
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
  await client.execute(`CREATE TABLE ${keyspace}.t (id int PRIMARY KEY, body text)`);
  for (let id = 0; id < 20; id++) {
    const insert = `INSERT INTO ${keyspace}.t (id, body) VALUES (?, ?)`;
    await client.execute(insert, [id, `body ${id}`], { prepare: true });
  }
  await node.nodetool('flush', keyspace, 't');
  const parent = join(node.dataDirectory, keyspace);
  const name = readdirSync(parent).find((entry) => entry.startsWith('t-')) ?? '';
  return { keyspace, folder: join(parent, name) };
};

const readBodies = async (node: Node, keyspace: string): Promise<string[]> => {
  const { rows } = await (await node.cql()).execute(`SELECT id, body FROM ${keyspace}.t`);
  return rows.map((row) => row['body'] as string).sort();
};

const bodies = Array.from({ length: 20 }, (_, id) => `body ${id}`).sort();

const dataFileOf = (folder: string): string =>
  join(folder, readdirSync(folder).find((name) => name.endsWith('-Data.db')) ?? 'none');

const lacksLoader = (release: Release): boolean => release.family === '6.0';

for (const release of releases()) {
  test(`${release.name}: is the version it says`, () =>
    withNode(release, async (node) => {
      const client = await node.cql();
      const row = (await client.execute('SELECT release_version FROM system.local')).first();
      assert.is(row?.['release_version'], release.version);
      assert.match(await node.nodetool('version'), release.version);
    }));

  test(`${release.name}: rows written are read, and flushed in the format of the release`, () =>
    withNode(release, async (node) => {
      const { keyspace, folder } = await makeTable(node);
      assert.equal(await readBodies(node, keyspace), bodies);
      const names = readdirSync(folder).filter((name) => name.endsWith('-Data.db'));
      assert.is(names.length, 1);
      assert.is(names[0]?.split('-')[0], release.writes[0]);
    }));

  test(`${release.name}: sstabledump and sstablemetadata read what it wrote`, () =>
    withNode(release, async (node) => {
      const file = dataFileOf((await makeTable(node)).folder);
      const partitions = JSON.parse(await node.tool('sstabledump', file)) as unknown[];
      assert.is(partitions.length, 20);
      assert.match(await node.tool('sstablemetadata', file), /Partitioner: .*Murmur3Partitioner/);
    }));

  test(`${release.name}: a tool that fails is an error with its output`, () =>
    withNode(release, async (node) => {
      const { exitCode } = await node.toolResult('nodetool', 'flush', 'no_such_keyspace');
      assert.is.not(exitCode, 0);
    }));

  if (lacksLoader(release)) continue; // cassandra-all of 6.0-alpha2 has no sstableloader (REAL-NODES)
  test(`${release.name}: its own sstableloader brings the rows back`, () =>
    withNode(release, async (node) => {
      const { keyspace, folder } = await makeTable(node);
      await withTempFolder(async (temporary) => {
        const copy = join(temporary, keyspace, 't');
        mkdirSync(copy, { recursive: true });
        for (const entry of readdirSync(folder, { withFileTypes: true })) {
          if (entry.isFile()) cpSync(join(folder, entry.name), join(copy, entry.name));
        }
        await (await node.cql()).execute(`TRUNCATE ${keyspace}.t`);
        assert.equal(await readBodies(node, keyspace), []);
        await node.tool('sstableloader', '-d', node.address, copy);
      });
      assert.equal(await readBodies(node, keyspace), bodies);
    }));
}

test.run();
