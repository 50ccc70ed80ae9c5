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

type Running = {
  readonly id: number;
  readonly fd: number;
  readonly hash: Hash;
  crc: number;
  bytes: number;
};

/** Serves orders one after the other until the process ends. */
export function digestWorkerStart(load: Load): void {
  const { parentPort, workerData } = load(
    'node:worker_threads',
  ) as typeof import('node:worker_threads');
  const fs = load('node:fs') as typeof import('node:fs');
  const crypto = load('node:crypto') as typeof import('node:crypto');
  const zlib = load('node:zlib') as typeof import('node:zlib');
  const port = parentPort as MessagePort;
  const setup = workerData as DigestSetup;
  const buffer = new Uint8Array(setup.bufferBytes);
  const waiting: { readonly id: number; readonly path: string }[] = [];
  let running: Running | undefined;
  let isScheduled = false;

  const tell = (news: DigestNews): void => port.postMessage(news);

  const end = (news: DigestNews): void => {
    if (running !== undefined) fs.closeSync(running.fd);
    running = undefined;
    tell(news);
  };

  /** True at the end of the file. */
  const read = (job: Running): boolean => {
    for (let turn = 0; turn < setup.turnBytes; turn += buffer.length) {
      const count = fs.readSync(job.fd, buffer, 0, buffer.length, job.bytes);
      if (count === 0) return true;
      const piece = buffer.subarray(0, count);
      job.hash.update(piece);
      job.crc = zlib.crc32(piece, job.crc);
      job.bytes += count;
    }
    return false;
  };

  const schedule = (): void => {
    if (!isScheduled) setImmediate(turn);
    isScheduled = true;
  };

  const turn = (): void => {
    isScheduled = false;
    const next = running === undefined ? waiting.shift() : undefined;
    const id = running?.id ?? next?.id;
    if (id === undefined) return;
    try {
      if (next !== undefined) {
        const fd = fs.openSync(next.path, 'r');
        running = { id, fd, hash: crypto.createHash('sha256'), crc: 0, bytes: 0 };
      }
      const job = running as Running;
      const { bytes } = job;
      if (read(job))
        end({ type: 'done', id, bytes: job.bytes, crc32: job.crc, sha256: job.hash.digest('hex') });
      else if (job.bytes > bytes) tell({ type: 'progress', id, bytes: job.bytes });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      end({ type: 'failed', id, code, message });
    }
    schedule();
  };

  port.on('message', (order: DigestOrder) => {
    if (order.type === 'file') {
      waiting.push(order);
      schedule();
      return;
    }
    const { id } = order;
    const at = waiting.findIndex((one) => one.id === id);
    if (at >= 0) {
      waiting.splice(at, 1);
      tell({ type: 'cancelled', id });
    } else if (running?.id === id) end({ type: 'cancelled', id });
  });
}

/** The program of the thread. `__name` is what some compilers call around functions to keep their names. */
export const digestWorkerProgram = (): string =>
  [
    `'use strict';`,
    'const __name = (value) => value;',
    `(${String(digestWorkerStart)})(require);`,
  ].join('\n');
