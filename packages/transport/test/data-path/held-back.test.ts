import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock, unlimited } from '@scamander/throttle';
import {
  type FileSlice,
  type SendContext,
  sendSlices,
  TransportError,
  tcpTransport,
} from '@scamander/transport';
import { rejects, VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HELD_BACK_BYTES, HELD_BACK_SIGN_MS } from '../../src/limits.ts';
import { chunksOf, pairOver, readAll, readExactly, someBytes } from '../harness.ts';

const LENGTHS = [70_000, 9_000, 0];
const TOTAL = 79_000;

const filesIn = (folder: string): { slices: FileSlice[]; bytes: Buffer } => {
  const bytes = someBytes(TOTAL);
  let offset = 0;
  const slices = LENGTHS.map((lengthBytes, number) => {
    const path = join(folder, `${number}`);
    // One byte before the slice: a place within the file must be kept.
    writeFileSync(
      path,
      Buffer.concat([Buffer.from('x'), bytes.subarray(offset, offset + lengthBytes)]),
    );
    offset += lengthBytes;
    return { path, component: `${number}`, offsetBytes: 1, lengthBytes };
  });
  return { slices, bytes };
};

for (const path of ['buffers', 'kernel'] as const) {
  const contextOf = (more: Partial<SendContext>): SendContext => ({
    clock: systemClock,
    limiter: unlimited,
    stallTimeoutMs: 1_000,
    path,
    ...more,
  });

  test(`${path}: the last bytes go when they are cleared, in the right order`, () =>
    withTempFolder(async (folder) => {
      const { slices, bytes } = filesIn(folder);
      const { dialler, acceptor, close } = await pairOver(tcpTransport());
      let clear: () => void = () => undefined;
      const lastBytesAfter = new Promise<void>((resolve) => {
        clear = resolve;
      });
      let over = false;
      const sending = chunksOf(sendSlices(dialler, slices, contextOf({ lastBytesAfter }))).finally(
        () => {
          over = true;
        },
      );
      const first = await readExactly(acceptor, TOTAL - HELD_BACK_BYTES);
      assert.not.ok(over);
      clear();
      const rest = await readExactly(acceptor, HELD_BACK_BYTES);
      assert.is(Buffer.compare(Buffer.concat([first, rest]), bytes), 0);
      const sum = (await sending).reduce((total, { lengthBytes }) => total + lengthBytes, 0);
      assert.is(sum, TOTAL);
      assert.is(dialler.bytesWritten, TOTAL);
      await close();
    }));

  test(`${path}: while they are held back some bytes go now and then, but never the last one; it is no stall`, () =>
    withTempFolder(async (folder) => {
      const { slices } = filesIn(folder);
      const { dialler, acceptor, close } = await pairOver(tcpTransport());
      const time = new VirtualClock();
      let holds = 0;
      const clock: Clock = {
        nowMs: () => time.nowMs(),
        setTimer: (delayMs, callback) => {
          if (delayMs === HELD_BACK_SIGN_MS) holds += 1;
          return time.setTimer(delayMs, callback);
        },
      };
      let clear: () => void = () => undefined;
      const lastBytesAfter = new Promise<void>((resolve) => {
        clear = resolve;
      });
      const held = async (times: number): Promise<void> => {
        while (holds < times) await new Promise((resolve) => setImmediate(resolve));
        await time.advance(HELD_BACK_SIGN_MS);
      };
      // The second slice is short now: its last three bytes are all that is held back.
      const short = [slices[0]!, { ...slices[1]!, lengthBytes: 3 }];
      const sending = chunksOf(sendSlices(dialler, short, contextOf({ clock, lastBytesAfter })));
      await readExactly(acceptor, 70_000);
      for (const sign of [1, 2]) {
        await held(sign);
        await readExactly(acceptor, 1);
      }
      for (const sign of [3, 4, 5]) await held(sign);
      assert.is(dialler.bytesWritten, 70_002);
      clear();
      await readExactly(acceptor, 1);
      await sending;
      assert.is(time.pendingTimers, 0);
      await close();
    }));

  test(`${path}: bytes that are not cleared end the transfer with the reason, before and while they are held back`, () =>
    withTempFolder(async (folder) => {
      const { slices } = filesIn(folder);
      for (const early of [true, false]) {
        const { dialler, acceptor, close } = await pairOver(tcpTransport());
        const clock = new VirtualClock();
        const wrong = new Error('the digest is wrong');
        let refuse: (error: Error) => void = () => undefined;
        const lastBytesAfter = early
          ? Promise.reject(wrong)
          : new Promise<void>((_, reject) => {
              refuse = reject;
            });
        const failed = rejects(
          chunksOf(sendSlices(dialler, slices, contextOf({ clock, lastBytesAfter }))),
        );
        if (!early) await readExactly(acceptor, TOTAL - HELD_BACK_BYTES);
        refuse(wrong);
        assert.is(await failed, wrong);
        dialler.destroy();
        const came = await readAll(acceptor).catch((error: unknown) => {
          assert.instance(error, TransportError);
          return Buffer.alloc(0);
        });
        assert.ok(came.length <= TOTAL - HELD_BACK_BYTES);
        assert.is(clock.pendingTimers, 0);
        await close();
      }
    }));
}

test.run();
