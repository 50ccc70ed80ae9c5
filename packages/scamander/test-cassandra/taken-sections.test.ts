// Sections that real nodes send of SSTables they wrote are written by the embedded node in each of its versions; what it wrote goes back into the
// node, and every row is there again by CQL, with its writetimes and expiries.
import { discover, openSSTable } from '@scamander/sstable-io';
import { type Node, type Release, representativeReleases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServedVersion } from '../src/index.ts';
import { assertComplete, loadInto } from './support/loading.ts';
import { withOtherNode } from './support/nodes.ts';
import { pullFrom } from './support/pulling.ts';
import { assertSameRows, readRows } from './support/rows.ts';
import { sampleTables } from './support/sample-tables.ts';
import { emptySampleTables, KEYSPACE, type Written, writtenBy } from './support/written.ts';

/** Versions that the release reads whole (streaming-4.0-plus §4.4). */
const versionsFor = ({ name, family }: Release): readonly ServedVersion[] => {
  if (family === '4.0' || family === '4.1') return ['nb'];
  return name.endsWith('-none') ? ['nb', 'oa', 'da'] : ['nb', 'da'];
};

/** From 4.1 on `verify` has to be asked for twice. */
const VERIFY_OPTIONS = { '4.0': ['-e'], later: ['-e', '-f'] } as const;

const MINIMUM = -(2n ** 63n);
/** Two halves of the ring, each pulled by itself: every SSTable is cut. */
const HALVES = [[{ left: MINIMUM, right: 0n }], [{ left: 0n, right: MINIMUM }]] as const;

const assertSound = async (data: string, version: ServedVersion): Promise<number> => {
  const { tables, problems } = await discover([data]);
  assert.equal(
    problems.map(({ message }) => message),
    [],
  );
  assert.is(tables.length, sampleTables.length);
  const all = tables.flatMap(({ sstables }) => sstables);
  for (const files of all) {
    assert.is(files.descriptor.version, version);
    const opened = await openSSTable(files);
    if (opened._tag === 'Left') throw opened.left;
    const report = await opened.right.verify('deep');
    await opened.right.close();
    assert.equal(
      [report.errors.map(({ message }) => message), report.warnings],
      [[], []],
      files.descriptor.table,
    );
  }
  return all.length;
};

const assertContents = async (node: Node, written: Written): Promise<void> => {
  const cql = await node.cql();
  for (const { name, timed } of sampleTables) {
    const found = await readRows(cql, `${KEYSPACE}.${name}`, timed);
    assertSameRows(found, written.rows.get(name) ?? [], name);
  }
};

/** What was written stays in the tables until it was pulled; then it is taken away, and what we wrote takes its place. */
const check = async (
  node: Node,
  release: Release,
  written: Written,
  version: ServedVersion,
): Promise<void> =>
  withTempFolder(async (data) => {
    const tables = sampleTables.map(({ name }) => name);
    for (const ranges of HALVES) {
      const pulled = await pullFrom(node, {
        keyspace: KEYSPACE,
        tables,
        ranges,
        dataDirectory: data,
        sstableVersion: version,
      });
      assert.is(pulled.whole, 0);
      assert.ok(pulled.sections > 0);
    }
    const sstables = await assertSound(data, version);
    await emptySampleTables(await node.cql());
    const loaded = await loadInto(node, { paths: [data], verify: 'deep' });
    assertComplete(loaded, sstables);
    assert.ok(loaded.report.receipt.deliveries.every(({ mode }) => mode === 'entire'));
    await assertContents(node, written);
    await node.nodetool(
      'verify',
      ...VERIFY_OPTIONS[release.family === '4.0' ? '4.0' : 'later'],
      KEYSPACE,
    );
  });

/** 6.0 sends `pa`, whose rows we don't read. */
for (const release of representativeReleases().filter(({ family }) => family !== '6.0')) {
  // tables are pulled again from what we wrote before: each version is read and written by the node in turn
  test(`${release.name} sends sections to a node of ours, and takes back what that wrote`, () =>
    withOtherNode(release, { stream_entire_sstables: false }, async (node) => {
      const written = await writtenBy(node);
      for (const version of versionsFor(release)) await check(node, release, written, version);
    }));
}

test.run();
