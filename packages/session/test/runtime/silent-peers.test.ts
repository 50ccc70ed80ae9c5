import { faultyTransport } from '@scamander/transport';
import type { StreamInit, StreamMessage } from '@scamander/wire-codec';
import { seededRandom } from '@scamander-tools/testing';
import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamErrorType, WaitingFor } from '../../src/errors.ts';
import type { StreamEvent } from '../../src/events.ts';
import type { StreamResult } from '../../src/stream-result.ts';
import { A, PLAN, request, streamHeader, summary } from '../machine/story.ts';
import { RAW, type RawConnection, RawListener, rawDial } from './raw-peer.ts';
import {
  assertNothingOpen,
  BOUND_MS,
  entireFiles,
  makeWorld,
  settled,
  type World,
} from './two-peers.ts';

const init: StreamInit = {
  type: 'StreamInit',
  from: RAW,
  sessionIndex: 0,
  planId: PLAN,
  operation: 'Bulk Load',
  pendingRepair: undefined,
  previewKind: 'NONE',
};
const streamTo = (index = 0): StreamMessage => ({
  type: 'Stream',
  message: {
    tableId: A,
    sender: RAW,
    planId: PLAN,
    sendByFollower: false,
    sessionIndex: 0,
    sequenceNumber: index,
    repairedAtMs: 0n,
    pendingRepair: undefined,
  },
  header: streamHeader(A),
});

const timedOut = (error: StreamErrorType | undefined, waitingFor: WaitingFor): void => {
  assert.ok(error?.code === 'SCM_STREAM_TIMEOUT', JSON.stringify(error));
  assert.is(error.waitingFor, waitingFor);
};

/** Starts a load to the raw peer and ends it; the script runs meanwhile. */
const initiatorAgainst = async (
  script: (listener: RawListener, world: World) => Promise<void>,
  fileBytes = 100,
): Promise<{
  readonly error: StreamErrorType | undefined;
  readonly outcome: string | undefined;
}> => {
  const world = await makeWorld({ pipeBytes: 4096 });
  const listener = await RawListener.at(world);
  const files = entireFiles(A, fileBytes);
  const result: StreamResult = world.left.plan().transferFiles(RAW, files).execute();
  await script(listener, world);
  const state = await settled(world, result);
  await listener.close();
  await assertNothingOpen(world, files);
  const [session] = state.sessions;
  assert.is(session?.state, 'FAILED');
  return { error: session?.error, outcome: session?.outcome };
};

const prepared = async (listener: RawListener): Promise<RawConnection> => {
  const control = await listener.accept();
  await control.expect('StreamInit', 'PrepareSyn');
  return control.send({ type: 'PrepareSynAck', summaries: [] });
};

test('initiator: the dial never ends', async () => {
  const world = await makeWorld({
    leftTransport: (inner, clock) =>
      faultyTransport(
        inner,
        { others: { connectDelayMs: 10_000 } },
        { clock, random: seededRandom(1) },
      ),
  });
  const files = entireFiles(A, 10);
  const state = await settled(
    world,
    world.left.plan().transferFiles(world.right.endpoint, files).execute(),
  );
  timedOut(state.sessions[0]?.error, 'connection');
  await assertNothingOpen(world, files);
});

test('initiator: no Accept', async () => {
  const { error } = await initiatorAgainst(async (listener) => {
    await listener.connection();
  });
  timedOut(error, 'handshake');
});

test('initiator: no PREPARE_SYNACK', async () => {
  const { error, outcome } = await initiatorAgainst(async (listener) => {
    const control = await listener.accept();
    await control.expect('StreamInit', 'PrepareSyn');
  });
  timedOut(error, 'PREPARE_SYNACK');
  assert.is(outcome, 'nothing-applied');
});

test('initiator: the file connection is never accepted', async () => {
  const { error } = await initiatorAgainst(async (listener) => {
    await prepared(listener);
    for (let attempt = 0; attempt < 3; attempt++) await listener.connection();
  });
  timedOut(error, 'handshake');
});

test('initiator: the peer stops reading inside a file', async () => {
  const { error, outcome } = await initiatorAgainst(async (listener) => {
    await prepared(listener);
    const file = await listener.accept();
    await file.expect('Stream');
  }, 50_000);
  timedOut(error, 'file bytes');
  assert.is(outcome, 'nothing-applied');
});

test('initiator: no RECEIVED; SESSION_FAILED is the last word', async () => {
  let control: RawConnection | undefined;
  const { error, outcome } = await initiatorAgainst(async (listener) => {
    control = await prepared(listener);
    const file = await listener.accept();
    await file.expect('Stream');
    await file.take(107);
    await control.expect('KeepAlive', 'SessionFailed', 'ended');
  });
  timedOut(error, 'RECEIVED');
  assert.is(outcome, 'unknown');
});

test('initiator: no COMPLETE', async () => {
  const { error, outcome } = await initiatorAgainst(async (listener) => {
    const control = await prepared(listener);
    const file = await listener.accept();
    await file.expect('Stream');
    await file.take(107);
    await control.send({ type: 'Received', tableId: A, sequenceNumber: 0 });
  });
  timedOut(error, 'COMPLETE');
  assert.is(outcome, 'unknown');
});

test('initiator: half a PREPARE_SYNACK', async () => {
  const { error } = await initiatorAgainst(async (listener) => {
    const control = await listener.accept();
    await control.expect('StreamInit', 'PrepareSyn');
    await control.raw([8, 0, 0]);
  });
  timedOut(error, 'message bytes');
});

/** Lets a raw initiator talk to a peer that follows; ends with the follower's error. */
const followerAgainst = async (
  script: (control: RawConnection, world: World) => Promise<void>,
  options: { readonly pipeBytes?: number } = {},
): Promise<StreamErrorType | undefined> => {
  const theirs = entireFiles(A, 100);
  const world = await makeWorld({
    ...options,
    right: { outgoing: { select: async () => right(theirs) } },
  });
  const events: StreamEvent[] = [];
  const news = world.right.manager.events$.subscribe((event) => events.push(event));
  const control = await rawDial(world, world.right.endpoint);
  await script(control, world);
  const until = world.clock.nowMs() + BOUND_MS;
  while (world.right.manager.sessions.all().length > 0 && world.clock.nowMs() < until)
    await world.clock.advance(500);
  news.unsubscribe();
  control.connection.destroy();
  await assertNothingOpen(world);
  const failed = events.filter((event) => event.type === 'SessionFailed');
  assert.ok(failed.length <= 1);
  return failed[0]?.error;
};

test('follower: no first message: the connection is closed, nothing else happens', async () => {
  const error = await followerAgainst(async (control, world) => {
    assert.is(world.right.manager.connectionsWithoutSession, 1);
    await control.expect('ended');
  });
  assert.is(error, undefined);
});

test('follower: no PREPARE_SYN', async () => {
  const error = await followerAgainst(async (control) => {
    await control.send(init);
    await control.expect('SessionFailed', 'ended');
  });
  timedOut(error, 'PREPARE_SYN');
});

test('follower: no PREPARE_ACK', async () => {
  const error = await followerAgainst(async (control) => {
    await control.send(init, { type: 'PrepareSyn', requests: [request], summaries: [] });
    await control.expect('PrepareSynAck', 'SessionFailed', 'ended');
  });
  timedOut(error, 'PREPARE_ACK');
});

test('follower: announced files never come', async () => {
  const error = await followerAgainst(async (control) => {
    await control.send(init, { type: 'PrepareSyn', requests: [], summaries: [summary(A)] });
    await control.expect('PrepareSynAck', 'SessionFailed', 'ended');
  });
  timedOut(error, 'STREAM');
});

test('follower: half a STREAM header, on a connection that belongs to nobody yet', async () => {
  const error = await followerAgainst(async (control, world) => {
    await control.send(init, { type: 'PrepareSyn', requests: [], summaries: [summary(A)] });
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.raw([2, 0xaa]);
    await file.expect('ended');
    await control.connection.end();
  });
  assert.is(error?.code, 'SCM_STREAM_CONNECTION_LOST');
});

test('follower: half a STREAM header on an attached connection', async () => {
  const error = await followerAgainst(async (control, world) => {
    await control.send(init, { type: 'PrepareSyn', requests: [], summaries: [summary(A, 2)] });
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.send(streamTo());
    await file.raw(new Uint8Array(26));
    await control.expect('Received');
    await file.raw([2, 0xaa]);
    await control.expect('SessionFailed');
  });
  timedOut(error, 'message bytes');
});

test('follower: half a payload', async () => {
  const error = await followerAgainst(async (control, world) => {
    await control.send(init, { type: 'PrepareSyn', requests: [], summaries: [summary(A)] });
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.send(streamTo());
    await file.raw(new Uint8Array(13));
    await control.expect('SessionFailed');
  });
  timedOut(error, 'file bytes');
});

test('follower: the initiator reads nothing', async () => {
  const error = await followerAgainst(
    async (control, world) => {
      const many = Array.from({ length: 8 }, (_, index) => index);
      await control.send(init, { type: 'PrepareSyn', requests: [], summaries: [summary(A, 9)] });
      const file = await rawDial(world, world.right.endpoint);
      for (const index of many) {
        await file.send(streamTo(index));
        await file.raw(new Uint8Array(26));
      }
    },
    { pipeBytes: 64 },
  );
  timedOut(error, 'message bytes');
});

test('follower: the initiator never closes after COMPLETE', async () => {
  const error = await followerAgainst(async (control) => {
    await control.send(init, { type: 'PrepareSyn', requests: [], summaries: [] });
    await control.expect('PrepareSynAck', 'Complete', 'ended');
  });
  assert.is(error, undefined);
});

test.run();
