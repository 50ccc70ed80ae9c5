import { AbortError, ThrottleClosedError, TokenBucket, unlimited } from '@scamander/throttle';
import { rejects, VirtualClock } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Asks `bucket` for `bytes` and notes the time at which it was allowed, or the name of the error. */
const ask = (
  clock: VirtualClock,
  bucket: TokenBucket,
  log: string[],
  name: string,
  bytes: number,
  signal?: AbortSignal,
): void => {
  const note = (): void => {
    log.push(`${name}@${clock.nowMs()}`);
  };
  const wait = bucket.acquire(bytes, signal);
  if (wait === undefined) note();
  else wait.then(note, (error: Error) => log.push(`${name}: ${error.name}`));
};

test('unlimited: nothing to wait for, whatever the size', () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 0 });
  for (let index = 0; index < 10; index++) assert.is(bucket.acquire(2 ** 40), undefined);
  assert.is(unlimited.acquire(2 ** 40), undefined);
  assert.is(clock.pendingTimers, 0);
});

test('a request waits for the debt of those before it, not for itself (spec: management §5.4, rule 2)', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 500);
  ask(clock, bucket, log, 'b', 250);
  ask(clock, bucket, log, 'c', 1);
  assert.is(bucket.waiting, 2);
  await clock.advance(2000);
  assert.equal(log, ['a@0', 'b@500', 'c@750']);
  assert.is(clock.pendingTimers, 0);
});

test('more than the burst is allowed whole, and the next one pays (rule 3)', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000, burstBytes: 10 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 5000);
  ask(clock, bucket, log, 'b', 1);
  await clock.advance(4999);
  assert.equal(log, ['a@0']);
  await clock.advance(1);
  assert.equal(log, ['a@0', 'b@5000']);
});

test('after idling, one second of the rate passes at once (rule 1)', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  await clock.advance(60_000);
  assert.is(bucket.acquire(600), undefined);
  assert.is(bucket.acquire(400), undefined);
  assert.is(bucket.acquire(100), undefined);
  const log: string[] = [];
  ask(clock, bucket, log, 'next', 1);
  await clock.advance(1000);
  assert.equal(log, ['next@60100']);
});

test('the burst can be set', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000, burstBytes: 100 });
  await clock.advance(60_000);
  assert.is(bucket.acquire(150), undefined);
  const log: string[] = [];
  ask(clock, bucket, log, 'next', 1);
  await clock.advance(1000);
  assert.equal(log, ['next@60050']);
});

test('first come, first served: a small request does not pass a large one', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 100);
  ask(clock, bucket, log, 'large', 1000);
  ask(clock, bucket, log, 'small', 1);
  await clock.advance(100);
  ask(clock, bucket, log, 'late', 1);
  await clock.advance(5000);
  assert.equal(log, ['a@0', 'large@100', 'small@1100', 'late@1101']);
});

test('a higher rate shortens the wait of those who wait, a lower one lengthens it', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 1000);
  ask(clock, bucket, log, 'b', 1000);
  ask(clock, bucket, log, 'c', 1);
  await clock.advance(500);
  bucket.setRate(5000);
  assert.is(bucket.rate, 5000);
  await clock.advance(99);
  assert.equal(log, ['a@0']);
  await clock.advance(1);
  assert.equal(log, ['a@0', 'b@600']);
  bucket.setRate(100);
  await clock.advance(9999);
  assert.equal(log, ['a@0', 'b@600']);
  await clock.advance(1);
  assert.equal(log, ['a@0', 'b@600', 'c@10600']);
  assert.is(clock.pendingTimers, 0);
});

test('a rate of 0 lets everyone go, in order, and forgets the debt', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 1_000_000);
  ask(clock, bucket, log, 'b', 1_000_000);
  ask(clock, bucket, log, 'c', 1_000_000);
  bucket.setRate(0);
  await clock.advance(0);
  assert.equal(log, ['a@0', 'b@0', 'c@0']);
  assert.is(clock.pendingTimers, 0);
  bucket.setRate(1000);
  ask(clock, bucket, log, 'd', 1000);
  ask(clock, bucket, log, 'e', 1);
  await clock.advance(1000);
  assert.equal(log.slice(3), ['d@0', 'e@1000']);
});

test('a lower rate cuts what was saved up', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  await clock.advance(10_000);
  bucket.setRate(10);
  assert.is(bucket.acquire(20), undefined);
  const log: string[] = [];
  ask(clock, bucket, log, 'next', 1);
  await clock.advance(1000);
  assert.equal(log, ['next@11000']);
});

test('who gives up waiting costs nothing and holds up nobody', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const log: string[] = [];
  const abort = new AbortController();
  ask(clock, bucket, log, 'a', 100);
  ask(clock, bucket, log, 'b', 1_000_000, abort.signal);
  ask(clock, bucket, log, 'c', 1);
  await clock.advance(50);
  abort.abort(new Error('changed my mind'));
  await clock.advance(50);
  assert.equal(log, ['a@0', 'b: AbortError', 'c@100']);
  assert.is(clock.pendingTimers, 0);
});

test('the last one to give up takes the timer along; a signal that fired before counts', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const abort = new AbortController();
  assert.is(bucket.acquire(100), undefined);
  const wait = bucket.acquire(1, abort.signal) as Promise<void>;
  assert.is(clock.pendingTimers, 1);
  const reason = new Error('changed my mind');
  abort.abort(reason);
  assert.is(clock.pendingTimers, 0);
  const error = await rejects(wait, (e) => e instanceof AbortError && e.name === 'AbortError');
  assert.is(error.cause, reason);
  await rejects(bucket.acquire(1, abort.signal) as Promise<void>, (e) => e instanceof AbortError);
});

test('a signal that fires after the bytes were allowed changes nothing', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const abort = new AbortController();
  assert.is(bucket.acquire(100), undefined);
  const wait = bucket.acquire(1, abort.signal);
  await clock.advance(100);
  abort.abort();
  await wait;
  assert.is(bucket.waiting, 0);
});

test('bytes given back shorten the wait', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1000 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 1000);
  ask(clock, bucket, log, 'b', 1);
  bucket.giveBack(900);
  await clock.advance(100);
  assert.equal(log, ['a@0', 'b@100']);
});

test('close refuses those who wait and those who come later', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1 });
  assert.is(bucket.acquire(100), undefined);
  const first = bucket.acquire(1) as Promise<void>;
  const second = bucket.acquire(1) as Promise<void>;
  bucket.close();
  assert.is(clock.pendingTimers, 0);
  for (const wait of [first, second, bucket.acquire(1) as Promise<void>])
    await rejects(wait, (error) => error instanceof ThrottleClosedError);
});

test('waits beyond the longest timer are slept in parts', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 1 });
  const log: string[] = [];
  ask(clock, bucket, log, 'a', 3_000_000);
  ask(clock, bucket, log, 'b', 1);
  await clock.advance(3_000_000_000);
  assert.equal(log, ['a@0', 'b@3000000000']);
});

test('rates that are none', () => {
  const clock = new VirtualClock();
  for (const bytesPerSecond of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => new TokenBucket({ clock }, { bytesPerSecond }), RangeError);
  const bucket = new TokenBucket({ clock }, { bytesPerSecond: 7 });
  assert.throws(() => bucket.setRate(-1), RangeError);
  assert.is(bucket.rate, 7);
});

test('over any sequence of requests the average stays within the rate, but for a burst and the last request', async () => {
  const request = fc.record({ bytes: fc.nat(500), pauseMs: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1000, max: 100_000 }),
      async (requests, bytesPerSecond) => {
        const clock = new VirtualClock();
        const bucket = new TokenBucket({ clock }, { bytesPerSecond });
        let allowed = 0;
        let last = 0;
        for (const { bytes, pauseMs } of requests) {
          clock.advanceSync(pauseMs);
          let done = false;
          const wait = bucket.acquire(bytes);
          if (wait === undefined) done = true;
          else
            void wait.then(() => {
              done = true;
            });
          while (!done) {
            clock.advanceSync(1);
            await Promise.resolve();
          }
          const budget = (clock.nowMs() * bytesPerSecond) / 1000;
          assert.ok(allowed <= budget + 1, `${allowed} bytes before ${budget} were earned`);
          allowed += bytes;
          last = bytes;
        }
        assert.ok(allowed - last <= (clock.nowMs() * bytesPerSecond) / 1000 + 1);
        assert.is(clock.pendingTimers, 0);
      },
    ),
    { numRuns: 30 },
  );
});

test.run();
