// Being interrupted: once, twice, too long, and by a reader that goes away.
import { Writable } from 'node:stream';
import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Context } from '../src/context.ts';
import { ENDING_MS_MAX } from '../src/limits.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const scene = () => {
  const clock = new VirtualClock();
  const [stdout, stderr] = [new Sink(), new Sink()];
  const [interrupts, unread] = [new Set<() => void>(), new Set<() => void>()];
  const exits: number[] = [];
  const listen = (all: Set<() => void>) => (callback: () => void) => {
    all.add(callback);
    return () => all.delete(callback);
  };
  const context = new Context('0.0.0', {
    stdout,
    stderr,
    environment: {},
    nowMs: () => clock.nowMs(),
    onInterrupt: listen(interrupts),
    onUnread: listen(unread),
    setTimer: (ms, callback) => clock.setTimer(ms, callback),
    exitNow: (code) => void exits.push(code),
  });
  const fire = (all: Set<() => void>) => (): void => {
    for (const callback of [...all]) callback();
  };
  const listeners = (): number => interrupts.size + unread.size;
  return {
    context,
    clock,
    stderr,
    exits,
    listeners,
    interrupt: fire(interrupts),
    leave: fire(unread),
  };
};

test('the first interrupt ends in order, the second at once, and nothing is left behind', () => {
  const { context, clock, exits, listeners, interrupt } = scene();
  let told = 0;
  const command = context.interruptible(() => {
    told += 1;
  });
  assert.is(command.interrupted(), false);
  interrupt();
  assert.equal([command.signal.aborted, told, exits.length], [true, 1, 0]);
  interrupt();
  assert.equal([told, exits], [1, [130]]);
  command.stop();
  assert.equal([listeners(), clock.pendingTimers], [0, 0]);
});

test('a command that does not end is ended, and says so', () => {
  const { context, clock, stderr, exits, interrupt } = scene();
  const command = context.interruptible(() => undefined);
  interrupt();
  clock.advanceSync(ENDING_MS_MAX - 1);
  assert.equal([exits.length, stderr.text], [0, '']);
  clock.advanceSync(1);
  assert.equal(exits, [130]);
  assert.match(
    stderr.text,
    /^error SCM_ENDING_TIMEOUT: .*30 s.*\n {2}where: .*\n {2}lost: .*\n {2}try: /,
  );
  command.stop();
});

test('one that ends in time is left alone', () => {
  const { context, clock, stderr, exits, interrupt } = scene();
  const command = context.interruptible(() => undefined);
  interrupt();
  command.stop();
  clock.advanceSync(10 * ENDING_MS_MAX);
  assert.equal([exits.length, stderr.text], [0, '']);
});

test('a reader of stdout that goes away ends what asked for it, once and without a word', () => {
  const { context, exits, leave, listeners } = scene();
  const asked = context.interruptible(() => assert.unreachable('told'), { whenUnread: true });
  const other = context.interruptible(() => undefined);
  leave();
  leave();
  assert.equal([asked.signal.aborted, other.signal.aborted, exits.length], [true, false, 0]);
  asked.stop();
  other.stop();
  assert.is(listeners(), 0);
});

test.run();
