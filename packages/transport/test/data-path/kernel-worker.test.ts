// The worker's program in this thread, over a kernel that the test plays.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelCalls, KernelNews, KernelOrder } from '../../src/data-path/kernel-protocol.ts';
import {
  kernelWorkerObey,
  kernelWorkerRun,
  kernelWorkerState,
} from '../../src/data-path/kernel-worker.ts';

const AGAIN = 11;
const INTERRUPTED = 4;
const INVALID = 22;
const NO_SPACE = 28;
const BROKEN_PIPE = 32;
const NO_QUOTA = 122;
const NOT_SUPPORTED = 95;

const setup = () => ({
  koffiPath: '',
  crcPath: '',
  reportBytes: 1_000,
  reportMs: 100,
  pipeBytes: 500,
  reserveBytes: 1_500,
  turnBytes: 800,
  pollMs: 100,
  crcBufferBytes: 300,
  waits: new Float64Array(4),
  errnos: {
    again: AGAIN,
    interrupted: INTERRUPTED,
    invalid: INVALID,
    noSpace: NO_SPACE,
    noQuota: NO_QUOTA,
  },
});

/** Answers of one call, in order: a number of bytes, or minus an errno. After the last one the last is repeated. */
type Script = {
  sendfile?: number[];
  fromSocket?: number[];
  toFile?: number[];
  poll?: number[];
  /** Minus an errno; 0 is success. */
  reserve?: number;
};

const play = (script: Script, orders: readonly KernelOrder[], withCalls = true) => {
  const log: string[] = [];
  let ready: KernelNews | undefined;
  const news: KernelNews[] = [];
  let errno = 0;
  let nowMs = 0;
  const answer = (name: Exclude<keyof Script, 'reserve'>, count: number): number => {
    const answers = script[name] ?? [count];
    const given = answers.length > 1 ? answers.shift()! : answers[0]!;
    log.push(`${name} ${count} -> ${given}`);
    if (given < 0) errno = -given;
    return given < 0 ? -1 : Math.min(given, count);
  };
  const calls: KernelCalls = {
    sendfile: (_out, _input, offset, count) => {
      const moved = answer('sendfile', count);
      if (moved > 0) offset[0]! += BigInt(moved);
      return moved;
    },
    splice: (_input, _offsetIn, _output, offsetOut, length) => {
      const moved = answer(offsetOut === null ? 'fromSocket' : 'toFile', length);
      if (moved > 0 && offsetOut !== null) offsetOut[0]! += BigInt(moved);
      return moved;
    },
    poll: (fds, count, timeoutMs) => {
      nowMs += timeoutMs;
      const given = answer('poll', count);
      for (let at = 1; given > 0 && at < count; at++)
        fds[at * 2 + 1] = fds[at * 2 + 1]! | (fds[at * 2 + 1]! << 16);
      return given;
    },
    fcntl: () => 0,
    fallocate: (_fd, mode, offset, length) => {
      assert.is(mode, 1);
      log.push(`reserve ${offset} ${length}`);
      errno = -(script.reserve ?? 0);
      return script.reserve === undefined ? 0 : -1;
    },
    pipe2: (fds) => {
      fds.set([100, 101]);
      return 0;
    },
    close: (fd) => {
      log.push(`close ${fd}`);
      return 0;
    },
    errno: () => errno,
  };
  const file: number[] = [];
  const queue = [...orders];
  const state = kernelWorkerState({
    setup: setup(),
    nowMs: () => nowMs,
    next: () => queue.shift(),
    tell: (one) => {
      if (one.type === 'ready') ready = one;
      else news.push(one);
    },
    readAt: (_fd, buffer, count) => {
      buffer.fill(7, 0, count);
      return count;
    },
    writeAt: (_fd, buffer, count, position) => {
      if (position >= 900) return -NO_SPACE;
      const written = Math.min(count, 250);
      for (let at = 0; at < written; at++) file[position + at] = buffer[at]!;
      return written;
    },
    crc32: (bytes, start) => start + bytes.length,
    calls: withCalls ? calls : undefined,
  });
  kernelWorkerRun(state);
  return {
    log,
    news,
    ready,
    file,
    state,
    obey: (order: KernelOrder) => {
      kernelWorkerObey(state, order);
      kernelWorkerRun(state);
    },
  };
};

const start = (
  kind: 'send' | 'receive' | 'crc',
  length: number,
  id = 1,
): KernelOrder & { type: 'start' } => ({
  type: 'start',
  id,
  kind,
  socket: 5,
  file: 6,
  offset: 0,
  length,
  granted: kind === 'crc' ? length : 0,
  seed: 0,
  slot: id,
});
const grant = (bytes: number, id = 1): KernelOrder => ({ type: 'grant', id, bytes });

test('nothing moves without a grant, and never more than granted', () => {
  const { log, news, obey } = play({}, [start('send', 2_000)]);
  assert.equal([log, news], [[], []]);
  obey(grant(600));
  assert.equal(log, ['sendfile 600 -> 600']);
  assert.equal(news, [{ type: 'moved', id: 1, moved: 600 }]);
});

test('news: when a grant is used up, every so many bytes, and at the end', () => {
  const { news } = play({}, [start('send', 2_000), grant(600), grant(1_400)]);
  assert.equal(news, [
    { type: 'moved', id: 1, moved: 1_600 },
    { type: 'done', id: 1, moved: 2_000, crc: 0 },
  ]);
  const used = play({}, [start('send', 2_000), grant(600)]);
  assert.equal(used.news, [{ type: 'moved', id: 1, moved: 600 }]);
});

test('a full socket is waited for; what moved is told after a while', () => {
  const { log, news } = play({ sendfile: [300, -AGAIN, 9_999], poll: [0, 1] }, [
    start('send', 700),
    grant(700),
  ]);
  assert.equal(log, [
    'sendfile 700 -> 300',
    'sendfile 400 -> -11',
    'poll 2 -> 0',
    'poll 2 -> 1',
    'sendfile 400 -> 9999',
  ]);
  assert.equal(news, [
    { type: 'moved', id: 1, moved: 300 },
    { type: 'done', id: 1, moved: 700, crc: 0 },
  ]);
});

test('waits for a full socket are added up in the slot of the job, while they last', () => {
  // poll takes its whole time (100 ms) each time
  const { state } = play({ sendfile: [300, -AGAIN, 9_999], poll: [0, 0, 1] }, [
    start('send', 700),
    grant(700),
    start('send', 500, 2),
    grant(500, 2),
  ]);
  const { waits } = state.parts.setup;
  assert.equal([waits[1], waits[2]], [300, 0]);
});

test('an interrupted call is made again', () => {
  const { news } = play({ sendfile: [-INTERRUPTED, 700] }, [start('send', 700), grant(700)]);
  assert.equal(news, [{ type: 'done', id: 1, moved: 700, crc: 0 }]);
});

test('failures say whose they are', () => {
  const failure = (script: Script, kind: 'send' | 'receive') =>
    play(script, [start(kind, 700), grant(700)]).news;
  const failed = { type: 'failed', id: 1 };
  assert.equal(failure({ sendfile: [300, 0] }, 'send'), [
    { ...failed, moved: 300, where: 'file', errno: 0 },
  ]);
  assert.equal(failure({ sendfile: [-BROKEN_PIPE] }, 'send'), [
    { ...failed, moved: 0, where: 'socket', errno: BROKEN_PIPE },
  ]);
  assert.equal(failure({ sendfile: [-INVALID] }, 'send'), [
    { ...failed, moved: 0, where: 'file', errno: INVALID },
  ]);
  assert.equal(failure({ fromSocket: [0] }, 'receive'), [
    { ...failed, moved: 0, where: 'socket', errno: 0 },
  ]);
  assert.equal(failure({ fromSocket: [-104] }, 'receive'), [
    { ...failed, moved: 0, where: 'socket', errno: 104 },
  ]);
  assert.equal(failure({ toFile: [-NO_SPACE] }, 'receive'), [
    { ...failed, moved: 0, where: 'file', errno: NO_SPACE },
  ]);
});

test('room is taken ahead of a large file, piece by piece; only a full disk is a failure', () => {
  const reserved = ({ log }: { log: string[] }) => log.filter((line) => line.startsWith('reserve'));
  const ended = ({ news }: { news: KernelNews[] }) => news.at(-1);
  const large = [start('receive', 2_000), grant(2_000)];
  const done = { type: 'done', id: 1, moved: 2_000, crc: 0 };
  assert.equal(reserved(play({}, large)), ['reserve 0 1500', 'reserve 1500 500']);
  assert.equal(reserved(play({}, [{ ...start('receive', 2_000), offset: 30 }, grant(2_000)])), [
    'reserve 30 1500',
    'reserve 1530 500',
  ]);
  assert.equal(reserved(play({}, [start('receive', 700), grant(700)])), [], 'not for a small file');
  assert.equal(ended(play({ reserve: -NOT_SUPPORTED }, large)), done);
  for (const errno of [NO_SPACE, NO_QUOTA])
    assert.equal(ended(play({ reserve: -errno }, large)), {
      type: 'failed',
      id: 1,
      moved: 0,
      where: 'file',
      errno,
    });
});

test('a file that splice does not support is written by copying', () => {
  const { news, file } = play({ toFile: [-INVALID] }, [start('receive', 700), grant(700)]);
  assert.equal(news, [{ type: 'done', id: 1, moved: 700, crc: 0 }]);
  assert.is(file.length, 700);
  assert.ok(file.every((byte) => byte === 7));
  const full = play({ toFile: [-INVALID] }, [start('receive', 1_200), grant(1_200)]);
  assert.equal(full.news.at(-1), {
    type: 'failed',
    id: 1,
    moved: 800,
    where: 'file',
    errno: NO_SPACE,
  });
});

test('transfers take turns', () => {
  const orders = [1, 2].flatMap((id) => [start('send', 1_700, id), grant(1_700, id)]);
  const { log } = play({}, orders);
  assert.equal(
    log.map((line) => line.split(' ')[1]),
    ['800', '800', '800', '800', '100', '100'],
  );
});

test('a blocked transfer does not hold up another one', () => {
  const { news } = play({ fromSocket: [-AGAIN, 100], poll: [0, 0, 0, 1] }, [
    start('receive', 100, 1),
    grant(100, 1),
    start('send', 2_400, 2),
    grant(2_400, 2),
  ]);
  const done = news.filter((one) => one.type === 'done').map((one) => one.id);
  assert.equal(done, [2, 1]);
});

test('a cancelled transfer says how far it came; a pipe with bytes in it is closed, an empty one kept', () => {
  const dirty = play({ toFile: [200, -NO_SPACE] }, [start('receive', 900), grant(900)]);
  assert.equal(dirty.news.at(-1), {
    type: 'failed',
    id: 1,
    moved: 0,
    where: 'file',
    errno: NO_SPACE,
  });
  assert.equal(dirty.log.slice(-2), ['close 100', 'close 101']);
  const clean = play({}, [start('receive', 900), grant(300)]);
  clean.obey({ type: 'cancel', id: 1 });
  assert.equal(clean.news.at(-1), { type: 'cancelled', id: 1, moved: 300 });
  assert.is(clean.state.pipes.length, 1);
  assert.is(clean.state.jobs.size, 0);
});

test('a checksum goes on where another one ended, no further than granted, and tells how far after a while', () => {
  const { news, obey } = play({}, [{ ...start('crc', 2_000), granted: 900, seed: 50 }]);
  assert.equal(news, []);
  obey(grant(1_100));
  assert.equal(news, [{ type: 'done', id: 1, moved: 2_000, crc: 2_050 }]);
  const slow = play({ fromSocket: [-AGAIN, 100], poll: [0, 1] }, [
    start('receive', 100, 2),
    grant(100, 2),
    { ...start('crc', 1_600, 1), granted: 1_200 },
  ]);
  assert.equal(
    slow.news.filter(({ type }) => type === 'moved'),
    [],
  );
  slow.obey(grant(100));
  assert.equal(slow.news.at(-1), { type: 'moved', id: 1, moved: 1_300 });
});

test('without libc only checksums work', () => {
  const { news, ready } = play(
    {},
    [start('crc', 1_000), start('send', 10, 2), grant(10, 2)],
    false,
  );
  assert.equal(ready, { type: 'ready', wakeFd: -1 });
  assert.ok(news.some((one) => one.type === 'done' && one.id === 1 && one.crc === 1_000));
  assert.ok(news.some((one) => one.type === 'failed' && one.id === 2 && one.errno === INVALID));
});

test.run();
