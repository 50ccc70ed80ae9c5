import { rejects } from '@scamander-tools/testing';
import { Subject } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addEventListener } from '../src/event-handler.ts';
import { StreamEventIterator } from '../src/event-iterator.ts';
import type { StreamEvent } from '../src/events.ts';
import { StreamFailed } from '../src/stream-result.ts';
import { A, B, PEER, PLAN } from './machine/story.ts';
import { assertNothingOpen, entireFiles, makeWorld, settled, within } from './runtime/two-peers.ts';

const NOWHERE = { host: '10.0.0.2', port: 7000 };
const event = (
  type: 'SessionComplete' | 'StreamStalled' | 'FileProgress',
  atMs: number,
): StreamEvent => {
  const base = {
    session: { planId: PLAN, peer: PEER, sessionIndex: 0, role: 'initiator' },
    atMs,
  } as const;
  if (type === 'FileProgress')
    return { ...base, type, direction: 'out', file: 'f', bytes: 1n, sizeBytes: 2n };
  if (type === 'StreamStalled') return { ...base, type, waitingFor: 'COMPLETE', sinceMs: 1 };
  return { ...base, type };
};

test('await rejects with the peer, the cause and the state; settled() never does', async () => {
  const world = await makeWorld();
  const files = [...entireFiles(A, 10), ...entireFiles(B, 10)];
  const result = world.left
    .plan()
    .transferFiles(world.right.endpoint, files.slice(0, 1))
    .transferFiles(NOWHERE, files.slice(1))
    .execute();
  const state = await settled(world, result);
  const error = await rejects(Promise.resolve(result), (error) => error instanceof StreamFailed);
  assert.match(error.message, /^10\.0\.0\.2:7000 can't be reached/);
  assert.ok(error instanceof StreamFailed && error.state === state);
  assert.equal(
    state.sessions.map(({ state }) => state),
    ['COMPLETE', 'FAILED'],
  );
  await assertNothingOpen(world, files);
});

test('snapshots do not change after they were taken', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10_000);
  const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  const before = result.currentState();
  const text = JSON.stringify(before, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  await settled(world, result);
  assert.is(
    JSON.stringify(before, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    text,
  );
  assert.is(before.sessions[0]?.state, 'INITIALIZED');
  assert.is(before.sessions[0]?.files[0]?.status, 'waiting');
  await assertNothingOpen(world, files);
});

test('chunks$ carries the bytes while they move, and adds up', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10_000, 3);
  const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  let bytes = 0;
  result.chunks$.subscribe((chunk) => {
    assert.is(chunk.bytes?.length, chunk.lengthBytes);
    bytes += chunk.lengthBytes;
  });
  await settled(world, result);
  assert.is(bytes, 10_017);
  await assertNothingOpen(world, files);
});

test('progress$ is sampled by the clock, not by the chunk', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 100_000);
  // 1 KB pieces at 100 ms each: ten seconds, a hundred chunks
  const limiter = {
    acquire: () => new Promise<void>((resolve) => void world.clock.setTimer(100, resolve)),
  };
  const result = world.left
    .plan({}, { throttle: { limiterFor: () => limiter } })
    .transferFiles(world.right.endpoint, files)
    .execute();
  const told: bigint[] = [];
  let chunks = 0;
  result.progress$.subscribe(({ bytes }) => told.push(bytes));
  result.chunks$.subscribe(() => {
    chunks += 1;
  });
  await settled(world, result);
  assert.is(chunks, 101);
  assert.ok(told.length >= 9 && told.length <= 12, `${told.length} reports`);
  assert.is(told.at(-1), 100_007n);
  await assertNothingOpen(world, files);
});

test('retries$: a file connection that is refused twice', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10);
  const { transport } = world.left.parts;
  let dials = 0;
  const flaky = {
    ...transport,
    connect: (to: typeof NOWHERE, options: Parameters<typeof transport.connect>[1]) => {
      dials += 1;
      return transport.connect(dials === 2 || dials === 3 ? NOWHERE : to, options);
    },
  };
  const result = world.left
    .plan({}, { transport: flaky })
    .transferFiles(world.right.endpoint, files)
    .execute();
  const attempts: number[] = [];
  result.retries$.subscribe(({ attempt, file }) => {
    assert.is(file, 'a0');
    attempts.push(attempt);
  });
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  assert.equal(attempts, [2, 3]);
  await assertNothingOpen(world, files);
});

test('losing every subscriber changes nothing for the transfer', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10_000);
  const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  const subscription = result.events$.subscribe(({ type }) => {
    if (type === 'FileChunk') subscription.unsubscribe();
  });
  const state = await settled(world, result);
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  await assertNothingOpen(world, files);
});

test('the async iterator gives the events in order and ends with the plan', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10_000);
  const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  const types: string[] = [];
  const reading = (async () => {
    for await (const event of result) {
      types.push(event.type);
      if (event.type === 'FileChunk') assert.is(event.chunk.bytes, undefined);
    }
  })();
  await within(world.clock, reading);
  assert.is(types[0], 'SessionConnected');
  assert.is(types.at(-1), 'SessionComplete');
  await assertNothingOpen(world, files);
});

test('a slow reader: frequent events go first, the number is known, memory is bounded', async () => {
  const events = new Subject<StreamEvent>();
  const iterator = new StreamEventIterator(events, 4);
  events.next(event('FileProgress', 1));
  events.next(event('StreamStalled', 2));
  for (let at = 3; at <= 100; at++) events.next(event('FileProgress', at));
  assert.is(iterator.dropped, 96);
  events.next(event('StreamStalled', 101));
  events.next(event('SessionComplete', 102));
  assert.is(iterator.dropped, 98);
  events.complete();
  const read: number[] = [];
  for await (const { atMs } of iterator) read.push(atMs);
  assert.equal(read, [2, 4, 101, 102]);
});

test('only rare events in the buffer: the oldest goes', async () => {
  const events = new Subject<StreamEvent>();
  const iterator = new StreamEventIterator(events, 2);
  for (const at of [1, 2, 3]) events.next(event('StreamStalled', at));
  assert.is(iterator.dropped, 1);
  assert.is((await iterator.next()).value?.atMs, 2);
  await iterator.return();
  assert.is(events.observed, false);
  assert.equal(await iterator.next(), { done: true, value: undefined });
});

test('an event handler hears everything and the end', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 10);
  const heard: string[] = [];
  const good = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  addEventListener(good, {
    handleStreamEvent: ({ type }) => heard.push(type),
    onSuccess: ({ sessions }) => heard.push(`success ${sessions.length}`),
  });
  await settled(world, good);
  await world.clock.advance(0);
  assert.ok(heard.includes('SessionComplete'));
  assert.is(heard.at(-1), 'success 1');
  const bad = world.left.plan().transferFiles(NOWHERE, entireFiles(B, 1)).execute();
  addEventListener(bad, {
    handleStreamEvent: () => undefined,
    onFailure: (error) => heard.push(error.code),
  });
  await settled(world, bad);
  await world.clock.advance(0);
  assert.is(heard.at(-1), 'SCM_STREAM_UNREACHABLE');
  await assertNothingOpen(world, files);
});

test.run();
