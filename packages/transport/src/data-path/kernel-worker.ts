// Data plane. The program of the worker thread: moves file bytes by sendfile(2) and splice(2) on descriptors lent by the main thread, and
// computes checksums. Called by KernelWorker, which hands this file's functions to the thread as text; so they use nothing but their
// parameters and each other: no imports, no constants of this module, no named function inside a function (compilers put helper calls
// there). Opens and closes no file.

import type { KernelOrder, KernelWorkerParts } from './kernel-protocol.ts';

type Job = {
  readonly id: number;
  readonly kind: 'send' | 'receive' | 'crc';
  readonly socket: number;
  readonly file: number;
  readonly length: number;
  readonly slot: number;
  /** The kernel moves it. */
  readonly offset: BigInt64Array;
  granted: number;
  moved: number;
  reported: number;
  reportedAtMs: number;
  blocked: boolean;
  /** Up to when its waits are counted. */
  blockedAtMs: number;
  pipe: Int32Array | undefined;
  inPipe: number;
  /** Bytes of the file that have their place on the disk. */
  reserved: number;
  /** splice(2) into this file is not possible: copy out of the pipe. */
  copying: boolean;
  crc: number;
};

type State = {
  readonly parts: KernelWorkerParts;
  readonly jobs: Map<number, Job>;
  readonly pipes: Int32Array[];
  /** struct pollfd { int fd; short events; short revents; }: two ints each. */
  pollFds: Int32Array;
  wake: Int32Array | undefined;
  buffer: Uint8Array | undefined;
};

type Turn = { readonly where: 'file' | 'socket'; readonly errno: number } | undefined;

/** Makes the wake-up pipe: the main thread writes to it so that poll(2) returns. */
export function kernelWorkerState(parts: KernelWorkerParts): State {
  const wake = new Int32Array(2);
  const { calls } = parts;
  // O_NONBLOCK | O_CLOEXEC
  const woken = calls !== undefined && calls.pipe2(wake, 0o4000 | 0o2000000) === 0;
  parts.tell({ type: 'ready', wakeFd: woken ? wake[1]! : -1 });
  return {
    parts,
    jobs: new Map(),
    pipes: [],
    pollFds: new Int32Array(16),
    wake: woken ? wake : undefined,
    buffer: undefined,
  };
}

/** One order. */
export function kernelWorkerObey(state: State, order: KernelOrder): void {
  const { jobs, parts } = state;
  if (order.type === 'start') {
    jobs.set(order.id, {
      ...order,
      offset: BigInt64Array.of(BigInt(order.offset)),
      moved: 0,
      reported: 0,
      reportedAtMs: parts.nowMs(),
      blocked: false,
      blockedAtMs: 0,
      pipe: undefined,
      inPipe: 0,
      reserved: 0,
      copying: false,
      crc: order.seed,
    });
    return;
  }
  const job = jobs.get(order.id);
  if (job === undefined) return;
  if (order.type === 'grant') {
    job.granted += order.bytes;
  } else {
    kernelWorkerDrop(state, job);
    parts.tell({ type: 'cancelled', id: job.id, moved: job.moved });
  }
}

/** Forgets a job. A pipe with bytes in it can't serve another one. */
export function kernelWorkerDrop(state: State, job: Job): void {
  state.jobs.delete(job.id);
  const { calls } = state.parts;
  if (job.pipe === undefined || calls === undefined) return;
  if (job.inPipe === 0 && state.pipes.length < 4) {
    state.pipes.push(job.pipe);
  } else {
    calls.close(job.pipe[0]!);
    calls.close(job.pipe[1]!);
  }
}

/** Works until every job is over or waits for a grant. Orders that come meanwhile are obeyed between turns. */
export function kernelWorkerRun(state: State): void {
  const { jobs, parts } = state;
  for (;;) {
    for (let order = parts.next(); order !== undefined; order = parts.next())
      kernelWorkerObey(state, order);
    let ready = 0;
    let blocked = 0;
    for (const job of jobs.values()) {
      const due = Math.min(job.granted, job.length);
      if (job.moved >= due && job.moved < job.length) continue;
      if (!job.blocked) kernelWorkerTurn(state, job, due);
      if (!jobs.has(job.id)) continue;
      if (job.blocked) blocked += 1;
      else if (job.moved < due) ready += 1;
    }
    if (blocked > 0) kernelWorkerPoll(state, blocked, ready > 0 ? 0 : parts.setup.pollMs);
    else if (ready === 0) return;
  }
}

/** One job's turn, with its news. */
export function kernelWorkerTurn(state: State, job: Job, due: number): void {
  const { parts } = state;
  const until = Math.min(due, job.moved + parts.setup.turnBytes);
  const fromMs = parts.nowMs();
  const failure =
    job.kind === 'send'
      ? kernelWorkerSend(state, job, until)
      : job.kind === 'receive'
        ? kernelWorkerReceive(state, job, until)
        : kernelWorkerCrc(state, job, until);
  parts.setup.waits[0]! += parts.nowMs() - fromMs;
  const { id, moved, crc } = job;
  if (failure !== undefined) {
    kernelWorkerDrop(state, job);
    parts.tell({ type: 'failed', id, moved, ...failure });
  } else if (moved === job.length) {
    kernelWorkerDrop(state, job);
    parts.tell({ type: 'done', id, moved, crc });
  } else {
    kernelWorkerReport(state, job, moved === due);
  }
}

/** Tells how far a job is, not more often than the limits say unless `now`; of checksums nobody waits for the bytes, so the time decides. */
export function kernelWorkerReport(state: State, job: Job, now: boolean): void {
  const { setup, nowMs, tell } = state.parts;
  if (job.moved === job.reported) return;
  const atMs = nowMs();
  const isLong = atMs - job.reportedAtMs >= setup.reportMs;
  const isFar = now || job.moved - job.reported >= setup.reportBytes;
  if (!isLong && (!isFar || job.kind === 'crc')) return;
  job.reported = job.moved;
  job.reportedAtMs = atMs;
  tell({ type: 'moved', id: job.id, moved: job.moved });
}

/** Sleeps until a blocked socket or the main thread has something, or the time is over. */
export function kernelWorkerPoll(state: State, blocked: number, timeoutMs: number): void {
  const { calls, readAt, nowMs, setup } = state.parts;
  if (calls === undefined || state.wake === undefined) return;
  if (state.pollFds.length < (blocked + 1) * 2) state.pollFds = new Int32Array((blocked + 1) * 4);
  const fds = state.pollFds;
  fds[0] = state.wake[0]!;
  fds[1] = 1;
  let count = 1;
  for (const job of state.jobs.values()) {
    if (!job.blocked) continue;
    fds[count * 2] = job.socket;
    // POLLIN 1, POLLOUT 4
    fds[count * 2 + 1] = job.kind === 'send' ? 4 : 1;
    count += 1;
  }
  const found = calls.poll(fds, count, timeoutMs);
  const atMs = nowMs();
  let at = 1;
  for (const job of state.jobs.values()) {
    if (!job.blocked) continue;
    setup.waits[job.slot]! += atMs - job.blockedAtMs;
    job.blockedAtMs = atMs;
    // Errors and hang-ups are left to the next call to name.
    if (found !== 0 && (found < 0 || fds[at * 2 + 1]! >>> 16 !== 0)) job.blocked = false;
    at += 1;
    if (job.blocked) kernelWorkerReport(state, job, false);
  }
  if (found > 0 && fds[1] >>> 16 !== 0) readAt(state.wake[0]!, new Uint8Array(64), 64, null);
}

/** sendfile(2) until `until`. */
export function kernelWorkerSend(state: State, job: Job, until: number): Turn {
  const { calls, setup } = state.parts;
  if (calls === undefined) return { where: 'file', errno: setup.errnos.invalid };
  while (job.moved < until) {
    const count = calls.sendfile(job.socket, job.file, job.offset, until - job.moved);
    if (count > 0) {
      job.moved += count;
      continue;
    }
    // Nothing left before the end of the job: the file shrank.
    if (count === 0) return { where: 'file', errno: 0 };
    const errno = calls.errno();
    if (errno === setup.errnos.interrupted) continue;
    if (errno !== setup.errnos.again)
      return { where: errno === setup.errnos.invalid ? 'file' : 'socket', errno };
    job.blocked = true;
    job.blockedAtMs = state.parts.nowMs();
    return undefined;
  }
  return undefined;
}

/** splice(2) socket to pipe, pipe to file, until `until`. */
export function kernelWorkerReceive(state: State, job: Job, until: number): Turn {
  const { calls, setup } = state.parts;
  if (calls === undefined) return { where: 'file', errno: setup.errnos.invalid };
  if (job.pipe === undefined) {
    job.pipe = state.pipes.pop() ?? new Int32Array(2);
    // O_CLOEXEC; F_SETPIPE_SZ may be refused, then the pipe stays as small as it is.
    if (job.pipe[1] === 0) {
      if (calls.pipe2(job.pipe, 0o2000000) !== 0) return { where: 'file', errno: calls.errno() };
      calls.fcntl(job.pipe[1]!, 1031, setup.pipeBytes);
    }
  }
  while (job.moved < until) {
    if (job.reserved < job.length && job.moved + setup.pipeBytes > job.reserved) {
      const refused = kernelWorkerReserve(state, job);
      if (refused !== undefined) return refused;
    }
    // SPLICE_F_MOVE 1 | SPLICE_F_NONBLOCK 2
    const want = Math.min(until - job.moved, setup.pipeBytes);
    const count = calls.splice(job.socket, null, job.pipe[1]!, null, want, 3);
    if (count === 0) return { where: 'socket', errno: 0 };
    if (count < 0) {
      const errno = calls.errno();
      if (errno === setup.errnos.interrupted) continue;
      if (errno !== setup.errnos.again) return { where: 'socket', errno };
      job.blocked = true;
      job.blockedAtMs = state.parts.nowMs();
      return undefined;
    }
    job.inPipe = count;
    const failure = kernelWorkerDrain(state, job, job.pipe[0]!);
    if (failure !== undefined) return failure;
    job.moved += count;
  }
  return undefined;
}

/**
 * Takes room on the disk for the next bytes of a large file, without making it longer (FALLOC_FL_KEEP_SIZE): pages are written with less work
 * where their blocks are known. Only a disk that is full is a failure: file systems need not support it.
 */
export function kernelWorkerReserve(state: State, job: Job): Turn {
  const { calls, setup } = state.parts;
  const offset = Number(job.offset[0]) - job.moved + job.reserved;
  const length = Math.min(setup.reserveBytes, job.length - job.reserved);
  job.reserved += length;
  if (calls === undefined || job.length < setup.turnBytes) return undefined;
  if (calls.fallocate(job.file, 1, offset, length) === 0) return undefined;
  const errno = calls.errno();
  const isFull = errno === setup.errnos.noSpace || errno === setup.errnos.noQuota;
  return isFull ? { where: 'file', errno } : undefined;
}

/** Moves what the pipe holds into the file. */
export function kernelWorkerDrain(state: State, job: Job, pipe: number): Turn {
  const { calls, setup, readAt, writeAt } = state.parts;
  if (calls === undefined) return undefined;
  while (job.inPipe > 0) {
    if (job.copying) {
      state.buffer ??= new Uint8Array(setup.crcBufferBytes);
      const count = readAt(pipe, state.buffer, Math.min(job.inPipe, state.buffer.length), null);
      if (count <= 0) return { where: 'file', errno: -count };
      for (let at = 0; at < count; ) {
        const written = writeAt(
          job.file,
          state.buffer.subarray(at),
          count - at,
          Number(job.offset[0]),
        );
        if (written < 0) return { where: 'file', errno: -written };
        job.offset[0]! += BigInt(written);
        at += written;
      }
      job.inPipe -= count;
      continue;
    }
    const count = calls.splice(pipe, null, job.file, job.offset, job.inPipe, 1);
    if (count > 0) {
      job.inPipe -= count;
      continue;
    }
    const errno = count === 0 ? setup.errnos.invalid : calls.errno();
    if (errno === setup.errnos.interrupted) continue;
    if (errno !== setup.errnos.invalid) return { where: 'file', errno };
    job.copying = true;
  }
  return undefined;
}

/** CRC-32 until `until`. */
export function kernelWorkerCrc(state: State, job: Job, until: number): Turn {
  const { setup, readAt, crc32 } = state.parts;
  state.buffer ??= new Uint8Array(setup.crcBufferBytes);
  while (job.moved < until) {
    const want = Math.min(until - job.moved, state.buffer.length);
    const count = readAt(job.file, state.buffer, want, Number(job.offset[0]));
    if (count <= 0) return { where: 'file', errno: -count };
    job.crc = crc32(state.buffer.subarray(0, count), job.crc);
    job.offset[0]! += BigInt(count);
    job.moved += count;
  }
  return undefined;
}
