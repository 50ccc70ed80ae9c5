import { systemClock } from '@scamander/throttle';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('the system clock runs forward, calls back once, and a cancelled timer never does', async () => {
  const before = systemClock.nowMs();
  let cancelledFired = false;
  const cancel = systemClock.setTimer(0, () => {
    cancelledFired = true;
  });
  cancel();
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.setTimer(5, resolve);
  });
  assert.not(cancelledFired);
  assert.ok(systemClock.nowMs() > before);
});

test.run();
