// The same over real sockets of the loopback, on the machine's own clock: half closes, resets and buffers of the kernel.
import { systemClock, unlimited } from '@scamander/throttle';
import { type Connection, tcpTransport } from '@scamander/transport';
import { seededRandom } from '@scamander-tools/testing';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamParts } from '../../src/parts.ts';
import type { OutgoingFiles } from '../../src/ports.ts';
import { SessionRegistry } from '../../src/session-registry.ts';
import { StreamManager } from '../../src/stream-manager.ts';
import { StreamPlan } from '../../src/stream-plan.ts';
import { A, B, request } from '../machine/story.ts';
import { partitioner } from '../partitioner.ts';
import { MemoryStore } from './files.ts';
import { contentsOf, entireFiles, visibleOf, watchedTransport } from './two-peers.ts';

type Node = {
  readonly parts: StreamParts;
  readonly store: MemoryStore;
  readonly manager: StreamManager;
  readonly open: Set<Connection>;
  close(): Promise<void>;
};

const startNode = async (outgoing?: OutgoingFiles): Promise<Node> => {
  const open = new Set<Connection>();
  const transport = watchedTransport(tcpTransport(), open);
  const listening = await transport.listen({ host: '127.0.0.1', port: 0 });
  if (isLeft(listening)) throw listening.left;
  const listener = listening.right;
  const store = new MemoryStore();
  const parts: StreamParts = {
    transport,
    clock: systemClock,
    throttle: { limiterFor: () => unlimited },
    partitioner,
    localEndpoint: listener.endpoint,
    random: seededRandom(listener.endpoint.port),
    unixMs: () => 1_700_000_000_000,
    incoming: store,
    sessions: new SessionRegistry(),
    ...(outgoing === undefined ? {} : { outgoing }),
  };
  const manager = new StreamManager(parts);
  const serving = manager.serve(listener);
  return { parts, store, manager, open, close: () => serving.close() };
};

const assertClosed = async (...nodes: Node[]): Promise<void> => {
  await Promise.all(
    nodes.flatMap(({ manager }) => manager.sessions.all().map(({ ended }) => ended)),
  );
  for (const node of nodes) await node.close();
  for (const { open, store, manager } of nodes) {
    await Promise.all([...open].map(({ closed }) => closed));
    assert.is(store.open, 0);
    assert.is(manager.sessions.all().length, 0);
  }
};

test('both directions in one session', async () => {
  const theirs = entireFiles(A, 200_000, 5);
  const ours = entireFiles(B, 1, 300_000, 70_000);
  const node = await startNode({ select: async () => right(theirs) });
  const us = await startNode();
  const state = await new StreamPlan('Rebuild', us.parts)
    .transferFiles(node.parts.localEndpoint, ours)
    .requestRanges(node.parts.localEndpoint, [request])
    .execute();
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  assert.equal(visibleOf(us.store, A), contentsOf([200_000, 5]));
  assert.equal(visibleOf(node.store, B), contentsOf([1, 300_000, 70_000]));
  await assertClosed(us, node);
  for (const file of [...ours, ...theirs]) assert.is(file.released, 1);
});

test('the receiver refuses in the middle: the sender hears the reason, not a reset', async () => {
  for (let round = 0; round < 20; round++) {
    const node = await startNode();
    node.store.refuseFinish = { code: 'SCM_X', file: 'f', message: 'no', retryable: false };
    const us = await startNode();
    const files = entireFiles(A, 10, 500_000, 500_000);
    const state = await new StreamPlan('Bulk Load', us.parts)
      .transferFiles(node.parts.localEndpoint, files)
      .execute()
      .settled();
    assert.is(state.sessions[0]?.error?.code, 'SCM_STREAM_PEER_FAILED');
    // the buffers of the kernel may hold everything: whether the peer read it can't be known here
    assert.is.not(state.sessions[0]?.outcome, 'applied');
    await assertClosed(us, node);
    for (const file of files) assert.is(file.released, 1);
  }
});

test('cancelled in the middle: the receiver hears it and keeps nothing', async () => {
  const node = await startNode();
  const us = await startNode();
  const files = entireFiles(A, 500_000, 500_000);
  const codes: string[] = [];
  node.manager.events$.subscribe((event) => {
    if (event.type === 'SessionFailed') codes.push(event.error.code);
  });
  const result = new StreamPlan('Bulk Load', us.parts)
    .transferFiles(node.parts.localEndpoint, files)
    .execute();
  let chunks = 0;
  result.chunks$.subscribe(() => {
    chunks += 1;
    if (chunks === 100) result.cancel();
  });
  const state = await result.settled();
  assert.is(state.sessions[0]?.state, 'ABORTED');
  await assertClosed(us, node);
  assert.equal(codes, ['SCM_STREAM_PEER_FAILED']);
  assert.is(node.store.visible.size, 0);
});

test.run();
