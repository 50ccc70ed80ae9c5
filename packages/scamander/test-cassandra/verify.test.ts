// A receipt held against the node that was loaded: clean after the load, after a compaction and after later deletions; and when the node lost an
// SSTable, that one is named. All sample tables: counters, collections, static columns, times to live, deletions.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, oneRelease, type Release, startRing } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Receipt, type VerifyReport, verifyReceipt } from '../src/index.ts';
import { assertComplete, loadInto } from './support/loading.ts';
import { executeAll, freshKeyspace, releasesWhere, withOtherNode } from './support/nodes.ts';
import { sampleTables } from './support/sample-tables.ts';
import { emptySampleTables, KEYSPACE, tableFolder, writtenBy } from './support/written.ts';

const LOST = 'statics';

/** A node of its own: it is stopped, and loses files. */
const withVerifiedNode = (release: Release, body: (node: Node) => Promise<void>): Promise<void> =>
  withOtherNode(release, { native_transport_max_threads: 17 }, body);

const verified = async (node: Node, receipt: Receipt): Promise<VerifyReport> => {
  const source = {
    kind: 'cluster' as const,
    contactPoints: [{ host: node.address, port: node.nativePort }],
  };
  const result = await verifyReceipt(receipt, { against: { source } }).result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return result.right;
};

const explained = ({ findings, problems }: VerifyReport): string =>
  JSON.stringify([findings, problems], null, 1);

const assertVerified = (report: VerifyReport, when: string): void => {
  assert.is(report.verdict, 'verified', `${when}: ${explained(report)}`);
  assert.equal(
    report.replicas.map(({ table }) => table).sort(),
    sampleTables.map(({ name }) => name).sort(),
  );
  assert.ok(report.replicas.every(({ partitions }) => partitions > 0));
};

const story = (release: Release, entire: 'auto' | 'never'): Promise<void> =>
  withVerifiedNode(release, async (node) => {
    const written = await writtenBy(node);
    const cql = await node.cql();
    await emptySampleTables(cql);
    const loaded = await loadInto(node, { paths: written.paths, entire, digests: 'sha256' });
    assertComplete(loaded, written.sstables);
    const { receipt } = loaded.report;
    assertVerified(await verified(node, receipt), 'after the load');
    await node.nodetool('compact', KEYSPACE);
    await cql.execute(`DELETE FROM ${KEYSPACE}.wide WHERE pk = 'wide 1' AND seq = 4`);
    await cql.execute(`DELETE FROM ${KEYSPACE}.collections WHERE k = 7`);
    await cql.execute(`UPDATE ${KEYSPACE}.collections SET s = s + {'later'} WHERE k = 8`);
    assertVerified(await verified(node, receipt), 'after a compaction and later writes');
    const folder = await tableFolder(node, KEYSPACE, LOST);
    await node.shutDown();
    for (const name of readdirSync(folder).filter((one) => /^\w+-\w+-(big|bti)-/.test(one)))
      rmSync(join(folder, name));
    await node.start('native');
    const report = await verified(node, receipt);
    assert.is(report.verdict, 'differs', explained(report));
    assert.equal(
      report.findings.map((finding) => finding.kind === 'absent' && finding.table),
      sampleTables.find(({ name }) => name === LOST)?.phases.map(() => LOST),
      explained(report),
    );
  });

const KEYS = 300;
const RING_TABLE = 'CREATE TABLE KS.t (k int PRIMARY KEY, v text)';

/** Three nodes with 16 tokens, two replicas: one of them loses what it took. */
const ringStory = async (release: Release): Promise<void> => {
  const ring = await startRing({ version: release.version, nodes: 3, yaml: release.yaml });
  try {
    const cql = await ring.first.cql();
    await freshKeyspace(cql, 'source', ring.nodes.length);
    await freshKeyspace(cql, 'loaded', 2);
    for (const keyspace of ['source', 'loaded'])
      await cql.execute(RING_TABLE.replace('KS', keyspace));
    const rows = Array.from({ length: KEYS }, (_, k) => k);
    const insert = (k: number) => `INSERT INTO source.t (k, v) VALUES (${k}, 'value ${k}')`;
    await executeAll(cql, rows.map(insert));
    await ring.first.nodetool('flush', 'source');
    await ring.first.nodetool('snapshot', '-t', 'all', 'source');
    const path = join(await tableFolder(ring.first, 'source', 't'), 'snapshots', 'all');
    const loaded = await loadInto(ring.first, { paths: [path], keyspace: 'loaded' });
    assertComplete(loaded, ring.nodes.length);
    const { receipt } = loaded.report;
    const clean = await verified(ring.first, receipt);
    assert.is(clean.verdict, 'verified', explained(clean));
    assert.is(clean.replicas.length, ring.nodes.length);
    const [, victim] = ring.nodes as [Node, Node, Node];
    await victim.nodetool('disableautocompaction', 'loaded');
    const folder = join(
      victim.dataDirectory,
      (await tableFolder(ring.first, 'loaded', 't')).slice(ring.first.dataDirectory.length),
    );
    await victim.shutDown();
    for (const name of readdirSync(folder).filter((one) => /^\w+-\w+-(big|bti)-/.test(one)))
      rmSync(join(folder, name));
    await victim.start();
    await ring.waitUntilSettled();
    const report = await verified(ring.first, receipt);
    assert.equal(
      report.findings.map((finding) => finding.kind === 'absent' && finding.replica),
      [`${victim.address}:${victim.storagePort}`],
      explained(report),
    );
  } finally {
    await ring.stop();
  }
};

/** Sections come to the same rows; they are checked where there is time. */
const WAYS =
  process.env['SCAMANDER_LANES'] === 'whole' ? (['auto', 'never'] as const) : (['auto'] as const);

for (const release of oneRelease('5.0.6-none').filter(({ family }) => family !== '6.0'))
  for (const entire of WAYS)
    test(`${release.name}: what was loaded with entire ${entire} is verified, and what was lost is named`, () =>
      story(release, entire));

if (WAYS.length > 1)
  for (const release of releasesWhere(({ family }) => family === '4.1'))
    test(`${release.name}: of a ring, the replica is named that lost what it took`, () =>
      ringStory(release));

test.run();
