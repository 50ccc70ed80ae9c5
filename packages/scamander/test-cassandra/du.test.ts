// What real nodes say they would send, against what a pull of the same then receives: whole SSTables and sections; that a preview flushes; keys as
// nodes estimate them against the rows that were written.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Node, Release } from '@scamander-tools/real-cassandra';
import { releases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DuOptions, type DuReport, du, pull } from '../src/index.ts';
import { dataFilesIn } from './support/loading.ts';
import { executeAll, freshKeyspace, withLoadNode } from './support/nodes.ts';
import { tableFolder } from './support/written.ts';

const KEYSPACE = 'weighed';
const TABLES = {
  compressed: "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
  plain: "{'enabled': 'false'}",
} as const;
const NAMES = Object.keys(TABLES);
const FLUSHED = 3000;
const IN_MEMORY = 400;
const MIN = String(-(2n ** 63n));
const HALF = `${MIN}:0`;

const rows = (table: string, first: number, end: number): readonly string[] =>
  Array.from(
    { length: end - first },
    (_, index) =>
      `INSERT INTO ${KEYSPACE}.${table} (k, v) VALUES (${first + index}, '${`${first + index} of ${table} `.repeat(9)}')`,
  );

const write = async (node: Node): Promise<void> => {
  const cql = await node.cql();
  await freshKeyspace(cql, KEYSPACE);
  for (const [name, compression] of Object.entries(TABLES)) {
    await cql.execute(
      `CREATE TABLE ${KEYSPACE}.${name} (k int PRIMARY KEY, v text) WITH compression = ${compression} AND compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`,
    );
    await executeAll(cql, rows(name, 0, FLUSHED));
  }
  await node.nodetool('flush', KEYSPACE);
  for (const name of NAMES) await executeAll(cql, rows(name, FLUSHED, FLUSHED + IN_MEMORY));
};

const asking = (node: Node, more: Partial<DuOptions> = {}): DuOptions => ({
  names: [{ keyspace: KEYSPACE, table: undefined }],
  source: { kind: 'cluster', contactPoints: [{ host: node.address, port: node.nativePort }] },
  ...more,
});

const told = async (node: Node, more: Partial<DuOptions> = {}): Promise<DuReport> => {
  const result = await du(asking(node, more)).result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  assert.equal([result.right.verdict, result.right.silent], ['complete', []]);
  return result.right;
};

/** Data files on the node's disk. */
const filesOf = async (node: Node): Promise<number> => {
  const folders = await Promise.all(NAMES.map((name) => tableFolder(node, KEYSPACE, name)));
  return folders.flatMap((folder) => dataFilesIn(folder)).length;
};

/** Bytes that a pull of the same receives, by table. */
const pulledBytes = (node: Node, more: Partial<DuOptions> = {}): Promise<number> =>
  withTempFolder(async (folder) => {
    const running = pull({ ...asking(node, more), into: join(folder, 'into') });
    const result = await running.result;
    if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
    assert.is(result.right.verdict, 'complete', JSON.stringify(result.right.problems));
    return result.right.receivedBytes;
  });

const assertNear = (said: number, found: number, share: number, what: string): void =>
  assert.ok(Math.abs(said - found) <= share * found, `${what}: ${said} said, ${found} found`);

/** A preview makes the node flush, so rows of a moment ago are counted too. */
const checkFlush = async (node: Node): Promise<DuReport> => {
  const before = await filesOf(node);
  const report = await told(node);
  assert.is(await filesOf(node), before + NAMES.length, 'a flush of each table');
  return report;
};

/** Bytes of all components on the node's disk, but for the list of them, which does not travel. */
const bytesOnDisk = async (node: Node): Promise<number> => {
  const folders = await Promise.all(NAMES.map((name) => tableFolder(node, KEYSPACE, name)));
  return folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => /-(big|bti)-/.test(path) && !path.endsWith('TOC.txt'))
    .reduce((sum, path) => sum + statSync(path).size, 0);
};

/** What 6.0 writes, `pa`, is not read here, so there is no pull to compare with. */
const canPull = ({ family }: Release): boolean => family !== '6.0';

const checkWhole = async (node: Node, release: Release, whole: DuReport): Promise<void> => {
  assert.equal(
    whole.entries.map(({ keyspace, table }) => `${keyspace}.${table}`),
    NAMES.map((name) => `${KEYSPACE}.${name}`),
  );
  assert.ok(whole.files > 2 * NAMES.length, 'components of whole SSTables');
  assertNear(whole.bytes, await bytesOnDisk(node), 0.01, 'files on disk');
  if (canPull(release)) assertNear(whole.bytes, await pulledBytes(node), 0.01, 'whole SSTables');
};

const checkSections = async (node: Node, release: Release, whole: DuReport): Promise<void> => {
  const half = await told(node, { ranges: [HALF] });
  assert.is(half.files, 2 * NAMES.length, 'a file for each SSTable of each table');
  assert.ok(half.bytes > 0.3 * whole.bytes && half.bytes < 0.7 * whole.bytes);
  if (canPull(release)) {
    const received = await pulledBytes(node, { ranges: [HALF] });
    assertNear(half.bytes, received, 0.01, 'sections');
  }
  const single = await told(node, { ranges: [HALF, `1:${MIN}`], byRange: true });
  assert.is(single.entries.length, 2 * NAMES.length);
  const [first] = single.entries.filter(({ ranges }) => ranges[0] === HALF);
  assert.is(first?.bytes, half.entries.find(({ table }) => table === first?.table)?.bytes);
};

/** Nodes count in steps of 128 keys for each of 16 ranges and each SSTable. */
const checkKeys = async (node: Node): Promise<void> => {
  await node.nodetool('refreshsizeestimates');
  const { entries } = await told(node);
  for (const { keys, table } of entries)
    assertNear(keys ?? 0, FLUSHED + IN_MEMORY, 0.2, `keys of ${table}`);
  const half = await told(node, { ranges: [HALF] });
  for (const { keys, table } of half.entries)
    assertNear(keys ?? 0, (FLUSHED + IN_MEMORY) / 2, 0.3, `keys of half of ${table}`);
};

for (const release of releases())
  test(`${release.name}: as much as a pull then receives, the memtables included`, () =>
    withLoadNode(release, async (node) => {
      await write(node);
      const whole = await checkFlush(node);
      await checkWhole(node, release, whole);
      await checkSections(node, release, whole);
      await checkKeys(node);
      const unknown = await du(asking(node, { names: [{ keyspace: 'nobody', table: 'x' }] }))
        .result;
      assert.ok(unknown._tag === 'Left');
      assert.is(unknown.left.code, 'SCM_CLUSTER_UNKNOWN_KEYSPACE');
    }));

test.run();
