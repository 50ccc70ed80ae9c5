// Data plane. The thread that reads files once for both of their digests, and its side of the talk with the main thread. Started by
// DigestWorker, as text: so it is the same from the sources, from the build and from the bundle. May use nothing but its own names and `load`.
import type { Hash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';

/** What the thread is told. */
export type DigestOrder =
  | { readonly type: 'file'; readonly id: number; readonly path: string }
  | { readonly type: 'cancel'; readonly id: number };

/** What it says. */
export type DigestNews =
  | { readonly type: 'progress'; readonly id: number; readonly bytes: number }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly bytes: number;
      readonly crc32: number;
      readonly sha256: string;
    }
  | { readonly type: 'cancelled'; readonly id: number }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly code: string | undefined;
      readonly message: string;
    };

/** What it is made with. */
export interface DigestSetup {
  readonly bufferBytes: number;
  /** How much is read before orders are looked at and progress is told. */
  readonly turnBytes: number;
}

/** `require` of the thread. */
type Load = (module: string) => unknown;

/** What the thread has. Compilers that keep names wrap functions where they get one, so there are none in it. */
interface DigestState {
  readonly fs: typeof import('node:fs');
  readonly crypto: typeof import('node:crypto');
  readonly zlib: typeof import('node:zlib');
  readonly port: MessagePort;
  readonly buffer: Uint8Array;
  readonly turnBytes: number;
  readonly waiting: { readonly id: number; readonly path: string }[];
  running: Running | undefined;
  isScheduled: boolean;
}

type Running = {
  readonly id: number;
  readonly fd: number;
  readonly hash: Hash;
  crc: number;
  bytes: number;
};

/** Closes what is read and tells how it ended. */
function digestWorkerEnd(state: DigestState, news: DigestNews): void {
  if (state.running !== undefined) state.fs.closeSync(state.running.fd);
  state.running = undefined;
  state.port.postMessage(news);
}

/** Reads some of the file; true at its end. */
function digestWorkerRead(state: DigestState, job: Running): boolean {
  const { buffer } = state;
  for (let turn = 0; turn < state.turnBytes; turn += buffer.length) {
    const count = state.fs.readSync(job.fd, buffer, 0, buffer.length, job.bytes);
    if (count === 0) return true;
    const piece = buffer.subarray(0, count);
    job.hash.update(piece);
    job.crc = state.zlib.crc32(piece, job.crc);
    job.bytes += count;
  }
  return false;
}

/** Goes on with the file that is read, which it opens first. */
function digestWorkerStep(state: DigestState, id: number, path: string | undefined): void {
  try {
    if (path !== undefined) {
      const fd = state.fs.openSync(path, 'r');
      state.running = { id, fd, hash: state.crypto.createHash('sha256'), crc: 0, bytes: 0 };
    }
    const job = state.running as Running;
    const before = job.bytes;
    if (digestWorkerRead(state, job)) {
      const sha256 = job.hash.digest('hex');
      digestWorkerEnd(state, { type: 'done', id, bytes: job.bytes, crc32: job.crc, sha256 });
    } else if (job.bytes > before)
      state.port.postMessage({ type: 'progress', id, bytes: job.bytes } satisfies DigestNews);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    digestWorkerEnd(state, { type: 'failed', id, code, message });
  }
}

/** One turn; orders are heard between two. */
function digestWorkerTurn(state: DigestState): void {
  state.isScheduled = false;
  const next = state.running === undefined ? state.waiting.shift() : undefined;
  const id = state.running?.id ?? next?.id;
  if (id === undefined) return;
  digestWorkerStep(state, id, next?.path);
  digestWorkerSchedule(state);
}

/** Goes on when the orders that came are heard. */
function digestWorkerSchedule(state: DigestState): void {
  if (!state.isScheduled) setImmediate(digestWorkerTurn, state);
  state.isScheduled = true;
}

/** Hears an order. */
function digestWorkerObey(state: DigestState, order: DigestOrder): void {
  if (order.type === 'file') {
    state.waiting.push(order);
    digestWorkerSchedule(state);
    return;
  }
  const { id } = order;
  const at = state.waiting.findIndex((one) => one.id === id);
  if (at >= 0) {
    state.waiting.splice(at, 1);
    state.port.postMessage({ type: 'cancelled', id } satisfies DigestNews);
  } else if (state.running?.id === id) digestWorkerEnd(state, { type: 'cancelled', id });
}

/** Serves orders one after the other until the process ends. */
function digestWorkerStart(load: Load): void {
  const threads = load('node:worker_threads') as typeof import('node:worker_threads');
  const setup = threads.workerData as DigestSetup;
  const state: DigestState = {
    fs: load('node:fs') as typeof import('node:fs'),
    crypto: load('node:crypto') as typeof import('node:crypto'),
    zlib: load('node:zlib') as typeof import('node:zlib'),
    port: threads.parentPort as MessagePort,
    buffer: new Uint8Array(setup.bufferBytes),
    turnBytes: setup.turnBytes,
    waiting: [],
    running: undefined,
    isScheduled: false,
  };
  state.port.on('message', (order: DigestOrder) => digestWorkerObey(state, order));
}

/** The program of the thread. `__name` is what some compilers call around functions to keep their names. */
export const digestWorkerProgram = (): string =>
  [
    `'use strict';`,
    'const __name = (value) => value;',
    ...[
      digestWorkerEnd,
      digestWorkerRead,
      digestWorkerStep,
      digestWorkerTurn,
      digestWorkerSchedule,
      digestWorkerObey,
    ].map(String),
    `(${String(digestWorkerStart)})(require);`,
  ].join('\n');
