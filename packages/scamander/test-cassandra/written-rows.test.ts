// SSTables of our own writer, of random tables and rows, at real nodes: a node takes them by sections and writes each cell anew in its own
// format, takes them whole and by import, finds nothing wrong with them, and gives the same rows by CQL every time.
// SCAMANDER_SCHEMAS says how many tables (12; the long lane has 500), SCAMANDER_SEED which.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { discover, openSSTable } from '@scamander/sstable-io';
import type { Node, Release } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RandomPartition } from '../../sstable-io/test/arbitrary/partitions.ts';
import { plainPartition, readPlain } from '../../sstable-io/test/arbitrary/plain.ts';
import { assertComplete, dataFilesIn, loadInto } from './support/loading.ts';
import { freshKeyspace, releasesWhere, withLoadNode } from './support/nodes.ts';
import {
  createStatement,
  type Sampled,
  sampleTables,
  writeSampled,
} from './support/random-tables.ts';
import { assertSameRows, readRows } from './support/rows.ts';
import { tableFolder } from './support/written.ts';

const COUNT = Number(process.env['SCAMANDER_SCHEMAS'] ?? 12);
const IMPORTS = 3;
const SEED = Number(process.env['SCAMANDER_SEED'] ?? 20261129);

/** What the node wrote of our sections, read from its own folder, cell by cell. */
const assertNodeWrote = async (node: Node, keyspace: string, sampled: Sampled): Promise<void> => {
  const folder = await tableFolder(node, keyspace, sampled.name);
  const { tables, problems } = await discover([folder]);
  assert.equal(
    problems.map(({ message }) => message),
    [],
  );
  const [files, ...more] = tables.flatMap(({ sstables }) => sstables);
  assert.ok(files !== undefined && more.length === 0, `one SSTable of ${sampled.name}`);
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  try {
    const rows = await opened.right.rows();
    if (rows._tag === 'Left') throw rows.left;
    const found = await readPlain(rows.right);
    const expected = sampled.partitions.map(
      ({ key, deletion, staticRow, unfiltereds }: RandomPartition) =>
        plainPartition(key, deletion, staticRow, unfiltereds),
    );
    assert.equal(
      found.map(({ key }) => key),
      expected.map(({ key }) => key),
      `keys of ${sampled.name}`,
    );
    for (const [i, { lines }] of expected.entries())
      assert.equal(found[i]?.lines, lines, `${sampled.name}, partition ${i}`);
  } finally {
    await opened.right.close();
  }
};

const makeTables = async (
  node: Node,
  keyspace: string,
  list: readonly Sampled[],
): Promise<void> => {
  const cql = await node.cql();
  await freshKeyspace(cql, keyspace);
  for (const sampled of list) await cql.execute(createStatement(keyspace, sampled));
};

const check = async (release: Release, version: 'nb' | 'oa' | 'da'): Promise<void> =>
  withLoadNode(release, (node) =>
    withTempFolder(async (root) => {
      const list = sampleTables(COUNT, SEED, {
        vectors: release.family === '5.0',
        partitionsMax: 6,
        rowsMax: 10,
        deletions: true,
        empty: true,
      });
      const keyspace = `w_${version}`;
      for (const name of ['sections', 'whole', 'import'].map((way) => `${keyspace}_${way}`)) {
        mkdirSync(join(root, name));
        for (const sampled of list) await writeSampled(root, name, version, sampled);
        await makeTables(node, name, list);
      }
      const sections = await loadInto(node, {
        paths: [join(root, `${keyspace}_sections`)],
        entire: 'never',
      });
      assertComplete(sections, list.length);
      for (const sampled of list) await assertNodeWrote(node, `${keyspace}_sections`, sampled);
      const whole = await loadInto(node, { paths: [join(root, `${keyspace}_whole`)] });
      assertComplete(whole, list.length);
      const cql = await node.cql();
      for (const { name } of list) {
        const expected = await readRows(cql, `${keyspace}_sections.${name}`, []);
        assertSameRows(await readRows(cql, `${keyspace}_whole.${name}`, []), expected, name);
      }
      // a process each: some of them stand for all
      for (const { name } of list.slice(0, IMPORTS)) {
        const folder = join(root, `${keyspace}_import`, name);
        await node.nodetool(
          'import',
          '--extended-verify',
          '--copy-data',
          `${keyspace}_import`,
          name,
          folder,
        );
        const expected = await readRows(cql, `${keyspace}_sections.${name}`, []);
        assertSameRows(
          await readRows(cql, `${keyspace}_import.${name}`, []),
          expected,
          `${name}, imported`,
        );
      }
      // 4.1 and later ask whether it is meant
      const force = release.family === '4.0' ? [] : ['--force'];
      await node.nodetool('verify', ...force, '--extended-verify', `${keyspace}_whole`);
      await node.nodetool('compact', `${keyspace}_whole`);
      for (const { name } of list) {
        const expected = await readRows(cql, `${keyspace}_sections.${name}`, []);
        assertSameRows(
          await readRows(cql, `${keyspace}_whole.${name}`, []),
          expected,
          `${name}, compacted`,
        );
        const folder = await tableFolder(node, `${keyspace}_whole`, name);
        assert.ok(dataFilesIn(folder).length <= 1, `${name} is one SSTable`);
      }
    }),
  );

for (const release of releasesWhere(({ family }) => family !== '6.0'))
  for (const version of release.writes as readonly ('nb' | 'oa' | 'da')[])
    test(`${release.name}: ${COUNT} random tables in ${version}, seed ${SEED}`, () =>
      check(release, version));

test.run();
