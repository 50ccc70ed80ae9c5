import {
  AbortError,
  OutboundThrottle,
  ThrottleClosedError,
  type ThrottleRates,
  type TransferKind,
} from '@scamander/throttle';
import { rejects, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const rates: ThrottleRates = { outbound: 1000, interDc: 500, entire: 2000, interDcEntire: 250 };
const partial: TransferKind = { entire: false, interDc: false };
const partialFar: TransferKind = { entire: false, interDc: true };
const entire: TransferKind = { entire: true, interDc: false };
const entireFar: TransferKind = { entire: true, interDc: true };

/** How long the second of two transfers waits when both are of the given kinds and move 1000 bytes. */
const secondWaitsMs = async (first: TransferKind, second: TransferKind): Promise<number> => {
  const clock = new VirtualClock();
  const throttle = new OutboundThrottle({ clock }, rates);
  assert.is(throttle.limiterFor(first).acquire(1000), undefined);
  const wait = throttle.limiterFor(second).acquire(1000);
  if (wait === undefined) return 0;
  let doneAtMs = -1;
  void wait.then(() => {
    doneAtMs = clock.nowMs();
  });
  await clock.advance(10_000);
  assert.is(clock.pendingTimers, 0);
  return doneAtMs;
};

/** spec: management §5.4, categories of 4.1 and 5.0. */
const table: readonly (readonly [string, TransferKind, TransferKind, number])[] = [
  ['partial after partial: outbound', partial, partial, 1000],
  [
    'far partial after far partial: the slower of outbound and inter-DC',
    partialFar,
    partialFar,
    2000,
  ],
  ['partial after far partial: far ones consume the local budget too', partialFar, partial, 1000],
  [
    'far partial after partial: outbound only, the inter-DC budget is untouched',
    partial,
    partialFar,
    1000,
  ],
  ['entire after entire: its own budget', entire, entire, 500],
  ['far entire after far entire: the slower of its pair', entireFar, entireFar, 4000],
  ['entire after partial: nothing in common', partial, entire, 0],
  ['far entire after far partial: nothing in common', partialFar, entireFar, 0],
];

for (const [name, first, second, expectedMs] of table) {
  test(name, async () => {
    assert.is(await secondWaitsMs(first, second), expectedMs);
  });
}

test('unlimited by default, and then nothing waits', () => {
  const clock = new VirtualClock();
  const throttle = new OutboundThrottle({ clock });
  for (const kind of [partial, partialFar, entire, entireFar])
    for (let index = 0; index < 3; index++)
      assert.is(throttle.limiterFor(kind).acquire(2 ** 40), undefined);
  assert.is(clock.pendingTimers, 0);
});

test('rates change live, are announced, and can be read', async () => {
  const clock = new VirtualClock();
  const throttle = new OutboundThrottle({ clock }, rates);
  const seen: ThrottleRates[] = [];
  let completed = false;
  throttle.rates$.subscribe({
    next: (value) => seen.push(value),
    complete: () => {
      completed = true;
    },
  });
  const limiter = throttle.limiterFor(partialFar);
  assert.is(limiter.acquire(1000), undefined);
  let doneAtMs = -1;
  void limiter.acquire(1)?.then(() => {
    doneAtMs = clock.nowMs();
  });
  await clock.advance(1500);
  throttle.setRates({ interDc: 0 });
  await clock.advance(0);
  assert.is(doneAtMs, 1500);
  assert.equal(throttle.rates, { ...rates, interDc: 0 });
  assert.equal(seen, [rates, { ...rates, interDc: 0 }]);
  throttle.close();
  assert.ok(completed);
});

test('a rate that is none changes nothing', () => {
  const throttle = new OutboundThrottle({ clock: new VirtualClock() }, rates);
  assert.throws(() => throttle.setRates({ outbound: 7, entire: -1 }), RangeError);
  assert.equal(throttle.rates, rates);
});

test('who gives up waiting for the second budget gives the first back', async () => {
  const clock = new VirtualClock();
  const throttle = new OutboundThrottle(
    { clock },
    { outbound: 1000, interDc: 10, entire: 0, interDcEntire: 0 },
  );
  const far = throttle.limiterFor(partialFar);
  assert.is(far.acquire(100), undefined);
  await clock.advance(100);
  const abort = new AbortController();
  const wait = far.acquire(1_000_000, abort.signal) as Promise<void>;
  abort.abort();
  await rejects(wait, (error) => error instanceof AbortError);
  assert.is(throttle.limiterFor(partial).acquire(1), undefined);
  assert.is(clock.pendingTimers, 0);
});

test('who gives up waiting for the first budget never asks for the second', async () => {
  const clock = new VirtualClock();
  const throttle = new OutboundThrottle({ clock }, rates);
  assert.is(throttle.limiterFor(partial).acquire(1000), undefined);
  const abort = new AbortController();
  const wait = throttle.limiterFor(partialFar).acquire(1_000_000, abort.signal) as Promise<void>;
  abort.abort();
  await rejects(wait, (error) => error instanceof AbortError);
  await clock.advance(1000);
  assert.is(throttle.limiterFor(partialFar).acquire(1), undefined);
});

test('close refuses everyone and leaves no timer', async () => {
  const clock = new VirtualClock();
  const throttle = new OutboundThrottle({ clock }, rates);
  for (const kind of [partial, entire])
    assert.is(throttle.limiterFor(kind).acquire(1_000_000), undefined);
  const waits = [partial, partialFar, entire, entireFar].map(
    (kind) => throttle.limiterFor(kind).acquire(1) as Promise<void>,
  );
  throttle.close();
  for (const wait of waits) await rejects(wait, (error) => error instanceof ThrottleClosedError);
  assert.is(clock.pendingTimers, 0);
});

test.run();
