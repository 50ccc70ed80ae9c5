// One holder at a time.
import { rejects } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withMachineLock } from '../src/machine-lock.ts';

test('holders come one after the other, and an error frees the lock', async () => {
  let inside = 0;
  let most = 0;
  const enter = () =>
    withMachineLock(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    }, 60_000);
  await rejects(
    withMachineLock(() => Promise.reject(new Error('body')), 60_000),
    (error) => error.message === 'body',
  );
  await Promise.all([enter(), enter(), enter()]);
  assert.is(most, 1);
});

test.run();
