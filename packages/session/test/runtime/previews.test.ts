// Sessions that only count (spec: streaming-4.0-plus §6.9): who asks says how, who answers sends nothing.
import type { PreviewKind } from '@scamander/wire-codec';
import { left, right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OutgoingFiles, OutgoingSessionInfo } from '../../src/ports.ts';
import { StreamPlan } from '../../src/stream-plan.ts';
import { A, B, request } from '../machine/story.ts';
import { RAW, type RawConnection, rawDial } from './raw-peer.ts';
import {
  assertNothingOpen,
  entireFiles,
  makeWorld,
  settled,
  type World,
  within,
} from './two-peers.ts';

const PLAN = '11111111-1111-11ee-8000-000000000001';

/** Answers with the same files and keeps who asked. */
const answering = (
  files: ReturnType<typeof entireFiles>,
): { outgoing: OutgoingFiles; asked: OutgoingSessionInfo[] } => {
  const asked: OutgoingSessionInfo[] = [];
  const select: OutgoingFiles['select'] = async (_, session) => {
    asked.push(session);
    return right(files);
  };
  return { outgoing: { select }, asked };
};

for (const kind of ['ALL', 'UNREPAIRED', 'REPAIRED'] satisfies PreviewKind[]) {
  test(`a preview ${kind}: the follower is told the kind, sums come, nothing is dialled back`, async () => {
    const files = [...entireFiles(A, 900, 50), ...entireFiles(B, 3)];
    const { outgoing, asked } = answering(files);
    const world = await makeWorld({ right: { outgoing } });
    // it needs neither a registry nor anybody who takes files
    const { incoming: _incoming, sessions: _sessions, ...parts } = world.left.parts;
    const plan = new StreamPlan('Rebuild', parts, { preview: kind });
    const state = await within(
      world.clock,
      Promise.resolve(plan.requestRanges(world.right.endpoint, [request]).execute()),
    );
    assert.equal(state.sessions[0]?.receiving, [
      { tableId: A, files: 4, totalSizeBytes: 964n, ranges: [] },
      { tableId: B, files: 2, totalSizeBytes: 10n, ranges: [] },
    ]);
    assert.is(state.sessions[0]?.bytesReceived, 0n);
    assert.equal(
      asked.map(({ previewKind, version, operation }) => [previewKind, version, operation]),
      [[kind, 14, 'Rebuild']],
    );
    assert.ok(files.every(({ headers }) => headers === 0));
    await assertNothingOpen(world, files);
  });
}

test('a preview of what the follower does not know is refused at once', async () => {
  const select: OutgoingFiles['select'] = async ({ keyspace }) =>
    left({ code: 'SCM_TEST_UNKNOWN', file: keyspace, message: 'not here', retryable: false });
  const world = await makeWorld({ right: { outgoing: { select } } });
  const plan = world.left.plan({ preview: 'ALL' });
  const result = plan.requestRanges(world.right.endpoint, [request]).execute();
  const state = await settled(world, result);
  const [session] = state.sessions;
  assert.is(session?.error?.code, 'SCM_STREAM_PEER_FAILED');
  assert.is(session?.outcome, 'nothing-applied');
  await assertNothingOpen(world);
});

test('a preview of nothing', async () => {
  const { outgoing } = answering([]);
  const world = await makeWorld({ right: { outgoing } });
  const plan = world.left.plan({ preview: 'ALL' });
  const state = await within(
    world.clock,
    Promise.resolve(plan.requestRanges(world.right.endpoint, [request]).execute()),
  );
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  assert.equal(state.sessions[0]?.receiving, []);
  await assertNothingOpen(world);
});

/** An initiator that got its PREPARE_SYNACK. */
const prepared = async (world: World): Promise<RawConnection> => {
  const peer = await rawDial(world, world.right.endpoint);
  await peer.send(
    {
      type: 'StreamInit',
      from: RAW,
      sessionIndex: 0,
      planId: PLAN,
      operation: 'Rebuild',
      pendingRepair: undefined,
      previewKind: 'ALL',
    },
    { type: 'PrepareSyn', requests: [request], summaries: [] },
  );
  return peer.expect('PrepareSynAck');
};

test('behind PREPARE_SYNACK the follower says nothing and waits for the close', async () => {
  const { outgoing } = answering(entireFiles(A, 900));
  const world = await makeWorld({ right: { outgoing } });
  const peer = await prepared(world);
  assert.is(world.right.manager.sessions.all().length, 1, 'not over before the initiator closes');
  await peer.connection.end();
  assert.is(await peer.next(), 'ended');
  await assertNothingOpen(world);
});

test('PREPARE_ACK in a preview ends it; no file leaves', async () => {
  const files = entireFiles(A, 900);
  const { outgoing } = answering(files);
  const world = await makeWorld({ right: { outgoing } });
  const peer = await prepared(world);
  await peer.send({ type: 'PrepareAck' });
  assert.is(await peer.next(), 'ended');
  assert.is(files[0]?.headers, 0);
  await assertNothingOpen(world, files);
});

test.run();
