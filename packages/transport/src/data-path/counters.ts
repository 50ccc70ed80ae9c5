// Data plane. What the transfers of this process have moved and waited for so far, for whoever shows it. Called about once a second by the front
// door. Reads only.
import { kernelWorker } from './kernel-worker-client.ts';
import { type DataPathWaitsSnapshot, dataPathWaits } from './waits.ts';

/** Sums that only grow, except `transfers`. */
export interface DataPathCounters extends DataPathWaitsSnapshot {
  /** Milliseconds for which the kernel's thread has moved bytes for transfers, its waits for sockets left out. */
  readonly kernelTurnsMs: number;
}

/** The counters as they stand. */
export const dataPathCounters = (): DataPathCounters => ({
  ...dataPathWaits.snapshot(),
  kernelTurnsMs: kernelWorker.turnsMs,
});
