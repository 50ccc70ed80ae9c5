import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RelayStall, StallNotice } from '../../../src/copy/relay/stall-notice.ts';

test('half a minute without a piece is told, and again; what moves is not', async () => {
  const clock = new VirtualClock();
  const told: RelayStall[] = [];
  let holding: readonly string[] = [];
  const notice = new StallNotice(
    clock,
    () => holding,
    (stall) => told.push(stall),
  );
  await clock.advance(29_000);
  notice.moved();
  await clock.advance(29_000);
  assert.equal(told, []);
  holding = ['10.0.0.1:7000'];
  await clock.advance(32_000);
  const replicas = ['10.0.0.1:7000'];
  assert.equal(told, [
    { replicas, sinceMs: 31_000 },
    { replicas, sinceMs: 61_000 },
  ]);
  holding = [];
  await clock.advance(30_000);
  assert.equal(told.at(-1), { replicas: [], sinceMs: 91_000 });
  notice.end();
  await clock.advance(60_000);
  assert.is(told.length, 3);
  assert.is(clock.pendingTimers, 0);
});

test.run();
