// Progress of offline work: plain lines now and then, a bar on a terminal, nothing where nobody wants it.
import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Terminal } from '../../src/output/terminal.ts';
import { WorkProgress } from '../../src/output/work-progress.ts';

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

const terminalOf = (stderr: Sink, more: Partial<Terminal> = {}): Terminal => ({
  stdout: new Sink(false),
  stderr,
  color: false,
  quiet: false,
  verbose: false,
  json: false,
  ...more,
});

test('a plain line every three seconds', () => {
  const stderr = new Sink(false);
  let nowMs = 0;
  const progress = new WorkProgress(terminalOf(stderr), () => nowMs);
  for (; nowMs <= 7000; nowMs += 500) progress.update(nowMs * 1024, 10_000 * 1024);
  progress.stop();
  assert.is(
    stderr.text,
    '2.9 MiB of 9.8 MiB, 1000.0 KiB/s, ETA 0:07\n5.9 MiB of 9.8 MiB, 1000.0 KiB/s, ETA 0:04\n',
  );
});

test('nothing with --quiet, with --json, and of nothing', () => {
  const stderr = new Sink(false);
  let nowMs = 0;
  for (const more of [{ quiet: true }, { json: true }, {}]) {
    const progress = new WorkProgress(terminalOf(stderr, more), () => nowMs);
    nowMs += 10_000;
    progress.update(0, Object.keys(more).length === 0 ? 0 : 100);
    progress.stop();
  }
  assert.is(stderr.text, '');
});

test('a bar on a terminal, which is taken away at the end', () => {
  const stderr = new Sink(true);
  const progress = new WorkProgress(terminalOf(stderr), () => 0);
  progress.stop();
  assert.is(stderr.text, '');
  progress.update(50, 100);
  progress.stop();
  assert.match(stderr.text, /50%/);
});

test.run();
