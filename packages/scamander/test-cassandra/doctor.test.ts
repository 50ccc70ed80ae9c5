// What doctor() says of running nodes: nothing bad of a healthy one, and of one that is set up badly just what is bad.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tcpTransport } from '@scamander/transport';
import { type Node, type Release, releases } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { filter, firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../src/index.ts';
import { assertFound, assertNoneWorse, examined, findingsOf, nameOf } from './support/examining.ts';
import { dataFilesIn } from './support/loading.ts';
import { freshKeyspace, releasesWhere, withLoadNode, withOtherNode } from './support/nodes.ts';
import { copyOfSample, sampleTable } from './support/samples.ts';

const DEMO_USERS = 'CREATE TABLE demo.users (id int PRIMARY KEY, body text)';

const checkHealthy = async (node: Node, release: Release): Promise<void> => {
  const report = await examined(node);
  assertNoneWorse(report);
  assert.is(report.cluster, node.settings.clusterName);
  const { streamingVersion, version } = release;
  const running = assertFound(report, 'release', 'ok', /^all nodes run Cassandra /);
  // 6.0-alpha2 calls itself 6.0.0-alpha2.
  assert.match(running.evidence, version.split('-')[0] ?? '');
  assertFound(report, 'schema-agreement', 'ok', /same schema/);
  assertFound(report, 'ring-change', 'ok', /no node joins/);
  assertFound(report, 'storage-port', 'ok', /answers/, node);
  assertFound(report, 'tls-mode', 'ok', /plaintext only/, node);
  assertFound(report, 'cql', 'ok', /answers by CQL$/, node);
  assertFound(report, 'dial-back', 'ok', /reaches us/, node);
  assertFound(report, 'clock', 'ok', /agrees/, node);
  assertFound(report, 'backlog', 'ok', /nothing else/, node);
  const [protocol] = findingsOf(report, 'protocol', node);
  assert.match(protocol?.finding ?? '', `version ${streamingVersion}`);
  assert.match(protocol?.evidence ?? '', `it takes ${streamingVersion};`);
  if (release.family === '5.0')
    assert.match(protocol?.finding ?? '', release.name.endsWith('-none') ? /NONE/ : /CASSANDRA_4/);
  assert.is(findingsOf(report, 'guardrail').length, release.family === '6.0' ? 1 : 0);
  const [throttle] = findingsOf(report, 'throttle', node);
  // 200 Mb/s and 24 MiB/s: the defaults (spec: management §5.1).
  assert.match(
    throttle?.evidence ?? '',
    release.family === '4.0' ? /sends with 23.8 MiB\/s/ : /sends with 24 MiB\/s/,
  );
};

/** What of a backup would load: a table that fits, one that is not there, one that does not fit, one with a damaged SSTable. */
const checkBackup = (node: Node, release: Release): Promise<void> =>
  withTempFolder(async (folder) => {
    const cql = await node.cql();
    await freshKeyspace(cql, 'demo');
    await cql.execute(DEMO_USERS);
    const users = copyOfSample(release, 'users', folder);
    const readings = copyOfSample(release, 'readings', folder);
    const create = 'CREATE TABLE demo.readings (sensor int, at int, PRIMARY KEY (sensor, at));';
    writeFileSync(join(readings, 'schema.cql'), create);
    const missing = await examined(node, { backup: [folder], gossip: false });
    assertNoneWorse(missing, ['backup']);
    const fits = assertFound(missing, 'backup', 'ok', /^demo\.users would load \(2 SSTables/);
    assert.match(fits.evidence, `${nameOf(node)} gets `);
    const unknown = assertFound(
      missing,
      'backup',
      'critical',
      /^demo\.readings is not in the cluster/,
    );
    assert.match(unknown.remedy ?? '', create);

    await cql.execute('CREATE TABLE demo.readings (sensor int PRIMARY KEY, value bigint)');
    const [victim] = dataFilesIn(users) as [string];
    writeFileSync(victim, Buffer.alloc(100, 7));
    const report = await examined(node, { backup: [folder], gossip: false });
    assertFound(report, 'backup', 'critical', /does not fit demo\.readings: .*clustering/);
    const damaged = assertFound(report, 'backup', 'critical', /^an SSTable is damaged/);
    assert.match(damaged.evidence, victim.replace('Data.db', ''));
    assertFound(report, 'backup', 'info', /^of demo\.users all but 1 of 2 SSTables/);
    assertNoneWorse(report, ['backup']);
    assert.is(
      (await cql.execute('SELECT count(*) AS n FROM demo.users')).rows[0]?.get('n')?.toString(),
      '0',
    );
  });

/** A load that is under way is seen by the table of streams (4.1 and later). */
const checkStreams = async (node: Node, release: Release): Promise<void> => {
  const cql = await node.cql();
  await freshKeyspace(cql, 'demo');
  await cql.execute(DEMO_USERS);
  const running = load({
    paths: [sampleTable(release, 'users')],
    target: { kind: 'cluster', contactPoints: [{ host: node.address, port: node.nativePort }] },
    rates: { outbound: 2000, entire: 2000 },
  });
  await firstValueFrom(running.events$.pipe(filter(({ type }) => type === 'FileStarted')));
  try {
    const report = await examined(node, { gossip: false });
    const found = assertFound(report, 'backlog', 'info', /^a stream is running/, node);
    assert.match(found.evidence, /^Bulk Load with \//);
  } finally {
    running.cancel();
    await running.result;
  }
};

/** A port of this machine that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const listening = await tcpTransport().listen({ host: '127.0.0.1', port: 0 });
  if (listening._tag === 'Left') throw listening.left;
  await listening.right.close();
  return listening.right.endpoint.port;
};

/** An announced address that leads nowhere: nobody listens on port 1. */
const checkDialBack = async (node: Node): Promise<void> => {
  const report = await examined(node, {
    listen: { host: '127.0.0.1', port: await freePort() },
    announce: { host: '127.0.0.1', port: 1 },
    silenceTimeoutMs: 3000,
  });
  const found = assertFound(
    report,
    'dial-back',
    'critical',
    /does not reach us at 127\.0\.0\.1:1/,
    node,
  );
  assert.match(found.remedy ?? '', '--announce');
};

for (const release of releases())
  test(`${release.name}: a healthy node, a backup for it, a stream to it, and an address it can't dial`, () =>
    withLoadNode(release, async (node) => {
      await checkHealthy(node, release);
      await checkBackup(node, release);
      if (release.family !== '4.0') await checkStreams(node, release);
      await checkDialBack(node);
    }));

for (const release of releasesWhere(({ family }) => family === '6.0'))
  test(`${release.name}: the guardrail that forbids loads is found before one fails`, () =>
    withOtherNode(release, { bulk_load_enabled: false }, async (node) => {
      const report = await examined(node, { gossip: false });
      const found = assertFound(report, 'guardrail', 'critical', /forbids loads/, node);
      assert.is(found.evidence, 'bulk_load_enabled: false');
      assertNoneWorse(report, ['guardrail']);
    }));

test.run();
