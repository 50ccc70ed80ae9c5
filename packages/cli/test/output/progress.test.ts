import { Writable } from 'node:stream';
import type { LoadEvent } from '@scamander/scamander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TransferProgress } from '../../src/output/progress.ts';
import type { Terminal } from '../../src/output/terminal.ts';

class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const terminalWith = (stderr: Sink, change: Partial<Terminal> = {}): Terminal => ({
  stdout: new Sink(false),
  stderr,
  color: false,
  quiet: false,
  verbose: false,
  json: false,
  ...change,
});

const chunk = (lengthBytes: number): LoadEvent => ({
  type: 'FileChunk',
  session: {
    planId: 'p',
    peer: { host: '10.0.0.1', port: 7000 },
    sessionIndex: 0,
    role: 'initiator',
  },
  atMs: 0,
  chunk: {
    direction: 'out',
    file: 'f',
    component: 'Data.db',
    offsetBytes: 0,
    lengthBytes,
    atMs: 0,
    bytes: undefined,
  },
});

test('elsewhere than on a terminal a plain line comes every three seconds, not with every piece', () => {
  const stderr = new Sink(false);
  let now = 0;
  const progress = new TransferProgress(terminalWith(stderr), 10_240, () => now);
  for (let piece = 0; piece < 10; piece += 1) {
    now += 1000;
    progress.see(chunk(1024));
  }
  progress.stop();
  assert.equal(stderr.text.trimEnd().split('\n'), [
    '3.0 KiB of 10.0 KiB, 1.0 KiB/s',
    '6.0 KiB of 10.0 KiB, 1.0 KiB/s',
    '9.0 KiB of 10.0 KiB, 1.0 KiB/s',
  ]);
  assert.equal([progress.bytes, progress.elapsedMs], [10_240, 10_000]);
});

test('neither with --quiet nor with --json', () => {
  for (const change of [{ quiet: true }, { json: true }]) {
    const stderr = new Sink(true);
    let now = 0;
    const progress = new TransferProgress(terminalWith(stderr, change), 100, () => now);
    now = 60_000;
    progress.see(chunk(50));
    progress.stop();
    assert.is(stderr.text, '');
  }
});

test('on a terminal there is a bar, and it is gone in the end', () => {
  const stderr = Object.assign(new Sink(true), {
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  const progress = new TransferProgress(terminalWith(stderr), 100, () => 1);
  progress.see(chunk(50));
  progress.stop();
  assert.match(stderr.text, /%/);
});

test.run();
