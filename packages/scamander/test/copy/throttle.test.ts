// Rates of both sides hold while a copy runs, and may be changed. Time is virtual: bytes that move while it stands still no rate held back.
import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CopyRun, copy } from '../../src/copy/copy.ts';
import type { CopyOptions } from '../../src/copy/copy-types.ts';
import { withCopyWorld } from './copies.ts';

const RATE = 2_000;
const LARGEST_PIECE = 65_536;
const NAMES = [{ keyspace: 'demo', table: 'users' }];
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A copy of about 60 KB, with the clocks of all sides in the test's hand. */
const throttled = (
  rates: Partial<CopyOptions>,
  direction: 'in' | 'out',
  story: (running: {
    readonly clock: VirtualClock;
    readonly moved: () => number;
    readonly over: () => boolean;
    readonly run: CopyRun;
  }) => Promise<void>,
): Promise<void> => {
  const clock = new VirtualClock();
  return withCopyWorld({ clock, targets: 2 }, async ({ options, parts }) => {
    const run = copy(options({ names: NAMES, sessions: 1, ...rates }), { parts });
    let moved = 0;
    let over = false;
    run.events$.subscribe((event) => {
      if (event.type === 'FileChunk' && event.chunk.direction === direction)
        moved += event.chunk.lengthBytes;
    });
    const result = run.result.finally(() => {
      over = true;
    });
    await story({ clock, moved: () => moved, over: () => over, run });
    while (!over) await breathe();
    const report = await result;
    assert.is(report._tag === 'Right' && report.right.verdict, 'complete');
  });
};

for (const [name, rates, direction, lift] of [
  ['source', { sourceRates: { entire: RATE } }, 'in', 'sourceThrottle'],
  ['target', { targetRates: { entire: RATE } }, 'out', 'targetThrottle'],
] as const)
  test(`the rate of the ${name} holds, and lifting it lets the rest go at once`, () =>
    throttled(rates, direction, async ({ clock, moved, over, run }) => {
      while (moved() === 0) await breathe();
      for (let second = 1; second <= 5; second += 1) {
        await clock.advance(1_000);
        const bound = RATE * (second + 1) + 2 * LARGEST_PIECE;
        assert.ok(moved() <= bound, `${moved()} bytes after ${second} s, ${bound} allowed`);
      }
      assert.not.ok(over(), 'the rate held the copy back');
      run[lift].setRates({ entire: 0 });
    }));

test('a copy that its own rate holds up says so', () =>
  throttled({ targetRates: { entire: 1 } }, 'out', async ({ clock, moved, run }) => {
    const stalls: string[] = [];
    run.events$.subscribe((event) => {
      if (event.type === 'Stalled') stalls.push(`${event.verdict.peer} ${event.verdict.who}`);
    });
    while (moved() === 0) await breathe();
    await clock.advance(61_000);
    assert.ok(stalls.length >= 1);
    for (const stall of stalls) assert.match(stall, /^10\.0\.2\.\d:7000 throttle$/);
    run.targetThrottle.setRates({ entire: 0 });
  }));

test('the rates of one side are not those of the other', () =>
  throttled(
    { sourceRates: { outbound: 1, interDc: 1 }, targetRates: { outbound: 1, interDc: 1 } },
    'in',
    async () => {},
  ));

test.run();
