import type { StreamInit, StreamMessage } from '@scamander/wire-codec';
import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamErrorType } from '../../src/errors.ts';
import type { StreamEvent } from '../../src/events.ts';
import { A, B, PLAN, streamHeader, summary } from '../machine/story.ts';
import { RAW, type RawConnection, rawDial } from './raw-peer.ts';
import {
  assertNothingOpen,
  BOUND_MS,
  contentsOf,
  entireFiles,
  makeWorld,
  settled,
  visibleOf,
  type World,
  within,
} from './two-peers.ts';

const init = (change: Partial<StreamInit> = {}): StreamInit => ({
  type: 'StreamInit',
  from: RAW,
  sessionIndex: 0,
  planId: PLAN,
  operation: 'Bulk Load',
  pendingRepair: undefined,
  previewKind: 'NONE',
  ...change,
});
const syn = (...summaries: ReturnType<typeof summary>[]): StreamMessage => ({
  type: 'PrepareSyn',
  requests: [],
  summaries,
});
const streamTo = (
  change: Partial<Extract<StreamMessage, { type: 'Stream' }>['message']> = {},
): StreamMessage => ({
  type: 'Stream',
  message: {
    tableId: A,
    sender: RAW,
    planId: PLAN,
    sendByFollower: false,
    sessionIndex: 0,
    sequenceNumber: 0,
    repairedAtMs: 0n,
    pendingRepair: undefined,
    ...change,
  },
  header: streamHeader(A),
});
const payload = new Uint8Array(26);
const MAX = [0x7f, 0xff, 0xff, 0xff];

type Ended = { readonly errors: StreamErrorType[]; readonly visible: number };

/** A raw initiator against a follower, while an honest load to the same follower runs beside it. */
const follow = async (
  script: (control: RawConnection, world: World) => Promise<void>,
): Promise<Ended> => {
  const world = await makeWorld({ right: { outgoing: { select: async () => right([]) } } });
  const events: StreamEvent[] = [];
  const news = world.right.manager.events$.subscribe((event) => events.push(event));
  const honest = entireFiles(B, 5000, 60_000);
  const result = world.left.plan().transferFiles(world.right.endpoint, honest).execute();
  const control = await rawDial(world, world.right.endpoint);
  await script(control, world);
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.state, 'COMPLETE', 'the other session lives on');
  assert.equal(visibleOf(world.right.store, B), contentsOf([5000, 60_000]));
  control.connection.destroy();
  const until = world.clock.nowMs() + BOUND_MS;
  while (world.right.manager.sessions.all().length > 0 && world.clock.nowMs() < until)
    await world.clock.advance(500);
  news.unsubscribe();
  await assertNothingOpen(world, honest);
  const errors = events.flatMap((event) => (event.type === 'SessionFailed' ? [event.error] : []));
  return { errors, visible: world.right.store.visible.get(A)?.length ?? 0 };
};

const protocol = (ended: Ended, reason: RegExp): void => {
  assert.is(ended.errors.length, 1);
  const [error] = ended.errors;
  assert.ok(error?.code === 'SCM_STREAM_PROTOCOL', JSON.stringify(error));
  assert.match(error.reason, reason);
  assert.is(ended.visible, 0);
};

test('before a session: anything but KEEP_ALIVE, STREAM_INIT and STREAM is closed without a word (spec 6.7)', async () => {
  const firsts: Uint8Array[] = [
    [1, 0, 0, 0, 0, 0, 0, 0, 0],
    [3],
    [4],
    [5],
    [6],
    [8, 0, 0, 0, 0],
    [9],
    [99],
    [0x16, 3, 1],
    [0x80],
  ].map((bytes) => Uint8Array.from(bytes));
  for (const first of firsts) {
    const ended = await follow(async (control) => {
      await control.raw(first.length === 1 && first[0] === 3 ? [3, ...payload] : first);
      await control.expect('ended');
    });
    assert.is(ended.errors.length, 0);
  }
});

test('KEEP_ALIVE before STREAM_INIT and between everything (spec 6.8)', async () => {
  const keepAlive = { type: 'KeepAlive' } as const;
  const ended = await follow(async (control, world) => {
    await control.send(keepAlive, init(), keepAlive, syn(summary(A)), keepAlive);
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.send(streamTo());
    await control.send(keepAlive);
    await file.raw(payload);
    await control.expect('Received', 'Complete');
    await control.send(keepAlive);
  });
  assert.equal(ended, { errors: [], visible: 1 });
});

test('inside a session: unknown types are answered by SESSION_FAILED (spec 6.7)', async () => {
  for (const type of [0, 4, 11, 99, 255]) {
    const ended = await follow(async (control) => {
      await control.send(init());
      await control.raw([type]);
      await control.expect('SessionFailed', 'ended');
    });
    protocol(ended, /unknown stream message type/);
  }
});

test('absurd lengths in control messages', async () => {
  for (const bytes of [
    [1, ...MAX],
    [1, 0, 0, 0, 0, ...MAX],
    [1, 0, 0, 0, 1, 0, 2, 107, 115, ...MAX, ...new Uint8Array(20)],
  ]) {
    const ended = await follow(async (control) => {
      await control.send(init());
      await control.raw(bytes);
      await control.expect('SessionFailed', 'ended');
    });
    protocol(ended, /limit/);
  }
});

test('an absurd length inside a STREAM header closes that connection; the session hears of it by its timer or the control connection', async () => {
  const ended = await follow(async (control, world) => {
    await control.send(init(), syn(summary(A)));
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.raw([
      2,
      ...new Uint8Array(16),
      6,
      10,
      0,
      0,
      66,
      27,
      88,
      ...new Uint8Array(16),
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    ]);
    await file.raw([
      ...new Uint8Array(8),
      0,
      0,
      2,
      110,
      98,
      0,
      3,
      98,
      105,
      103,
      ...new Uint8Array(8),
      ...MAX,
    ]);
    await file.expect('ended');
    await control.connection.end();
  });
  assert.is(ended.errors[0]?.code, 'SCM_STREAM_CONNECTION_LOST');
});

test('messages in the wrong order', async () => {
  const orders: [StreamMessage[], RegExp][] = [
    [[{ type: 'Complete' }], /COMPLETE sent to the follower/],
    [[{ type: 'PrepareAck' }], /PREPARE_ACK that was not asked for/],
    [[{ type: 'PrepareSynAck', summaries: [] }], /PREPARE_SYNACK sent to the follower/],
    [[{ type: 'Received', tableId: A, sequenceNumber: 0 }], /RECEIVED sent to the follower/],
    [[syn(summary(A)), syn(summary(A))], /PREPARE_SYN twice/],
    [[syn(summary(A)), { type: 'PrepareAck' }], /PREPARE_ACK that was not asked for/],
  ];
  for (const [messages, reason] of orders) {
    const ended = await follow(async (control) => {
      await control.send(init(), ...messages);
      while ((await control.next()) !== 'ended');
    });
    protocol(ended, reason);
  }
});

test('STREAM of no known session costs that connection and nothing else (spec 2.7)', async () => {
  const strangers = [
    { planId: B },
    { sender: { host: '10.0.0.66', port: 7001 } },
    { sender: { host: '10.0.0.67', port: 7000 } },
    { sessionIndex: 1 },
    { sendByFollower: true },
  ];
  const ended = await follow(async (control, world) => {
    await control.send(init(), syn(summary(A)));
    await control.expect('PrepareSynAck');
    for (const change of strangers) {
      const file = await rawDial(world, world.right.endpoint);
      await file.send(streamTo(change));
      await file.expect('ended');
    }
    const file = await rawDial(world, world.right.endpoint);
    await file.send(streamTo());
    await file.raw(payload);
    await control.expect('Received', 'Complete');
  });
  assert.equal(ended, { errors: [], visible: 1 });
});

test('on an attached connection the same STREAM fails the session (spec 2.7)', async () => {
  const ended = await follow(async (control, world) => {
    await control.send(init(), syn(summary(A, 2)));
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.send(streamTo());
    await file.raw(payload);
    await control.expect('Received');
    await file.send(streamTo({ planId: B }));
    await control.expect('SessionFailed');
  });
  protocol(ended, /another session/);
});

test('STREAM on the control connection: a loader with one connection (spec 6.2)', async () => {
  const ended = await follow(async (control) => {
    await control.send(init(), syn(summary(A, 2)));
    await control.expect('PrepareSynAck');
    await control.send(streamTo());
    await control.raw(payload);
    await control.send(streamTo({ sequenceNumber: 1 }));
    await control.raw(payload);
    await control.expect('Received', 'Received', 'Complete');
  });
  assert.equal(ended, { errors: [], visible: 2 });
});

test('a control connection that ends inside a STREAM on it', async () => {
  const ended = await follow(async (control) => {
    await control.send(init(), syn(summary(A)));
    await control.expect('PrepareSynAck');
    await control.send(streamTo());
    await control.raw(payload.subarray(0, 10));
    control.connection.destroy();
  });
  assert.is(ended.errors[0]?.code, 'SCM_STREAM_CONNECTION_LOST');
});

test('STREAM_INIT twice, on the same and on another connection: answers go to the first (spec 6.2)', async () => {
  const ended = await follow(async (control, world) => {
    await control.send(init(), init());
    const second = await rawDial(world, world.right.endpoint);
    await second.send(init(), syn(summary(A)));
    await control.expect('PrepareSynAck');
    const file = await rawDial(world, world.right.endpoint);
    await file.send(streamTo());
    await file.raw(payload);
    await control.expect('Received', 'Complete');
  });
  assert.equal(ended, { errors: [], visible: 1 });
});

test('two indices of one plan are two sessions (spec 6.2)', async () => {
  const ended = await follow(async (control, world) => {
    const second = await rawDial(world, world.right.endpoint);
    await control.send(init(), syn(summary(A)));
    await second.send(init({ sessionIndex: -1 }), syn());
    await second.expect('PrepareSynAck', 'Complete');
    second.connection.destroy();
    await control.expect('PrepareSynAck');
    await control.send(streamTo());
    await control.raw(payload);
    await control.expect('Received', 'Complete');
  });
  assert.equal(ended, { errors: [], visible: 1 });
});

test('a file connection closed before it carried anything has no effect (spec 6.2)', async () => {
  const ended = await follow(async (control, world) => {
    await control.send(init(), syn(summary(A)));
    (await rawDial(world, world.right.endpoint)).connection.destroy();
    await control.expect('PrepareSynAck');
    await control.send(streamTo());
    await control.raw(payload);
    await control.expect('Received', 'Complete');
  });
  assert.equal(ended, { errors: [], visible: 1 });
});

test('after COMPLETE: never another word, whatever comes', async () => {
  for (const message of [
    syn(),
    { type: 'SessionFailed' },
    { type: 'Complete' },
  ] as StreamMessage[]) {
    const ended = await follow(async (control) => {
      await control.send(init(), syn());
      await control.expect('PrepareSynAck', 'Complete');
      await control.send(message);
      await control.expect('ended');
    });
    assert.is(ended.errors.length, 0);
  }
});

test('limits: one session too many is answered by SESSION_FAILED, one connection too many is closed', async () => {
  const world = await makeWorld({ right: { sessionsMax: 1, connectionsWithoutSessionMax: 2 } });
  const first = await rawDial(world, world.right.endpoint);
  await first.send(init());
  await world.clock.advance(0);
  const second = await rawDial(world, world.right.endpoint);
  await second.send(init({ sessionIndex: 1 }));
  await second.expect('SessionFailed', 'ended');
  second.connection.destroy();
  await world.clock.advance(0);
  const idle = [
    await rawDial(world, world.right.endpoint),
    await rawDial(world, world.right.endpoint),
  ];
  const transport = world.network.transport('10.0.0.66');
  const third = await transport.connect(world.right.endpoint);
  assert.ok(third._tag === 'Right');
  assert.is(await within(world.clock, third.right.read()), null);
  assert.is(world.right.manager.plans.followed.length, 1);
  for (const { connection } of [first, ...idle]) connection.destroy();
  third.right.destroy();
  await assertNothingOpen(world);
});

test('a node of messaging at our port, and garbage instead of a handshake, are turned away', async () => {
  const world = await makeWorld();
  const transport = world.network.transport('10.0.0.66');
  for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(64)]) {
    const dialled = await transport.connect(world.right.endpoint);
    assert.ok(dialled._tag === 'Right');
    await dialled.right.write(bytes);
    assert.is(await within(world.clock, dialled.right.read()), null);
    dialled.right.destroy();
  }
  await assertNothingOpen(world);
});

test.run();
