// Rates hold and change while a load runs. Time is virtual: bytes that move while it stands still are bytes that no rate held back.
import { memoryNetwork } from '@scamander/transport';
import { VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { transferCounters } from '../../src/jobs/transfer-counters.ts';
import { load } from '../../src/load/load.ts';
import type { LoadRates } from '../../src/load/options.ts';
import { copyTable, partsWith, startNode, tablesOf } from '../harness.ts';

const AT = { host: '10.0.0.1', port: 7000 };
const RATE = 2000;
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A load of about 60 KB in pieces of 22 KB at most, with the clocks of both sides in the test's hand. */
const throttled = (
  rates: Partial<LoadRates>,
  story: (running: {
    clock: VirtualClock;
    moved: () => number;
    sent: () => number;
    setRates: (rates: Partial<LoadRates>) => void;
    over: () => boolean;
  }) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const clock = new VirtualClock();
    const network = memoryNetwork();
    const table = copyTable('4.1.10-nb', 'users', `${folder}/source`);
    const node = await startNode(
      { dataDirectory: `${folder}/data`, listen: AT, tables: await tablesOf([table]) },
      partsWith(network.transport('10.0.0.1'), clock),
    );
    const running = load(
      { paths: [table], target: { kind: 'direct', nodes: [AT] }, rates, connections: 1 },
      { parts: partsWith(network.transport('10.0.0.9'), clock) },
    );
    let [moved, sent, over] = [0, 0, false];
    running.events$.subscribe((event) => {
      if (event.type === 'FileChunk') moved += event.chunk.lengthBytes;
      if (event.type === 'FileSent') sent += 1;
    });
    const result = running.result.finally(() => {
      over = true;
    });
    await story({
      clock,
      moved: () => moved,
      sent: () => sent,
      setRates: (changed) => running.throttle.setRates(changed),
      over: () => over,
    });
    // whatever is left needs no time: nothing is held back any more
    while (!over) await breathe();
    const report = await result;
    assert.is(report._tag === 'Right' && report.right.verdict, 'complete');
    await node.close();
    assert.is(clock.pendingTimers, 0, 'no timer is left');
  });

test('a rate holds, and lifting it lets the rest go at once', () =>
  throttled({ entire: RATE }, async ({ clock, moved, setRates, over }) => {
    // the first piece goes at once; then time must pass
    while (moved() === 0) await breathe();
    const largest = 32_768;
    for (let second = 1; second <= 8; second += 1) {
      await clock.advance(1000);
      const bound = RATE * (second + 1) + largest;
      assert.ok(moved() <= bound, `${moved()} bytes after ${second} s, ${bound} allowed`);
    }
    assert.not.ok(over(), 'the throttle held the load back');
    setRates({ entire: 0 });
  }));

test('the time that a rate holds a load back is told as such', () =>
  throttled({ entire: RATE }, async ({ clock, setRates }) => {
    const waitedMs = (): number => transferCounters().throttleMs;
    // until a millisecond is one of waiting for the rate: the second piece has to wait for eleven seconds
    for (let before = waitedMs(); waitedMs() === before; clock.advanceSync(1)) await breathe();
    const before = transferCounters();
    clock.advanceSync(500);
    const after = transferCounters();
    assert.is(after.throttleMs - before.throttleMs, 500);
    const of = ({ peers }: typeof after) => peers.find(({ peer }) => peer === '10.0.0.1:7000');
    assert.is((of(after)?.throttleMs ?? 0) - (of(before)?.throttleMs ?? 0), 500, 'by peer');
    setRates({ entire: 0 });
  }));

test('a rate may be set while an unlimited load runs', () =>
  throttled({}, async ({ clock, moved, setRates, over }) => {
    while (moved() === 0 && !over()) await breathe();
    setRates({ entire: 1 });
    const before = moved();
    await clock.advance(500);
    // what was granted before the change is one piece at most, and one more goes into debt
    assert.ok(moved() - before <= 2 * 32_768, `${moved() - before}`);
    setRates({ entire: 0 });
  }));

test('whole SSTables draw on the rate for whole SSTables only', () =>
  throttled({ outbound: 1, interDc: 1, interDcEntire: 1 }, async () => {}));

test.run();
