// Output no faster than it is read, and its quiet end when nobody reads any more.
import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Pour } from '../../src/output/pour.ts';

/** Takes one piece at a time, when the test says so. */
class Slow extends Writable {
  taken = 0;
  #next: ((error?: Error) => void) | undefined;

  constructor() {
    super({ highWaterMark: 10 });
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.taken += chunk.length;
    this.#next = done;
  }

  takeNext(error?: Error): void {
    this.#next?.(error);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a write waits until its bytes are taken, also those that would fit the stream’s buffer', async () => {
  const stream = new Slow();
  const pour = new Pour(stream, () => assert.unreachable());
  let isWritten = false;
  const writing = pour.write(Buffer.alloc(4)).then(() => {
    isWritten = true;
  });
  await turn();
  assert.is(isWritten, false);
  stream.takeNext();
  await writing;
  assert.is(stream.taken, 4);
  pour.release();
});

test('a reader that goes away is told once, and writes end at once from then on', async () => {
  const stream = new Slow();
  let gone = 0;
  const pour = new Pour(stream, () => {
    gone += 1;
  });
  const writing = pour.write(Buffer.alloc(64));
  await turn();
  stream.takeNext(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await writing;
  await pour.write(Buffer.alloc(64));
  await turn();
  assert.is(gone, 1);
  assert.is(pour.isGone, true);
  assert.is(stream.taken, 64);
  pour.release();
});

test('nothing is listened to after release', () => {
  const stream = new Slow();
  const before = ['error', 'close', 'drain'].map((name) => stream.listenerCount(name));
  const pour = new Pour(stream, () => undefined);
  pour.release();
  const after = ['error', 'close', 'drain'].map((name) => stream.listenerCount(name));
  assert.equal(after, before);
});

test.run();
