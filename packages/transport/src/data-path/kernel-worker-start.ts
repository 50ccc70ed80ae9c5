// Data plane. The first function of the worker thread: finds libc and a fast CRC-32 where they load, then serves orders for ever. Called by
// KernelWorker, as text; see kernel-worker.ts for what such functions may use.
import type { MessagePort } from 'node:worker_threads';
import type {
  KernelCalls,
  KernelOrder,
  KernelWorkerParts,
  KernelWorkerSetup,
} from './kernel-protocol.ts';
import {
  kernelWorkerCrc,
  kernelWorkerDrain,
  kernelWorkerDrop,
  kernelWorkerObey,
  kernelWorkerPoll,
  kernelWorkerReceive,
  kernelWorkerReport,
  kernelWorkerReserve,
  kernelWorkerRun,
  kernelWorkerSend,
  kernelWorkerState,
  kernelWorkerTurn,
} from './kernel-worker.ts';

/** `require` of the thread. */
type Load = (module: string) => unknown;

/** The calls of libc, or undefined where they can't be had. */
export function kernelWorkerCalls(load: Load, koffiPath: string): KernelCalls | undefined {
  if (koffiPath === '') return undefined;
  try {
    const koffi = load(koffiPath) as typeof import('koffi');
    const libc = koffi.load(null);
    return {
      sendfile: libc.func('int64_t sendfile(int, int, void *, size_t)'),
      splice: libc.func('int64_t splice(int, void *, int, void *, size_t, unsigned int)'),
      poll: libc.func('int poll(void *, size_t, int)'),
      fcntl: libc.func('int fcntl(int, int, int)'),
      fallocate: libc.func('int fallocate(int, int, int64_t, int64_t)'),
      pipe2: libc.func('int pipe2(void *, int)'),
      close: libc.func('int close(int)'),
      errno: koffi.errno,
    };
  } catch {
    return undefined;
  }
}

/** CRC-32: the fast module where it loads, else zlib's. */
export function kernelWorkerChecksum(
  load: Load,
  crcPath: string,
): (bytes: Uint8Array, start: number) => number {
  try {
    if (crcPath !== '') return (load(crcPath) as typeof import('@node-rs/crc32')).crc32;
  } catch {
    // Not for this machine: zlib is on every one.
  }
  return (load('node:zlib') as typeof import('node:zlib')).crc32;
}

/** Puts the parts together: compilers that keep names wrap functions where they get one, but not arguments. */
export function kernelWorkerParts(
  setup: KernelWorkerSetup,
  calls: KernelCalls | undefined,
  crc32: KernelWorkerParts['crc32'],
  nowMs: KernelWorkerParts['nowMs'],
  next: KernelWorkerParts['next'],
  tell: KernelWorkerParts['tell'],
  readAt: KernelWorkerParts['readAt'],
  writeAt: KernelWorkerParts['writeAt'],
): KernelWorkerParts {
  return { setup, calls, crc32, nowMs, next, tell, readAt, writeAt };
}

/** Serves orders until the process ends. */
export function kernelWorkerStart(load: Load): void {
  const threads = load('node:worker_threads') as typeof import('node:worker_threads');
  const fs = load('node:fs') as typeof import('node:fs');
  const port = threads.parentPort as MessagePort;
  const setup = threads.workerData as KernelWorkerSetup;
  const state = kernelWorkerState(
    kernelWorkerParts(
      setup,
      kernelWorkerCalls(load, setup.koffiPath),
      kernelWorkerChecksum(load, setup.crcPath),
      // Only for how often to report; nothing waits by it.
      () => performance.now(),
      () => threads.receiveMessageOnPort(port)?.message as KernelOrder | undefined,
      (news) => port.postMessage(news),
      (fd, buffer, count, position) => {
        try {
          return fs.readSync(fd, buffer, 0, count, position);
        } catch (error) {
          return (error as NodeJS.ErrnoException).errno ?? -setup.errnos.invalid;
        }
      },
      (fd, buffer, count, position) => {
        try {
          return fs.writeSync(fd, buffer, 0, count, position);
        } catch (error) {
          return (error as NodeJS.ErrnoException).errno ?? -setup.errnos.invalid;
        }
      },
    ),
  );
  port.on('message', (order: KernelOrder) => {
    kernelWorkerObey(state, order);
    kernelWorkerRun(state);
  });
}

/** The program of the thread. `__name` is what some compilers call around functions to keep their names. */
export const kernelWorkerProgram = (): string => {
  const functions = [
    kernelWorkerState,
    kernelWorkerObey,
    kernelWorkerDrop,
    kernelWorkerRun,
    kernelWorkerTurn,
    kernelWorkerReport,
    kernelWorkerPoll,
    kernelWorkerSend,
    kernelWorkerReceive,
    kernelWorkerReserve,
    kernelWorkerDrain,
    kernelWorkerCrc,
    kernelWorkerCalls,
    kernelWorkerChecksum,
    kernelWorkerParts,
  ];
  return [
    `'use strict';`,
    'const __name = (value) => value;',
    ...functions.map(String),
    `(${String(kernelWorkerStart)})(require);`,
  ].join('\n');
};
