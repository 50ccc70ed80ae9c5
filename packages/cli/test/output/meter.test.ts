// Rates and times to come: what is always so, whatever moves when.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Meter, SmoothedRate } from '../../src/output/meter.ts';

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= 1e-6 * Math.max(1, expected),
    `${actual} is not ${expected}`,
  );

test('a constant rate is that rate from the first sample on, however the samples come', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 10_000 }), (gaps, bytesPerMs) => {
      const rate = new SmoothedRate(500);
      let nowMs = 500;
      for (const gap of gaps) {
        nowMs += gap;
        rate.see((nowMs - 500) * bytesPerMs, nowMs);
        near(rate.bytesPerSecond, bytesPerMs * 1000);
      }
    }),
  );
});

test('a rate lies between the slowest and the fastest of what was seen', () => {
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 10_000 }),
    bytes: fc.integer({ min: 0, max: 1e9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (all) => {
      const rate = new SmoothedRate(0);
      let [nowMs, bytes] = [0, 0];
      for (const one of all) {
        nowMs += one.ms;
        bytes += one.bytes;
        rate.see(bytes, nowMs);
      }
      const rates = all.map((one) => (one.bytes / one.ms) * 1000);
      const found = rate.bytesPerSecond ?? -1;
      assert.ok(found >= Math.min(...rates) * (1 - 1e-9) - 1e-9);
      assert.ok(found <= Math.max(...rates) * (1 + 1e-9) + 1e-9);
    }),
  );
});

test('the same seconds, cut otherwise, give the same rate', () => {
  const [coarse, fine] = [new SmoothedRate(0), new SmoothedRate(0)];
  for (let atMs = 100; atMs <= 9_000; atMs += 100) {
    const bytes = Math.min(atMs, 4_000) * 10;
    fine.see(bytes, atMs);
    if (atMs % 1_000 === 0) coarse.see(bytes, atMs);
  }
  near(fine.bytesPerSecond, coarse.bytesPerSecond ?? -1);
});

test('what stops gets slower with every second, and never negative', () => {
  const rate = new SmoothedRate(0);
  rate.see(10_000, 1_000);
  let before = rate.bytesPerSecond ?? 0;
  for (let second = 2; second < 60; second += 1) {
    rate.see(10_000, second * 1_000);
    const after = rate.bytesPerSecond ?? -1;
    assert.ok(after < before && after >= 0, `${before} -> ${after}`);
    before = after;
  }
});

test('time that stands still or runs backwards changes nothing', () => {
  const rate = new SmoothedRate(1_000);
  rate.see(500, 1_000);
  assert.is(rate.bytesPerSecond, undefined);
  rate.see(500, 2_000);
  rate.see(9_000, 1_500);
  near(rate.bytesPerSecond, 500);
});

test('whatever moves, is lost or expected: never backwards, never more than all, no time below zero', () => {
  const change = fc.oneof(
    fc.record({ kind: fc.constant('move'), bytes: fc.integer({ min: 0, max: 1_000 }) }),
    fc.record({ kind: fc.constant('lose'), bytes: fc.integer({ min: 0, max: 1_000 }) }),
    fc.record({ kind: fc.constant('expect'), bytes: fc.integer({ min: 0, max: 5_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const meter = new Meter(0, 1_000);
      let [goodBytes, before, nowMs] = [0, 0, 0];
      for (const { kind, bytes } of changes) {
        if (kind === 'move') {
          meter.move(bytes);
          goodBytes += bytes;
        } else if (kind === 'lose') {
          const lost = Math.min(bytes, goodBytes);
          meter.lose(lost);
          goodBytes -= lost;
        } else meter.expect(bytes);
        nowMs += 250;
        meter.tick(nowMs);
        const { bytes: shown, totalBytes, etaSeconds } = meter.progress;
        assert.ok(shown >= before, 'backwards');
        assert.ok(shown >= goodBytes);
        assert.ok(totalBytes !== undefined && shown <= totalBytes, 'more than all');
        assert.ok(etaSeconds === undefined || etaSeconds >= 0, 'ended before it began');
        before = shown;
      }
    }),
  );
});

test('what was moved in vain is shown no less, and is still to be waited for', () => {
  const meter = new Meter(0, 1_000);
  meter.move(600);
  meter.tick(6_000);
  near(meter.progress.etaSeconds, 4);
  meter.lose(600);
  assert.is(meter.progress.bytes, 600);
  near(meter.progress.etaSeconds, 10);
});

test('without a total there is no time to come', () => {
  const meter = new Meter(0);
  meter.move(600);
  meter.tick(1_000);
  assert.equal(meter.progress, {
    bytes: 600,
    totalBytes: undefined,
    bytesPerSecond: 600,
    etaSeconds: undefined,
  });
});

test.run();
