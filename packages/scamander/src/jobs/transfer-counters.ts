// Control plane. What this process has moved, waited for and computed so far. Called about once a second by whoever shows progress. Reads the
// world, and changes nothing.
import { availableParallelism } from 'node:os';
import { type DataPathCounters, dataPathCounters } from '@scamander/transport';

/** Sums since the process began, except `transfers`, `cores` and `atMs`; two of them, seconds apart, tell what bounds the transfers. */
export interface TransferCounters extends DataPathCounters {
  /** Milliseconds of the machine's monotonic clock. */
  readonly atMs: number;
  /** Processor time of all threads of the process, and of the kernel on their behalf. */
  readonly cpuMs: number;
  /** Time that the main thread was not idle. */
  readonly mainThreadMs: number;
  readonly cores: number;
}

/** The counters as they stand. */
export const transferCounters = (): TransferCounters => {
  const { user, system } = process.cpuUsage();
  return {
    ...dataPathCounters(),
    atMs: performance.now(),
    cpuMs: (user + system) / 1000,
    mainThreadMs: performance.eventLoopUtilization().active,
    cores: availableParallelism(),
  };
};
