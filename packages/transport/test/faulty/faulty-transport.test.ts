import {
  type ConnectionFaults,
  type FaultPlan,
  faultsOf,
  faultyTransport,
  memoryNetwork,
  type TransportError,
} from '@scamander/transport';
import { rejects, seededRandom, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Pair,
  pairOver,
  readAll,
  readExactly,
  refusal,
  someBytes,
  unwrap,
} from '../harness.ts';

const HOST = { host: '10.0.0.1', port: 7000 };

/** A pair whose dialling side has faults. */
const faultyPair = async (faults: ConnectionFaults, clock = new VirtualClock()): Promise<Pair> => {
  const inner = memoryNetwork().transport('10.0.0.1');
  const dialling = faultyTransport(
    inner,
    { dialled: { 0: faults } },
    { clock, random: seededRandom(1) },
  );
  return pairOver(dialling, HOST, inner);
};

const codeIs =
  (code: string) =>
  (error: Error): boolean =>
    (error as TransportError).code === code;

test('a plan names connections by side and number', () => {
  const first: ConnectionFaults = { refuse: true };
  const others: ConnectionFaults = { connectDelayMs: 5 };
  const plan: FaultPlan = { dialled: { 1: first }, accepted: { 0: {} }, others };
  assert.is(faultsOf(plan, 'dialled', 1), first);
  assert.is(faultsOf(plan, 'dialled', 0), others);
  assert.equal(faultsOf(plan, 'accepted', 0), {});
  assert.equal(faultsOf({}, 'accepted', 0), {});
});

test('refuse: the inner transport is never asked', async () => {
  const inner = memoryNetwork().transport('10.0.0.1');
  const listener = unwrap(await inner.listen(HOST));
  let accepted = 0;
  listener.connections$.subscribe(() => {
    accepted += 1;
  });
  const parts = { clock: new VirtualClock(), random: () => 0 };
  const transport = faultyTransport(inner, { dialled: { 0: { refuse: true } } }, parts);
  assert.is(refusal(await transport.connect(HOST)).code, 'SCM_NET_REFUSED');
  assert.is(accepted, 0);
  unwrap(await transport.connect(HOST)).destroy();
  assert.is(accepted, 1);
  assert.is(transport.name, 'faulty(memory)');
});

test('connectDelayMs: later, within the time limit; beyond it a timeout; an abort ends it', async () => {
  const clock = new VirtualClock();
  const inner = memoryNetwork().transport('10.0.0.1');
  const listener = unwrap(await inner.listen(HOST));
  const transport = faultyTransport(
    inner,
    { others: { connectDelayMs: 100 } },
    { clock, random: () => 0 },
  );
  const dialled = transport.connect(HOST, { timeoutMs: 200 });
  await clock.advance(99);
  let done = false;
  void dialled.then(() => {
    done = true;
  });
  await clock.advance(0);
  assert.not.ok(done);
  await clock.advance(1);
  unwrap(await dialled).destroy();
  const late = transport.connect(HOST, { timeoutMs: 50 });
  await clock.advance(50);
  assert.is(refusal(await late).code, 'SCM_NET_TIMEOUT');
  const abort = new AbortController();
  const aborted = transport.connect(HOST, { signal: abort.signal });
  abort.abort();
  assert.is(refusal(await aborted).code, 'SCM_NET_ABORTED');
  assert.is(clock.pendingTimers, 0);
  await listener.close();
});

for (const how of ['end', 'reset'] as const)
  for (const atByte of [0, 1, 7, 19])
    test(`cut out at byte ${atByte} by ${how}: the peer gets the bytes before it`, async () => {
      const { dialler, acceptor, close } = await faultyPair({ out: { cut: { atByte, how } } });
      const arriving = readAll(acceptor);
      const expected = how === 'end' ? 'SCM_NET_CLOSED' : 'SCM_NET_RESET';
      const sent = dialler.write(someBytes(20));
      if (how === 'end') assert.is((await arriving).length, atByte);
      else await rejects(arriving, codeIs('SCM_NET_RESET'));
      await rejects(sent, codeIs(expected));
      await rejects(dialler.read(), codeIs(expected));
      assert.is((await dialler.closed).error?.code, expected);
      await close();
    });

test('cut out just behind a write: the write succeeds, the connection is gone', async () => {
  const { dialler, acceptor, close } = await faultyPair({
    out: { cut: { atByte: 20, how: 'end' } },
  });
  const arriving = readAll(acceptor);
  await dialler.write(someBytes(20));
  assert.is((await arriving).length, 20);
  await rejects(dialler.read(), codeIs('SCM_NET_CLOSED'));
  await close();
});

test('cut in at byte n: we get the bytes before it', async () => {
  const { dialler, acceptor, close } = await faultyPair({
    in: { cut: { atByte: 5, how: 'reset' } },
  });
  await acceptor.write(someBytes(20));
  assert.is(Buffer.compare(await readExactly(dialler, 5), someBytes(20).subarray(0, 5)), 0);
  await rejects(dialler.read(), codeIs('SCM_NET_RESET'));
  await rejects(acceptor.read(), codeIs('SCM_NET_RESET'));
  await close();
});

test('corrupt: one byte changes, once, and the caller’s buffer does not', async () => {
  const { dialler, acceptor, close } = await faultyPair({
    out: { corrupt: { atByte: 12, mask: 0x01 }, pieceBytesMax: 5 },
    in: { corrupt: { atByte: 3 } },
  });
  const bytes = someBytes(40);
  const arriving = readExactly(acceptor, 40);
  await dialler.write(bytes);
  const expected = someBytes(40);
  assert.is(Buffer.compare(bytes, expected), 0);
  expected[12] = expected[12]! ^ 0x01;
  assert.is(Buffer.compare(await arriving, expected), 0);
  await acceptor.write(Buffer.from('abcdef'));
  const answer = await readExactly(dialler, 6);
  assert.is(answer[3], 'd'.charCodeAt(0) ^ 0xff);
  answer[3] = 'd'.charCodeAt(0);
  assert.is(answer.toString(), 'abcdef');
  await close();
});

test('pieceBytesMax: bytes come in small pieces and stay the same', async () => {
  const { dialler, acceptor, close } = await faultyPair({ in: { pieceBytesMax: 3 } });
  await acceptor.write(Buffer.from('abcdefgh'));
  const pieces: string[] = [];
  while (pieces.join('').length < 8) pieces.push(Buffer.from((await dialler.read())!).toString());
  assert.equal(pieces, ['abc', 'def', 'gh']);
  assert.is(dialler.bytesRead, 8);
  await close();
});

test('vanish: writes seem to succeed, the peer hears nothing, reads never end', async () => {
  const { dialler, acceptor, close } = await faultyPair({
    out: { vanishAtByte: 4 },
    in: { vanishAtByte: 2 },
  });
  await dialler.write(someBytes(1_000_000));
  await dialler.write(someBytes(10));
  await dialler.end();
  assert.is((await readExactly(acceptor, 4)).length, 4);
  await acceptor.write(Buffer.from('xyz'));
  assert.is((await readExactly(dialler, 2)).toString(), 'xy');
  const silence = dialler.read();
  let settled = false;
  void silence.catch(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.not.ok(settled);
  assert.is(acceptor.bytesRead, 4);
  dialler.destroy();
  await rejects(silence, codeIs('SCM_NET_ABORTED'));
  await close();
});

test('vanish hides the end of the peer, too', async () => {
  const { dialler, acceptor, close } = await faultyPair({ in: { vanishAtByte: 0 } });
  await acceptor.end();
  const silence = dialler.read();
  await new Promise((resolve) => setImmediate(resolve));
  dialler.destroy();
  await rejects(silence, codeIs('SCM_NET_ABORTED'));
  await close();
});

test('delayMs and jitterMs: pieces arrive later, by the given randomness', async () => {
  const clock = new VirtualClock();
  const { dialler, acceptor, close } = await faultyPair(
    { out: { delayMs: 10, jitterMs: 10 } },
    clock,
  );
  const jitter = 10 * seededRandom(1)();
  let written = false;
  const writing = dialler.write(Buffer.from('x')).then(() => {
    written = true;
  });
  await clock.advance(10 + jitter - 0.001);
  assert.not.ok(written);
  await clock.advance(0.002);
  await writing;
  assert.is((await readExactly(acceptor, 1)).toString(), 'x');
  assert.is(clock.pendingTimers, 0);
  await close();
});

test('bytesPerSecond: a slow reader takes its time', async () => {
  const clock = new VirtualClock();
  const { dialler, acceptor, close } = await faultyPair(
    { in: { bytesPerSecond: 1_000, pieceBytesMax: 100 } },
    clock,
  );
  await acceptor.write(someBytes(500));
  const reading = readExactly(dialler, 500);
  await clock.advance(499);
  assert.is(dialler.bytesRead, 400);
  await clock.advance(1);
  assert.is((await reading).length, 500);
  await close();
});

test('destroy() ends a delayed call at once and leaves no timer', async () => {
  const clock = new VirtualClock();
  const { dialler, close } = await faultyPair({ out: { delayMs: 1_000 } }, clock);
  const writing = dialler.write(Buffer.from('x'));
  await clock.advance(1);
  dialler.destroy();
  await rejects(writing, codeIs('SCM_NET_ABORTED'));
  assert.is(clock.pendingTimers, 0);
  await close();
});

test('a delayed call ends when the peer resets', async () => {
  const clock = new VirtualClock();
  const { dialler, acceptor, close } = await faultyPair({ out: { delayMs: 1_000 } }, clock);
  const writing = dialler.write(Buffer.from('x'));
  const { TransportError: Failure } = await import('@scamander/transport');
  acceptor.destroy(new Failure({ code: 'SCM_NET_RESET', peer: 'x' }));
  await rejects(writing, codeIs('SCM_NET_RESET'));
  assert.is(clock.pendingTimers, 0);
  await close();
});

test('accepted connections are counted once, however many are subscribed', async () => {
  const inner = memoryNetwork().transport('10.0.0.1');
  const plan: FaultPlan = { accepted: { 1: { in: { cut: { atByte: 0, how: 'end' } } } } };
  const listening = faultyTransport(inner, plan, { clock: new VirtualClock(), random: () => 0 });
  const listener = unwrap(await listening.listen(HOST));
  const reads: string[] = [];
  listener.connections$.subscribe();
  listener.connections$.subscribe((connection) => {
    connection.read().then(
      () => reads.push('read'),
      (error: TransportError) => reads.push(error.code),
    );
  });
  for (let number = 0; number < 2; number++) {
    const dialler = unwrap(await inner.connect(HOST));
    await dialler.write(Buffer.from('x')).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    dialler.destroy();
  }
  assert.equal(reads, ['read', 'SCM_NET_CLOSED']);
  await listener.close();
});

test.run();
