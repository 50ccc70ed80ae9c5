// Control plane. The connections of one session, and how they are let go (spec: streaming-4.0-plus §6.2, §6.7). Called by the session
// runtime. Owns every connection it was given until it is closed.
import type { Clock } from '@scamander/throttle';
import type { Connection } from '@scamander/transport';
import { CONNECTIONS_PER_SESSION_MAX } from '../limits.ts';

/** The control connection has number 0, those we open count up from 1, those of the peer down from -1. */
export const CONTROL = 0;

/** Resolves with the work, or after the time, whichever comes first; leaves no timer behind. */
const atMost = (clock: Clock, afterMs: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.setTimer(afterMs, resolve);
    const done = (): void => {
      cancel();
      resolve();
    };
    work.then(done, done);
  });

/** Every connection of one session. */
export class SessionConnections {
  readonly #clock: Clock;
  readonly #open = new Map<number, Connection>();
  readonly #closings: Promise<unknown>[] = [];
  #inbound = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(id: number): Connection | undefined {
    return this.#open.get(id);
  }

  /** Adds a connection under a number of ours. */
  add(id: number, connection: Connection): void {
    this.#open.set(id, connection);
    this.#closings.push(connection.closed);
  }

  /** Adds a connection of the peer; undefined when it has too many. */
  addInbound(connection: Connection): number | undefined {
    if (this.#open.size >= CONNECTIONS_PER_SESSION_MAX) return undefined;
    this.#inbound -= 1;
    this.add(this.#inbound, connection);
    return this.#inbound;
  }

  /**
   * Lets the control connection carry its last words, then cuts everything. After a failure the peer is given until `lastWordsMs` to
   * read SESSION_FAILED and close: cutting at once can destroy what it has not read.
   */
  async close(lastWords: Promise<void>, failed: boolean, lastWordsMs: number): Promise<void> {
    const control = this.#open.get(CONTROL);
    for (const [id, connection] of this.#open) if (id !== CONTROL && failed) connection.destroy();
    if (control !== undefined) {
      const goodbye = async (): Promise<void> => {
        await lastWords;
        await control.end();
        if (failed) await control.closed;
      };
      await atMost(this.#clock, lastWordsMs, goodbye());
    }
    for (const connection of this.#open.values()) connection.destroy();
    await Promise.all(this.#closings);
    this.#open.clear();
  }
}
