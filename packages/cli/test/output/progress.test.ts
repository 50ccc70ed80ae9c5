// Progress as it is shown: on a terminal, elsewhere, as JSON, and not at all; of one peer and of many; with totals that come late and change.
import { Writable } from 'node:stream';
import type { LoadEvent, TransferCounters } from '@scamander/scamander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TransferProgress } from '../../src/output/progress.ts';
import { etaText } from '../../src/output/progress-text.ts';
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
  get lines(): readonly string[] {
    return this.text.trimEnd().split('\n');
  }
}

type SessionRef = (LoadEvent & { type: 'FileChunk' })['session'];

const session = (host = '10.0.0.1'): SessionRef => ({
  planId: 'p',
  peer: { host, port: 7000 },
  sessionIndex: 0,
  role: 'initiator',
});

const chunk = (
  lengthBytes: number,
  of: SessionRef,
  direction: 'in' | 'out' = 'out',
): LoadEvent => ({
  type: 'FileChunk',
  session: of,
  atMs: 0,
  chunk: {
    direction,
    file: 'f',
    component: 'Data.db',
    offsetBytes: 0,
    lengthBytes,
    atMs: 0,
    bytes: undefined,
  },
});

const prepared = (bytes: number, of: SessionRef): LoadEvent => ({
  type: 'SessionPrepared',
  session: of,
  atMs: 0,
  sending: [{ tableId: 't', files: 1, totalSizeBytes: BigInt(bytes), ranges: [] }],
  receiving: [],
});

const failed = (of: SessionRef): LoadEvent => ({
  type: 'SessionFailed',
  session: of,
  atMs: 0,
  error: {
    code: 'SCM_STREAM_LOST',
    peer: '10.0.0.1:7000',
    while: 'STREAMING',
    cause: undefined,
  } as never,
  outcome: 'nothing-applied',
});

const QUIET_COUNTERS: TransferCounters = {
  atMs: 0,
  transfers: 0,
  transferMs: 0,
  throttleMs: 0,
  diskMs: 0,
  socketMs: 0,
  bytes: 0,
  kernelTurnsMs: 0,
  cpuMs: 0,
  mainThreadMs: 0,
  cores: 4,
  peers: [],
};

const scene = (
  more: Partial<Terminal> & { isTTY?: boolean; totalBytes?: number; direction?: 'in' | 'out' } = {},
) => {
  const { isTTY = false, totalBytes, direction, ...change } = more;
  const [stdout, stderr] = [new Sink(false), new Sink(isTTY)];
  const terminal = { stdout, stderr, color: false, quiet: false, verbose: false, json: false };
  let nowMs = 0;
  let counters = QUIET_COUNTERS;
  const timers = new Set<() => void>();
  const progress = new TransferProgress({ ...terminal, ...change }, totalBytes, () => nowMs, {
    counters: () => ({ ...counters, atMs: nowMs }),
    every: (_ms, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
    ...(direction === undefined ? {} : { direction }),
  });
  return {
    progress,
    stdout,
    stderr,
    timers: () => timers.size,
    /** Time goes by, and a timer fires. */
    later: (ms: number) => {
      nowMs += ms;
      for (const callback of timers) callback();
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    count: (change: Partial<TransferCounters>) => {
      counters = { ...counters, ...change };
    },
  };
};

test('elsewhere than on a terminal a plain line comes every three seconds, not with every piece', () => {
  const { progress, stderr, pass } = scene({ totalBytes: 10_240 });
  const one = session();
  for (let piece = 0; piece < 10; piece += 1) {
    pass(1000);
    progress.see(chunk(1024, one));
  }
  progress.stop();
  assert.equal(stderr.lines, [
    '3.0 KiB of 10.0 KiB, 1.0 KiB/s, ETA 0:07',
    '6.0 KiB of 10.0 KiB, 1.0 KiB/s, ETA 0:04',
    '9.0 KiB of 10.0 KiB, 1.0 KiB/s, ETA 0:01',
  ]);
  assert.equal([progress.bytes, progress.elapsedMs], [10_240, 10_000]);
});

test('what bounds it stands at the end', () => {
  const { progress, stderr, later, count } = scene({ totalBytes: 6_000 });
  progress.see(chunk(3_000, session()));
  count({ transferMs: 3_000, throttleMs: 2_900 });
  later(3_000);
  count({ transferMs: 12_000, throttleMs: 2_900, diskMs: 9_000 });
  later(9_000);
  progress.stop();
  assert.match(
    stderr.lines[0] ?? '',
    /^2\.9 KiB of 5\.9 KiB, 1000 B\/s, ETA 0:03, bounded by throttle$/,
  );
  assert.match(stderr.lines[1] ?? '', /, bounded by disk$/);
});

test('a total that is not known, comes late, and changes', () => {
  const { progress, stderr, later } = scene();
  const one = session();
  progress.see(chunk(3_000, one));
  later(3_000);
  progress.expect(9_000);
  later(3_000);
  progress.expect(1_000);
  later(3_000);
  progress.stop();
  assert.is(stderr.lines[0], '2.9 KiB, 1000 B/s');
  assert.match(stderr.lines[1] ?? '', /^2\.9 KiB of 8\.8 KiB, /);
  assert.match(stderr.lines[2] ?? '', /^2\.9 KiB of 2\.9 KiB, /, 'never more than all of it');
});

test('a session that fails and is tried again goes neither back nor beyond', () => {
  const { progress, stderr, later } = scene({ totalBytes: 2_000 });
  const [first, second] = [session(), session()];
  progress.see(chunk(1_500, first));
  later(3_000);
  progress.see(failed(first));
  progress.see(chunk(1_000, second));
  later(3_000);
  progress.see(chunk(1_000, second));
  later(3_000);
  progress.stop();
  assert.equal(
    stderr.lines.map((line) => line.slice(0, line.indexOf(','))),
    ['1.5 KiB of 2.0 KiB', '1.5 KiB of 2.0 KiB', '2.0 KiB of 2.0 KiB'],
  );
  assert.is(progress.bytes, 3_500, 'what really moved');
});

test('one direction of two', () => {
  const { progress, stderr, later } = scene({ totalBytes: 3_000, direction: 'in' });
  progress.see(chunk(1_500, session(), 'in'));
  progress.see(chunk(1_500, session(), 'out'));
  later(3_000);
  progress.stop();
  assert.match(stderr.text, /^1\.5 KiB of 2\.9 KiB/);
});

test('--verbose has a line for each of several peers, and one for those that are too many', () => {
  const { progress, stderr, later } = scene({ totalBytes: 20_000, verbose: true });
  const first = session('10.0.0.1');
  progress.see(prepared(2_000, first));
  progress.see(chunk(1_000, first));
  later(3_000);
  assert.is(stderr.lines.length, 1, 'one peer needs no line of its own');
  for (let host = 2; host <= 12; host += 1) {
    const other = session(`10.0.0.${host}`);
    progress.see(prepared(500, other));
    progress.see(chunk(500, other));
  }
  later(3_000);
  progress.stop();
  assert.is(stderr.lines.length, 1 + 1 + 8);
  assert.match(
    stderr.lines[2] ?? '',
    /^ {2}\[=+-+\] {2}50% 10\.0\.0\.1:7000: 1000 B of 2\.0 KiB, /,
  );
  assert.match(stderr.lines[9] ?? '', /^ {2}and 5 more peers, 5 of them have everything$/);
});

test('where only the number of sessions is known, those that have told their sizes stand for the others', () => {
  const { progress, stderr, later } = scene();
  progress.expectSessions(4);
  const [asking, first, second, third] = [session(), session(), session(), session()];
  progress.see(prepared(9_000, asking));
  progress.see({ type: 'SessionComplete', session: asking, atMs: 0 });
  progress.see(prepared(1_000, first));
  progress.see(chunk(1_000, first));
  later(3_000);
  progress.see(prepared(2_000, second));
  later(3_000);
  progress.see(failed(second));
  progress.see({ type: 'SessionComplete', session: first, atMs: 0 });
  progress.expectSessions(2);
  progress.see(prepared(500, third));
  later(3_000);
  progress.stop();
  assert.equal(
    stderr.lines.map((line) => line.slice(0, line.indexOf(','))),
    ['1000 B of 3.9 KiB', '1000 B of 5.9 KiB', '1000 B of 1.5 KiB'],
  );
});

test('a session that only asks for sizes announces nothing to wait for', () => {
  const { progress, stderr, later } = scene({ totalBytes: 1_000, verbose: true });
  for (const host of ['10.0.0.1', '10.0.0.2']) {
    const asking = session(host);
    progress.see(prepared(500, asking));
    progress.see({ type: 'SessionComplete', session: asking, atMs: 0 });
    const moving = session(host);
    progress.see(prepared(500, moving));
    progress.see(chunk(500, moving));
  }
  later(3_000);
  progress.stop();
  assert.equal(stderr.lines.slice(1), [
    '  [========================] 100% 10.0.0.1:7000: 500 B of 500 B, 167 B/s',
    '  [========================] 100% 10.0.0.2:7000: 500 B of 500 B, 167 B/s',
  ]);
});

test('nothing with --quiet, and no timer', () => {
  const { progress, stdout, stderr, later, timers } = scene({ isTTY: true, quiet: true });
  assert.is(timers(), 0);
  progress.see(chunk(50, session()));
  later(60_000);
  progress.stop();
  assert.equal([stdout.text, stderr.text], ['', '']);
});

test('with --json an object a second, also while nothing moves', () => {
  const { progress, stdout, stderr, later, count, timers } = scene({
    json: true,
    totalBytes: 3_000,
  });
  later(1_000);
  progress.see(chunk(1_000, session()));
  const slow = { transferMs: 1_000, throttleMs: 0, diskMs: 0 };
  count({
    transferMs: 2_000,
    socketMs: 900,
    peers: [
      { peer: 'a', ...slow, socketMs: 900, bytes: 1 },
      { peer: 'b', ...slow, socketMs: 0, bytes: 999 },
    ],
  });
  later(1_000);
  progress.stop();
  assert.is(timers(), 0);
  assert.is(stderr.text, '');
  const [first, second] = stdout.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(first, {
    type: 'Progress',
    bytes: 0,
    totalBytes: 3_000,
    bytesPerSecond: 0,
    etaSeconds: null,
    boundBy: null,
  });
  assert.equal([second?.['boundBy'], second?.['boundPeer']], ['peer', 'a']);
  assert.is(second?.['bytes'], 1_000);
});

test('on a terminal there is a bar, with news above it, and it is gone in the end', () => {
  const { progress, stderr, later, timers } = scene({ isTTY: true, totalBytes: 100 });
  progress.see(chunk(50, session()));
  assert.match(stderr.text, /\[={12}-{12}\] {2}50% 50 B of 100 B/);
  progress.above('a peer stands still');
  assert.match(stderr.text, /a peer stands still\n/);
  progress.see(chunk(49, session()));
  later(250);
  assert.match(stderr.text, / 99% 99 B of 100 B/);
  const before = stderr.text.length;
  progress.stop();
  progress.stop();
  const end = stderr.text.slice(before);
  // ECMA-48: the cursor is shown again, and what stands below it is erased
  assert.ok(end.includes('\u001b[?25h') && end.includes('\u001b[0J'), JSON.stringify(end));
  assert.is(timers(), 0);
});

test('before the first bar, and where there is none, news are plain lines', () => {
  for (const isTTY of [true, false]) {
    const { progress, stderr } = scene({ isTTY });
    progress.above('found 3 tables');
    progress.stop();
    assert.is(stderr.text, 'found 3 tables\n');
  }
});

test('times to come', () => {
  assert.equal([0.2, 23, 59.5, 725, 3_723, 360_000].map(etaText), [
    '0:01',
    '0:23',
    '1:00',
    '12:05',
    '1:02:03',
    '100:00:00',
  ]);
});

test.run();
