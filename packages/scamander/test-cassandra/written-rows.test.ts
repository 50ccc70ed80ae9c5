// SSTables of our own writer, of random tables and rows, at real nodes: a node takes them by sections and writes each cell anew in its own
// format, takes them whole and by import, finds nothing wrong with them, and gives the same rows by CQL every time.
// SCAMANDER_SCHEMAS says how many tables (12; the long lane has 500), SCAMANDER_SEED which.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { discover, openSSTable } from '@scamander/sstable-io';
import { type Node, type Release, representativeReleases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RandomPartition } from '../../sstable-io/test/arbitrary/partitions.ts';
import { plainPartition, readPlain } from '../../sstable-io/test/arbitrary/plain.ts';
import { assertComplete, dataFilesIn, loadInto } from './support/loading.ts';
import { freshKeyspace, withLoadNode } from './support/nodes.ts';
import {
  createStatement,
  type Sampled,
  sampleTables,
  writeSampled,
} from './support/random-tables.ts';
import { assertSameRows, readRows } from './support/rows.ts';
import { tableFolder } from './support/written.ts';

const COUNT = Number(process.env['SCAMANDER_SCHEMAS'] ?? 12);
/** Tables at a time: a node should not hold too many. */
const BATCH = 12;
const IMPORTS = 2;
const REFRESHES = 2;
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

const WAYS = ['sections', 'whole', 'import'] as const;

/** Tables of one batch at a node, written, and both ways of streaming them gone. */
class Batch {
  readonly node: Node;
  readonly list: readonly Sampled[];
  readonly #keyspace: string;
  readonly #root: string;

  constructor(node: Node, version: string, list: readonly Sampled[], root: string) {
    this.node = node;
    this.list = list;
    this.#keyspace = `w_${version}`;
    this.#root = root;
  }

  keyspace(way: (typeof WAYS)[number]): string {
    return `${this.#keyspace}_${way}`;
  }

  folder(way: (typeof WAYS)[number], name = ''): string {
    return join(this.#root, this.keyspace(way), name);
  }

  async prepare(version: 'nb' | 'oa' | 'da'): Promise<void> {
    for (const keyspace of WAYS.map((way) => this.keyspace(way))) {
      for (const sampled of this.list) await writeSampled(this.#root, keyspace, version, sampled);
      await makeTables(this.node, keyspace, this.list);
    }
  }

  /** The node reads the same rows in this keyspace as in those that came by sections, of which it wrote each cell anew. */
  async assertSame(way: 'whole' | 'import', name: string, what: string): Promise<void> {
    const cql = await this.node.cql();
    const expected = await readRows(cql, `${this.keyspace('sections')}.${name}`, []);
    const found = await readRows(cql, `${this.keyspace(way)}.${name}`, []);
    assertSameRows(found, expected, `${name}, ${what}`);
  }

  async stream(): Promise<void> {
    const { node, list } = this;
    const paths = [this.folder('sections')];
    assertComplete(await loadInto(node, { paths, entire: 'never' }), list.length);
    for (const sampled of list) await assertNodeWrote(node, this.keyspace('sections'), sampled);
    assertComplete(await loadInto(node, { paths: [this.folder('whole')] }), list.length);
    for (const { name } of list) await this.assertSame('whole', name, 'whole');
  }

  /** A process a table: some of them stand for all. */
  async import(): Promise<void> {
    const { node, list } = this;
    const keyspace = this.keyspace('import');
    for (const { name } of list.slice(0, IMPORTS)) {
      const flags = ['--extended-verify', '--copy-data'];
      await node.nodetool('import', ...flags, keyspace, name, this.folder('import', name));
      await this.assertSame('import', name, 'imported');
    }
    for (const { name } of list.slice(IMPORTS, IMPORTS + REFRESHES)) {
      const from = this.folder('import', name);
      const into = await tableFolder(node, keyspace, name);
      // Data.db last: from then on the node sees an SSTable
      const files = readdirSync(from).sort((a) => (a.endsWith('Data.db') ? 1 : -1));
      for (const file of files) cpSync(join(from, file), join(into, file));
      await node.nodetool('refresh', keyspace, name);
      await this.assertSame('import', name, 'refreshed');
    }
  }

  async verifyAndCompact(release: Release): Promise<void> {
    const { node } = this;
    const keyspace = this.keyspace('whole');
    // 4.1 and later ask whether it is meant
    const force = release.family === '4.0' ? [] : ['--force'];
    await node.nodetool('verify', ...force, '--extended-verify', keyspace);
    await node.nodetool('compact', keyspace);
    for (const { name } of this.list) {
      await this.assertSame('whole', name, 'compacted');
      const folder = await tableFolder(node, keyspace, name);
      assert.ok(dataFilesIn(folder).length <= 1, `${name} is one SSTable`);
    }
  }
}

const check = async (release: Release, version: 'nb' | 'oa' | 'da'): Promise<void> => {
  for (let done = 0; done < COUNT; done += BATCH)
    await withLoadNode(release, (node) =>
      withTempFolder(async (root) => {
        const list = sampleTables(Math.min(BATCH, COUNT - done), SEED + done, {
          vectors: release.family === '5.0',
          partitionsMax: 6,
          rowsMax: 10,
          deletions: true,
          empty: true,
        });
        const batch = new Batch(node, version, list, root);
        await batch.prepare(version);
        await batch.stream();
        if (done > 0) return;
        await batch.import();
        await batch.verifyAndCompact(release);
      }),
    );
};

for (const release of representativeReleases().filter(({ family }) => family !== '6.0'))
  for (const version of release.writes as readonly ('nb' | 'oa' | 'da')[])
    test(`${release.name}: ${COUNT} random tables in ${version}, seed ${SEED}`, () =>
      check(release, version));

test.run();
