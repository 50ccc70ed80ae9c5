// What a node tells of itself, against what nodetool says of the same node.
import { type Cluster, connectCluster, type SelfReport } from '@scamander/cluster';
import { type Node, type Release, releases, withNode } from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { value } from '../test/harness.ts';

const MEGABIT = 125_000;
const MIB = 1024 ** 2;

const numberIn = (text: string): number => Number(/(\d+(?:\.\d+)?)/.exec(text)?.[1]);

/** The table of gossip says what a question by gossip brings: here of the node itself. */
const checkGossip = async (cluster: Cluster, node: Node): Promise<void> => {
  const states = value(await cluster.gossipInfo());
  if (node.version.startsWith('4.0.')) {
    assert.is(states, undefined);
    return;
  }
  const infos = value(await cluster.nodes());
  assert.equal(
    states?.map(({ endpoint, status, hostId, schemaVersion }) => [
      endpoint,
      status?.state,
      hostId,
      schemaVersion,
    ]),
    infos.map(({ endpoint, hostId, schemaVersion }) => [endpoint, 'NORMAL', hostId, schemaVersion]),
  );
};

const reportOf = async (node: Node): Promise<SelfReport> => {
  const contactPoints = [{ host: node.address, port: node.nativePort }];
  const cluster = value(await connectCluster({ contactPoints }));
  try {
    // One machine, one clock: what the node shows lies between our looks at it, whatever the time zone or unit.
    const before = Date.now();
    const time = value(await cluster.time());
    assert.ok(time >= before - 1 && time <= Date.now() + 1, `${before} ${time}`);
    await checkGossip(cluster, node);
    return value(await cluster.selfReport());
  } finally {
    await cluster.close();
  }
};

/** Changed while the node runs, and seen at once. */
const checkRates = async (node: Node, release: Release): Promise<void> => {
  await node.nodetool('setstreamthroughput', '80');
  await node.nodetool('setinterdcstreamthroughput', '160');
  await node.nodetool('setcompactionthroughput', '32');
  const { settings } = await reportOf(node);
  assert.is(settings?.streamRate, 80 * MEGABIT);
  assert.is(settings?.interDcStreamRate, 160 * MEGABIT);
  assert.is(settings?.compactionRate, 32 * MIB);
  assert.is(numberIn(await node.nodetool('getstreamthroughput')), 80);
  if (release.family === '4.0') {
    assert.is(settings?.entireStreamRate, undefined);
    return;
  }
  await node.nodetool('setstreamthroughput', '-e', '7');
  assert.is((await reportOf(node)).settings?.entireStreamRate, 7 * MIB);
  assert.is(numberIn(await node.nodetool('getstreamthroughput', '-e')), 7);
};

const check = async (node: Node, release: Release): Promise<void> => {
  const report = await reportOf(node);
  assert.equal(report.unread, []);
  const { settings } = report;
  const compactors = await node.nodetool('getconcurrentcompactors');
  assert.is(settings?.concurrentCompactors, numberIn(compactors));
  assert.is(settings?.internodeEncryption, 'none');
  assert.is(settings?.streamsEntireSSTables, true);
  // As the specification has it for these patch releases (management §5.1); 6.0-alpha2 has no such setting.
  const rejects = { '4.0': true, '4.1': true, '5.0': false, '6.0': undefined }[release.family];
  assert.is(settings?.rejectsOutOfRange, rejects);
  assert.is(settings?.bulkLoadEnabled, release.family === '6.0' ? true : undefined);
  assert.is(
    settings?.storageCompatibilityMode,
    release.name.endsWith('-none') ? 'NONE' : undefined,
  );
  const hasNewer = release.family !== '4.0';
  assert.is(Array.isArray(report.streams), hasNewer);
  assert.is(Array.isArray(report.hints), hasNewer);
  assert.ok(report.pools?.some(({ name }) => name === 'CompactionExecutor'));
  assert.ok((report.usedBytes ?? -1) >= 0);
  await checkRates(node, release);
};

for (const release of releases())
  test(`${release.name}: settings and work as nodetool has them`, () =>
    withNode(release, (node) => check(node, release), { numTokens: 4 }));

test.run();
