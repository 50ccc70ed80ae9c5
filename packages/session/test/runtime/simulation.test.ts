// Many sessions of many peers in one process, with seeded faults on a virtual clock.
import {
  type ConnectionFaults,
  type FaultPlan,
  faultyTransport,
  memoryNetwork,
} from '@scamander/transport';
import { seededRandom, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamResult } from '../../src/stream-result.ts';
import type { MemoryOutgoing } from './files.ts';
import { contentsOf, entireFiles, Peer, visibleOf, within } from './two-peers.ts';

const PEERS = 6;

/** Short waits: a simulation is about orders of events, not about hours. */
const TIMEOUTS = {
  prepareSynAckMs: 20_000,
  receivedMs: 20_000,
  completeMs: 20_000,
  nextFileMs: 20_000,
  fileStallMs: 10_000,
  messageMs: 10_000,
  handshakeMs: 5_000,
  closeMs: 5_000,
};

const randomFaults = (random: () => number): ConnectionFaults => {
  const lane = () => {
    const dice = random();
    const atByte = Math.floor(random() * 4000);
    if (dice < 0.03)
      return { cut: { atByte, how: random() < 0.5 ? ('end' as const) : ('reset' as const) } };
    if (dice < 0.05) return { vanishAtByte: atByte };
    if (dice < 0.06) return { corrupt: { atByte: atByte % 300 } };
    if (dice < 0.4) return { delayMs: Math.floor(random() * 30), jitterMs: 50 };
    if (dice < 0.5) return { bytesPerSecond: 2000 + Math.floor(random() * 50_000) };
    return {};
  };
  return {
    out: lane(),
    in: lane(),
    refuse: random() < 0.02,
    connectDelayMs: random() < 0.05 ? 2500 : 0,
  };
};

const faultPlan = (random: () => number): FaultPlan => ({
  dialled: Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [index, randomFaults(random)]),
  ),
});

type Sent = {
  readonly result: StreamResult;
  readonly to: Peer;
  readonly tableId: string;
  readonly sizes: number[];
  readonly files: MemoryOutgoing[];
};

const simulate = async (seed: number): Promise<Map<string, number>> => {
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const network = memoryNetwork({ pipeBytes: 512 + Math.floor(random() * 8192) });
  const peers = await Promise.all(
    Array.from({ length: PEERS }, (_, index) => {
      const host = `10.0.0.${index + 1}`;
      const transport = faultyTransport(network.transport(host), faultPlan(random), {
        clock,
        random,
      });
      return new Peer(host, clock, transport, { timeouts: TIMEOUTS }).listen();
    }),
  );
  const sent: Sent[] = [];
  for (const [index, from] of peers.entries())
    for (const [other, to] of peers.entries()) {
      if (from === to) continue;
      const tableId = `${index}${other}000000-0000-1000-8000-${String(seed).padStart(12, '0')}`;
      const sizes = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        Math.floor(random() * 3000),
      );
      const files = entireFiles(tableId, ...sizes);
      const plan = from.plan({
        fileConnectionsPerSession: 1 + Math.floor(random() * 3),
        timeouts: TIMEOUTS,
      });
      const result = plan.transferFiles(to.endpoint, files).execute();
      if (random() < 0.05)
        clock.setTimer(Math.floor(random() * 500), () => result.cancel('by dice'));
      sent.push({ result, to, tableId, sizes, files });
    }
  const states = await within(clock, Promise.all(sent.map(({ result }) => result.settled())));
  while (peers.some(({ manager }) => manager.sessions.all().length > 0)) await clock.advance(500);
  await within(clock, Promise.all(peers.map((peer) => peer.close())));
  const ends = new Map<string, number>();
  for (const [index, { to, tableId, sizes, files }] of sent.entries()) {
    const [session] = states[index]!.sessions;
    assert.ok(session !== undefined);
    const visible = visibleOf(to.store, tableId);
    const label = `seed ${seed}, ${tableId}: ${session.state} ${session.outcome} ${session.error?.code}`;
    if (session.state === 'COMPLETE') assert.ok(visible !== undefined, label);
    if (session.outcome === 'nothing-applied') assert.is(visible, undefined, label);
    assert.is(
      visible === undefined ? sizes.length : visible.length,
      contentsOf(sizes).length,
      label,
    );
    assert.ok(
      files.every(({ released }) => released === 1),
      label,
    );
    const end = session.error?.code ?? session.state;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  for (const peer of peers) {
    assert.is(peer.store.open, 0);
    assert.is(peer.connections.size, 0);
    assert.is(peer.manager.connectionsWithoutSession, 0);
  }
  await clock.advance(1000);
  assert.is(clock.pendingTimers, 0);
  return ends;
};

test('thirty sessions of six peers, ten seeds', async () => {
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 10; seed++)
    for (const [end, count] of await simulate(seed)) ends.set(end, (ends.get(end) ?? 0) + count);
  assert.ok((ends.get('COMPLETE') ?? 0) > 150, JSON.stringify([...ends]));
  assert.ok(ends.size >= 4, JSON.stringify([...ends]));
});

test('the same seed gives the same ends', async () => {
  assert.equal([...(await simulate(7))].sort(), [...(await simulate(7))].sort());
});

test.run();
