// Control plane: looks whether a node is ready, again and again, until it is, has died, or the time is up. Called by node.ts and
// ring.ts. No fixed sleeps: the pause between two looks is the only one.
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { RealCassandraFailure } from './errors.ts';
import { pollIntervalMs, readyTimeoutMsMax } from './limits.ts';

/** Whether something accepts connections there now. */
export const accepts = (address: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });

/** What {@link waitUntil} needs to know about the node it waits for. */
export type Watched = {
  readonly name: string;
  /** How the process ended; undefined while it runs. */
  hasEnded(): string | undefined;
  logTail(): string;
};

/** Looks until `isReady` says so. Throws SCM_NODE_DIED or SCM_NODE_NOT_READY, both with the end of the log. */
export const waitUntil = async (
  node: Watched,
  waitedFor: string,
  isReady: () => Promise<boolean>,
): Promise<void> => {
  const start = performance.now();
  while (!(await isReady())) {
    const exit = node.hasEnded();
    if (exit !== undefined) {
      throw new RealCassandraFailure({
        code: 'SCM_NODE_DIED',
        node: node.name,
        exit,
        log: node.logTail(),
      });
    }
    const waitedMs = Math.round(performance.now() - start);
    if (waitedMs > readyTimeoutMsMax) {
      const log = node.logTail();
      throw new RealCassandraFailure({
        code: 'SCM_NODE_NOT_READY',
        node: node.name,
        waitedMs,
        waitedFor,
        log,
      });
    }
    await delay(pollIntervalMs);
  }
};
