// What transfers wait for, by a clock that the test moves: sums of the limiter, the disk and the socket, by peer.
import { type Limiter, unlimited } from '@scamander/throttle';
import {
  DataPathWaits,
  memoryNetwork,
  receivePieces,
  sendPieces,
  type TransferContext,
} from '@scamander/transport';
import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf, memoryPair, pairOver, someBytes } from '../harness.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A promise that the test settles. */
const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

const parts = (limiter: Limiter = unlimited) => {
  const clock = new VirtualClock();
  const waits = new DataPathWaits();
  const context: TransferContext = { clock, waits, limiter, stallTimeoutMs: 0 };
  return { clock, waits, context };
};

const DESCRIBE = () => ({ file: 'f', component: 'Data.db', offsetBytes: 0 });

test('a sender: its disk, its limiter, its peer, in this order', async () => {
  const limit = gate();
  const { clock, waits, context } = parts({ acquire: () => limit.opened });
  const { dialler, acceptor, close } = await pairOver(
    memoryNetwork({ pipeBytes: 100 }).transport('10.0.0.1'),
    { host: '10.0.0.1', port: 7000 },
  );
  const disk = gate();
  const pieces = [someBytes(1_000)];
  const next = async (): Promise<Uint8Array | null> => {
    await disk.opened;
    return pieces.pop() ?? null;
  };
  const sending = chunksOf(sendPieces(dialler, next, DESCRIBE, context));
  clock.advanceSync(100);
  assert.is(waits.snapshot().transfers, 1);
  assert.is(waits.snapshot().diskMs, 100);
  disk.open();
  await turn();
  clock.advanceSync(250);
  limit.open();
  await turn();
  clock.advanceSync(40);
  for (let have = 0; have < 1_000; ) have += (await acceptor.read())?.length ?? 1_000;
  await sending;
  clock.advanceSync(1_000);
  const { diskMs, throttleMs, socketMs, transferMs, bytes, transfers, peers } = waits.snapshot();
  assert.equal(
    { diskMs, throttleMs, socketMs, transferMs, bytes, transfers },
    { diskMs: 100, throttleMs: 250, socketMs: 40, transferMs: 390, bytes: 1_000, transfers: 0 },
  );
  assert.equal(
    peers.map(({ peer, bytes: moved }) => [peer, moved]),
    [['10.0.0.1:7000', 1_000]],
  );
  await close();
});

test('a receiver: for its peer, then for who takes the bytes', async () => {
  const { clock, waits, context } = parts();
  const { dialler, acceptor, close } = await memoryPair();
  const disk = gate();
  const receiving = chunksOf(receivePieces(acceptor, 10, () => disk.opened, context));
  await turn();
  clock.advanceSync(70);
  await dialler.write(someBytes(10));
  await turn();
  clock.advanceSync(30);
  disk.open();
  await receiving;
  const { socketMs, diskMs, transferMs } = waits.snapshot();
  assert.equal({ socketMs, diskMs, transferMs }, { socketMs: 70, diskMs: 30, transferMs: 100 });
  await close();
});

test('transfers beside each other add up, and one that is given up counts until then', async () => {
  const { clock, waits, context } = parts();
  const pairs = [await memoryPair(), await memoryPair()];
  const running = pairs.map(({ acceptor }) =>
    receivePieces(acceptor, 10, () => undefined, context).subscribe(),
  );
  clock.advanceSync(50);
  running[0]?.unsubscribe();
  clock.advanceSync(50);
  const { socketMs, transfers } = waits.snapshot();
  assert.equal({ socketMs, transfers }, { socketMs: 150, transfers: 1 });
  running[1]?.unsubscribe();
  assert.is(waits.snapshot().transfers, 0);
  for (const { close } of pairs) await close();
});

test('of what the kernel does, the thread says how long it waited for the socket; the rest is the disk', () => {
  const { clock, waits } = parts();
  const one = waits.begin('peer', () => clock.nowMs());
  let blockedMs = 0;
  one.blockedMs = () => blockedMs;
  one.change('kernel');
  blockedMs = 60;
  clock.advanceSync(100);
  one.change('kernel');
  // told a little late: never more than there was time
  blockedMs = 90;
  clock.advanceSync(20);
  one.change('own');
  blockedMs = 500;
  clock.advanceSync(5);
  one.end();
  one.end();
  const { socketMs, diskMs, transferMs } = waits.snapshot();
  assert.equal({ socketMs, diskMs, transferMs }, { socketMs: 80, diskMs: 40, transferMs: 125 });
});

test('however many peers there were, few are kept, and the sums stay', () => {
  const { clock, waits } = parts();
  const kept = waits.begin('stays', () => clock.nowMs());
  for (let peer = 0; peer < 1_000; peer += 1) {
    const one = waits.begin(`peer ${peer}`, () => clock.nowMs());
    one.change('disk');
    clock.advanceSync(1);
    one.end();
  }
  const { diskMs, peers } = waits.snapshot();
  assert.is(diskMs, 1_000);
  assert.ok(peers.length <= 256);
  assert.ok(peers.some(({ peer }) => peer === 'stays'));
  kept.end();
});

test.run();
