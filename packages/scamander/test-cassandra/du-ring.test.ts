// Sizes asked of a ring: one replica of each range, as much as a pull then receives; with a node that is down, what others hold of it.
import { join } from 'node:path';
import { fullRing, Murmur3Partitioner as murmur3, normalize, parseRange } from '@scamander/ring';
import { oneRelease, type Ring, startRing } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DuOptions, type DuReport, du, pull } from '../src/index.ts';
import { ONE_TRY } from './support/loading.ts';
import { executeAll, freshKeyspace } from './support/nodes.ts';

const KEYSPACE = 'weighed';
const ROWS = 3000;
const WHOLE = [fullRing(murmur3)];

const write = async (ring: Ring): Promise<void> => {
  const cql = await ring.first.cql();
  await freshKeyspace(cql, KEYSPACE, 2);
  await cql.execute(`CREATE TABLE ${KEYSPACE}.t (k int PRIMARY KEY, v text)`);
  const rows = Array.from(
    { length: ROWS },
    (_, k) => `INSERT INTO ${KEYSPACE}.t (k, v) VALUES (${k}, '${`value ${k} `.repeat(9)}')`,
  );
  await executeAll(cql, rows);
  for (const node of ring.nodes) {
    await node.nodetool('flush', KEYSPACE);
    await node.nodetool('refreshsizeestimates');
  }
};

const asking = ({ first }: Ring, more: Partial<DuOptions> = {}): DuOptions => ({
  names: [{ keyspace: KEYSPACE, table: 't' }],
  source: { kind: 'cluster', contactPoints: [{ host: first.address, port: first.nativePort }] },
  retry: ONE_TRY,
  ...more,
});

const told = async (ring: Ring, more: Partial<DuOptions> = {}): Promise<DuReport> => {
  const result = await du(asking(ring, more)).result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return result.right;
};

/** The ranges of all entries; fails where two overlap. */
const rangesOf = ({ entries }: DuReport) =>
  normalize(
    murmur3,
    entries.flatMap(({ ranges }) =>
      ranges.map((text) => {
        const parsed = parseRange(murmur3, text);
        assert.ok(parsed._tag === 'Right');
        return parsed.right;
      }),
    ),
  );

const pulledBytes = (ring: Ring): Promise<number> =>
  withTempFolder(async (folder) => {
    const result = await pull({ ...asking(ring), into: join(folder, 'into') }).result;
    if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
    assert.is(result.right.verdict, 'complete');
    return result.right.receivedBytes;
  });

const assertNear = (said: number, found: number, share: number, what: string): void =>
  assert.ok(Math.abs(said - found) <= share * found, `${what}: ${said} said, ${found} found`);

const story = async (ring: Ring): Promise<void> => {
  await write(ring);
  const one = await told(ring);
  assert.equal([one.verdict, one.silent], ['complete', []]);
  assert.is(one.entries.length, ring.nodes.length);
  assert.equal(rangesOf(one), WHOLE);
  assertNear(one.bytes, await pulledBytes(ring), 0.01, 'one replica a range');
  // 48 ranges, each counted in steps of 128 keys
  assertNear(one.keys ?? 0, ROWS, 0.4, 'keys');

  const all = await told(ring, { allReplicas: true });
  assertNear(all.keys ?? 0, 2 * (one.keys ?? 0), 0.01, 'keys of two replicas');
  assert.ok(all.bytes > 1.5 * one.bytes && all.bytes < 2.5 * one.bytes);

  const gone = ring.nodes[2];
  assert.ok(gone);
  await gone.kill();
  const rest = await told(ring);
  assert.is(rest.verdict, 'complete');
  assert.equal(
    rest.silent.map(({ replica }) => replica),
    [`${gone.address}:${gone.storagePort}`],
  );
  assert.equal(rangesOf(rest), WHOLE);
  assert.is(rest.keys, undefined, 'nobody else tells of its primary ranges');
  assertNear(
    rest.bytes,
    await pulledBytes(ring),
    0.01,
    'one replica a range, of those that are up',
  );
  const missing = await told(ring, { allReplicas: true });
  assert.is(missing.verdict, 'partial');
  assert.is(missing.missing.length, 1);
};

for (const release of oneRelease('5.0.6-none'))
  test(`${release.name}: a ring of three nodes with two replicas, and with one of them down`, async () => {
    const ring = await startRing({
      version: release.version,
      nodes: 3,
      numTokens: 16,
      yaml: release.yaml,
    });
    try {
      await story(ring);
    } finally {
      await ring.stop();
    }
  });

test.run();
