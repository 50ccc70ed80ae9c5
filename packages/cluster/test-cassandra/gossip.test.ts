// Gossip with running rings: who is there, who joins, who moves, who is down; an outsider leaves no trace.

import {
  askGossip,
  compareHeartbeats,
  connectCluster,
  type GossipState,
  ringState,
} from '@scamander/cluster';
import { Murmur3Partitioner as murmur3, type RingState } from '@scamander/ring';
import { systemClock } from '@scamander/throttle';
import { tcpTransport } from '@scamander/transport';
import {
  type Node,
  type Release,
  type Ring,
  releases,
  startRing,
} from '@scamander-tools/real-cassandra';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal, ringText, value } from '../test/harness.ts';

const parts = {
  transport: tcpTransport(),
  clock: systemClock,
  unixMs: () => Date.now(),
  random: () => Math.random(),
};

const question = (node: Node) => ({
  node: { host: node.address, port: node.storagePort },
  clusterName: node.settings.clusterName,
  partitioner: murmur3,
});

const ask = async (node: Node): Promise<readonly GossipState[]> =>
  value(await askGossip(parts, question(node)));

const ringSeenBy = async (node: Node): Promise<RingState> => {
  const contactPoints = [{ host: node.address, port: node.nativePort }];
  const cluster = value(await connectCluster({ contactPoints }));
  try {
    return value(ringState(murmur3, value(await cluster.nodes()), await ask(node)));
  } finally {
    await cluster.close();
  }
};

const LOOK_MS_MAX = 120_000;

/** Looks again until it is so; each look is a whole question to the node. */
const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
  const start = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() - start > LOOK_MS_MAX) throw new Error(`not seen: ${what}`);
  }
};

const oneToken = (release: Release, tokens: readonly string[]) => ({
  version: release.version,
  yaml: release.yaml,
  numTokens: 1,
  nodes: tokens.length,
  members: Object.fromEntries(tokens.map((initialToken, index) => [index, { initialToken }])),
});

const textFor = (ring: RingState, node: Node): string | undefined =>
  ringText(ring).find((line) => line.startsWith(`${node.address} `));

const seesMembers = async ({ nodes: [first, second] }: Ring): Promise<void> => {
  assert.ok(first && second);
  const states = await ask(first);
  assert.equal(
    states
      .map(({ endpoint, status }) => `${endpoint.host}:${endpoint.port} ${status?.state}`)
      .sort(),
    [`${first.address}:7000 NORMAL`, `${second.address}:7000 NORMAL`].sort(),
  );
  const lines = ringText(await ringSeenBy(first));
  assert.equal(
    [...lines].sort(),
    [
      `${first.address} normal -6000000000000000000`,
      `${second.address} normal 4000000000000000000`,
    ].sort(),
  );
  const { clusterName, ...rest } = question(first);
  const wrong = await askGossip(parts, { ...rest, clusterName: `${clusterName}x`, timeoutMs: 500 });
  refusal(wrong, 'SCM_GOSSIP_TIMEOUT');
  // No trace of us at the node.
  assert.not((await first.nodetool('gossipinfo')).includes('127.0.0.1\n'));
  assert.is((await ask(second)).length, 2);
};

const seesJoining = async (ring: Ring): Promise<void> => {
  const { first } = ring;
  const joiner = await ring.add({
    initialToken: '1000000000000000000',
    waitFor: 'storage',
    jvmProperties: { 'cassandra.ring_delay_ms': '60000' },
  });
  const text = await until('the joining node', async () => {
    const line = textFor(await ringSeenBy(first), joiner);
    return line?.includes('joining') ? line : undefined;
  });
  assert.is(text, `${joiner.address} joining 1000000000000000000`);
  await joiner.kill();
};

const seesMoving = async ({ nodes: [first, second] }: Ring): Promise<void> => {
  assert.ok(first && second);
  const moved = second.nodetool('move', '--', '5000000000000000000');
  const text = await until('the moving node', async () => {
    const line = textFor(await ringSeenBy(first), second);
    return line?.includes('normal 4') ? undefined : line;
  });
  assert.is(text, `${second.address} moving 4000000000000000000 to 5000000000000000000`);
  await moved;
};

const seesDown = async ({ nodes: [first, second] }: Ring): Promise<void> => {
  assert.ok(first && second);
  await second.kill();
  const earlier = await ask(first);
  const alive = await until('a heartbeat of the living', async () => {
    const states = compareHeartbeats(earlier, await ask(first));
    return states.find(({ endpoint }) => endpoint.host === first.address)?.alive === true
      ? states
      : undefined;
  });
  assert.is(alive.find(({ endpoint }) => endpoint.host === second.address)?.alive, false);
};

for (const release of releases()) {
  test(`${release.name}: members, a joining, a moving and a dead node`, async () => {
    const ring = await startRing(
      oneToken(release, ['-6000000000000000000', '4000000000000000000']),
    );
    try {
      await seesMembers(ring);
      // 6.0 moves through its metadata log, at once where there is nothing to stream.
      if (release.family !== '6.0') await seesMoving(ring);
      await seesJoining(ring);
      await seesDown(ring);
    } finally {
      await ring.stop();
    }
  });
}

test.run();
