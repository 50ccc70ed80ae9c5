// What we read is held back by our own limiter, and is not when the rate is lifted. Time is virtual: bytes that move while it stands still are bytes
// that no rate held back.
import { join } from 'node:path';
import { memoryNetwork } from '@scamander/transport';
import { VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pull } from '../../src/pull/pull.ts';
import { partsWith, startNode } from '../harness.ts';
import { writeLargeSSTable } from '../stories/large-sstable.ts';
import { nodeAt, US } from './asking.ts';

const RATE = 20_000;
const SECONDS = 6;
/** Two are on their way at a time: one is written while the next is read, and the first of all goes at once. */
const PIECE_BYTES_MAX = 262_144;
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a rate holds, and lifting it lets the rest come at once', () =>
  withTempFolder(async (folder) => {
    const clock = new VirtualClock();
    const network = memoryNetwork();
    const there = join(folder, 'there');
    writeLargeSSTable(there, 2_000, 1_000);
    const node = await startNode(
      { dataDirectory: there, listen: nodeAt(1) },
      partsWith(network.transport(nodeAt(1).host), clock),
    );
    const running = pull(
      {
        names: [{ keyspace: 'demo', table: 'with_none' }],
        source: { kind: 'direct', nodes: [nodeAt(1)] },
        listen: { host: US, port: 0 },
        into: join(folder, 'into'),
        rates: { entire: RATE },
      },
      { parts: partsWith(network.transport(US), clock) },
    );
    let [moved, begun, over] = [0, false, false];
    running.events$.subscribe((event) => {
      if (event.type === 'FileStarted') begun = true;
      if (event.type === 'FileChunk') moved += event.chunk.lengthBytes;
    });
    const result = running.result.finally(() => {
      over = true;
    });
    while (!begun && !over) await breathe();
    for (let second = 1; second <= SECONDS && !over; second += 1) {
      await clock.advance(1_000);
      const bound = RATE * (second + 1) + 2 * PIECE_BYTES_MAX;
      assert.ok(moved <= bound, `${moved} bytes after ${second} s, ${bound} allowed`);
    }
    assert.not.ok(over, 'it is held back');
    running.throttle.setRates({ entire: 0 });
    while (!over) await breathe();
    const report = await result;
    await node.close();
    assert.is(report._tag === 'Right' && report.right.verdict, 'complete');
    assert.is(clock.pendingTimers, 0, 'no timer is left');
  }));

test.run();
