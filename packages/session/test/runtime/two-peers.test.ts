import type { StreamRequest } from '@scamander/wire-codec';
import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { A, B } from '../machine/story.ts';
import { MemoryOutgoing, pattern } from './files.ts';
import {
  assertNothingOpen,
  contentsOf,
  digestOf,
  entireFiles,
  makeWorld,
  settled,
  visibleOf,
  within,
} from './two-peers.ts';

const everything: StreamRequest = {
  keyspace: 'ks',
  endpoint: { host: '10.0.0.9', port: 7000 },
  fullRanges: [{ left: -(2n ** 63n), right: -(2n ** 63n) }],
  transientRanges: [],
  tables: ['t'],
};

test('a load of two tables, entire and partial, over two connections', async () => {
  const world = await makeWorld();
  const files = [
    ...entireFiles(A, 5000, 1, 70_000),
    new MemoryOutgoing('b', B, [pattern(3000, 9)], false),
  ];
  const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  const types: string[] = [];
  result.events$.subscribe(({ type, session }) => {
    assert.is(session.role, 'initiator');
    types.push(type);
  });
  const state = await within(world.clock, Promise.resolve(result));
  assert.equal(visibleOf(world.right.store, A), contentsOf([5000, 1, 70_000]));
  assert.equal(visibleOf(world.right.store, B), [digestOf(pattern(3000, 9))]);
  const [session] = state.sessions;
  assert.ok(session !== undefined);
  assert.is(session.state, 'COMPLETE');
  assert.is(session.version, 14);
  assert.is(session.outcome, 'applied');
  assert.is(session.filesSent, 4);
  assert.is(session.bytesSent, 78_022n);
  assert.ok(
    session.files.every(({ status, bytes, sizeBytes }) => status === 'done' && bytes === sizeBytes),
  );
  assert.equal(session.sending, [
    { tableId: A, files: 6, totalSizeBytes: 75_022n, ranges: [] },
    { tableId: B, files: 1, totalSizeBytes: 3000n, ranges: [] },
  ]);
  for (const type of [
    'SessionConnected',
    'SessionPrepared',
    'FileStarted',
    'FileChunk',
    'FileProgress',
    'FileSent',
    'FileAcknowledged',
    'SessionComplete',
  ])
    assert.ok(types.includes(type), type);
  assert.is(types.filter((type) => type === 'FileAcknowledged').length, 4);
  await assertNothingOpen(world, files);
});

test('a pull: the follower dials back, answers, and waits for the initiator to close', async () => {
  const files = entireFiles(A, 4000, 200);
  const asked: StreamRequest[] = [];
  const outgoing = {
    select: async (request: StreamRequest) => {
      asked.push(request);
      return right(files);
    },
  };
  const world = await makeWorld({ right: { outgoing } });
  const result = world.left.plan().requestRanges(world.right.endpoint, [everything]).execute();
  await within(world.clock, Promise.resolve(result));
  assert.equal(asked, [everything]);
  assert.equal(visibleOf(world.left.store, A), contentsOf([4000, 200]));
  await assertNothingOpen(world, files);
});

test('both directions in one session', async () => {
  const theirs = entireFiles(A, 900, 3000);
  const outgoing = { select: async () => right(theirs) };
  const world = await makeWorld({ right: { outgoing } });
  const ours = entireFiles(B, 40_000);
  const plan = world.left.plan().transferFiles(world.right.endpoint, ours);
  const state = await within(
    world.clock,
    Promise.resolve(plan.requestRanges(world.right.endpoint, [everything]).execute()),
  );
  assert.is(state.sessions.length, 1);
  assert.equal(visibleOf(world.left.store, A), contentsOf([900, 3000]));
  assert.equal(visibleOf(world.right.store, B), contentsOf([40_000]));
  await assertNothingOpen(world, [...ours, ...theirs]);
});

test('a request that finds nothing', async () => {
  const world = await makeWorld({ right: { outgoing: { select: async () => right([]) } } });
  const result = world.left.plan().requestRanges(world.right.endpoint, [everything]).execute();
  const state = await within(world.clock, Promise.resolve(result));
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  await assertNothingOpen(world);
});

test('a preview moves nothing and releases everything', async () => {
  const theirs = entireFiles(A, 900);
  const world = await makeWorld({ right: { outgoing: { select: async () => right(theirs) } } });
  const ours = entireFiles(B, 40_000);
  const plan = world.left.plan({ preview: 'ALL' }).transferFiles(world.right.endpoint, ours);
  const result = plan.requestRanges(world.right.endpoint, [everything]).execute();
  const state = await within(world.clock, Promise.resolve(result));
  assert.equal(state.sessions[0]?.receiving, [
    { tableId: A, files: 2, totalSizeBytes: 907n, ranges: [] },
  ]);
  assert.is(state.sessions[0]?.outcome, 'nothing-applied');
  assert.is(world.right.store.visible.size, 0);
  assert.ok([...ours, ...theirs].every(({ headers }) => headers === 0));
  await assertNothingOpen(world, [...ours, ...theirs]);
});

test('a plan of nothing is complete at once, without a connection', async () => {
  const world = await makeWorld();
  const state = await within(world.clock, Promise.resolve(world.left.plan().execute()));
  assert.equal(state.sessions, []);
  await assertNothingOpen(world);
});

test('several sessions per peer, several peers, one of them down: the others complete', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 100, 200, 300, 400);
  const lost = entireFiles(B, 10);
  const result = world.left
    .plan({ sessionsPerPeer: 3 })
    .transferFiles(world.right.endpoint, files)
    .transferFiles({ host: '10.0.0.2', port: 7000 }, lost)
    .execute();
  const state = await settled(world, result);
  assert.equal(
    state.sessions.map(({ index, state }) => `${index} ${state}`),
    ['0 COMPLETE', '1 COMPLETE', '2 COMPLETE', '0 FAILED'],
  );
  // 4 files in 3 sessions: buckets of one, and the fourth goes to session 0 again (spec: planning 16.3)
  assert.equal(
    state.sessions.map(({ files }) => files.length),
    [2, 1, 1, 1],
  );
  assert.equal(visibleOf(world.right.store, A), contentsOf([100, 200, 300, 400]));
  const failed = state.sessions[3];
  assert.is(failed?.error?.code, 'SCM_STREAM_UNREACHABLE');
  assert.is(failed?.outcome, 'nothing-applied');
  await assertNothingOpen(world, [...files, ...lost]);
});

test('sequential: a session starts when the one before is prepared', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 100, 200);
  const result = world.left
    .plan({ sessionsPerPeer: 2, sequential: true })
    .transferFiles(world.right.endpoint, files)
    .execute();
  const order: string[] = [];
  result.events$.subscribe(({ type, session }) => order.push(`${session.sessionIndex} ${type}`));
  await settled(world, result);
  assert.ok(order.indexOf('0 SessionPrepared') < order.indexOf('1 SessionConnected'));
  await assertNothingOpen(world, files);
});

test('sequential: a session that fails does not hold up the next', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 100);
  const lost = entireFiles(B, 100);
  const result = world.left
    .plan({ sequential: true })
    .transferFiles({ host: '10.0.0.2', port: 7000 }, lost)
    .transferFiles(world.right.endpoint, files)
    .execute();
  const state = await settled(world, result);
  assert.equal(
    state.sessions.map(({ state }) => state),
    ['FAILED', 'COMPLETE'],
  );
  await assertNothingOpen(world, [...files, ...lost]);
});

test('many files reuse the connections they have', async () => {
  const world = await makeWorld();
  const sizes = Array.from({ length: 50 }, (_, index) => index * 37);
  const files = entireFiles(A, ...sizes);
  const plan = world.left.plan({ fileConnectionsPerSession: 3 });
  const result = plan.transferFiles(world.right.endpoint, files).execute();
  let connectionsMax = 0;
  result.events$.subscribe(() => {
    connectionsMax = Math.max(connectionsMax, world.left.connections.size);
  });
  await settled(world, result);
  assert.is(connectionsMax, 4);
  assert.equal(visibleOf(world.right.store, A), contentsOf(sizes));
  await assertNothingOpen(world, files);
});

test('address map: the peer is dialled elsewhere, its name in messages stays', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10);
  const name = { host: '192.168.0.1', port: 9999 };
  const result = world.left
    .plan({ addressMap: () => world.right.endpoint })
    .transferFiles(name, files)
    .execute();
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  assert.equal(state.sessions[0]?.peer, name);
  await assertNothingOpen(world, files);
});

test('every version that both accept', async () => {
  for (const version of [12, 13, 14]) {
    const world = await makeWorld({ right: { versions: { min: version, max: version } } });
    const files = entireFiles(A, 10);
    const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
    const state = await settled(world, result);
    assert.is(state.sessions[0]?.state, 'COMPLETE');
    assert.is(state.sessions[0]?.version, version);
    await assertNothingOpen(world, files);
  }
});

test('no common version: a typed failure before anything is sent', async () => {
  const world = await makeWorld({ right: { versions: { min: 13, max: 13 } } });
  const files = entireFiles(A, 10);
  const result = world.left
    .plan({ versions: { min: 12, max: 12 } })
    .transferFiles(world.right.endpoint, files)
    .execute();
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.error?.code, 'SCM_STREAM_VERSION');
  await assertNothingOpen(world, files);
});

test('requests without a registry are refused here', async () => {
  const world = await makeWorld();
  const { sessions: _, ...parts } = world.left.parts;
  const { StreamPlan } = await import('../../src/stream-plan.ts');
  const result = new StreamPlan('Rebuild', parts)
    .requestRanges(world.right.endpoint, [everything])
    .execute();
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.error?.code, 'SCM_STREAM_REFUSED');
  await assertNothingOpen(world);
});

test('a local endpoint that is no address fails the session, not the process', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10);
  const result = world.left
    .plan({}, { localEndpoint: { host: 'loader.example', port: 7000 } })
    .transferFiles(world.right.endpoint, files)
    .execute();
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.state, 'FAILED');
  await assertNothingOpen(world, files);
});

test.run();
