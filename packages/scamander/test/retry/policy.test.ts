// When a job tries again: delays as the policy says, and a wait that ends with its signal.
import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { delayBefore, pause, type RetryPolicy } from '../../src/retry/policy.ts';

const policy: RetryPolicy = {
  attempts: 6,
  firstDelayMs: 100,
  factor: 3,
  maxDelayMs: 1_000,
  jitter: 0.5,
};

test('each delay is a factor longer, up to the longest, less the part of chance', () => {
  const delays = (random: () => number) =>
    [1, 2, 3, 4, 5, 6].map((attempt) => delayBefore(policy, attempt, random));
  assert.equal(
    delays(() => 0),
    [0, 100, 300, 900, 1_000, 1_000],
  );
  assert.equal(
    delays(() => 0.5),
    [0, 75, 225, 675, 750, 750],
  );
});

test('a pause lasts its delay, and ends with its signal', async () => {
  const clock = new VirtualClock();
  const ended: string[] = [];
  const controller = new AbortController();
  const waits = [
    pause(clock, 10, controller.signal).then(() => ended.push('short')),
    pause(clock, 1_000, controller.signal).then(() => ended.push('long')),
  ];
  await clock.advance(10);
  await waits[0];
  assert.equal(ended, ['short']);
  controller.abort();
  await waits[1];
  assert.equal(ended, ['short', 'long']);
  await pause(clock, 5, controller.signal);
});

test.run();
