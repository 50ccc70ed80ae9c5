// Control plane: one holder at a time among the processes of this machine. Called by class-path.ts only.
// The lock is a listening socket, which the kernel drops with its process: a holder that is killed leaves nothing behind.
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pollIntervalMs } from './limits.ts';
import { listenOn } from './loopback-address.ts';

const lockAddress = '127.0.0.1';
const lockPort = 7197;

const acquire = async (waitMsMax: number): Promise<Server> => {
  const start = performance.now();
  for (;;) {
    try {
      return await listenOn(lockAddress, lockPort);
    } catch (error) {
      const isHeld = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isHeld || performance.now() - start > waitMsMax) throw error;
      await delay(pollIntervalMs);
    }
  }
};

/** Runs the body while no other process is inside. Rejects with the bind error when the wait exceeds the limit. */
export const withMachineLock = async <T>(body: () => Promise<T>, waitMsMax: number): Promise<T> => {
  const lock = await acquire(waitMsMax);
  try {
    return await body();
  } finally {
    lock.close();
  }
};
