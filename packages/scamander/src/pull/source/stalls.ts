// Control plane. A session's notice that it waits, as the verdict that people read: who stopped, since when, what is done. Called by sessions that ask
// for data. Pure but for the wall clock it is handed.
import type { StreamEvent } from '@scamander/session';
import type { JobNews } from '../../jobs/news.ts';
import type { SourceOptions } from '../options.ts';
import { silenceTimeoutOf } from './session-timeouts.ts';

const WAITS: Readonly<Record<string, string>> = {
  PREPARE_SYNACK: 'PREPARE_SYNACK: the node flushes its memtables and selects files',
  STREAM: 'the next file (a busy node sends few at once)',
  COMPLETE: 'COMPLETE: everything came, the node has not closed the session',
};

/** Of one session. */
export class StallReporter {
  readonly #peer: string;
  readonly #options: SourceOptions;
  readonly #unixMs: () => number;
  #lastAt: string | undefined;

  constructor(peer: string, options: SourceOptions, unixMs: () => number) {
    this.#peer = peer;
    this.#options = options;
    this.#unixMs = unixMs;
  }

  /** The verdict where the event is a notice; remembers when the last file came. */
  see(event: StreamEvent): Extract<JobNews, { type: 'Stalled' }> | undefined {
    if (event.type === 'FileReceived') this.#lastAt = new Date(this.#unixMs()).toISOString();
    if (event.type !== 'StreamStalled') return undefined;
    const givenUpAfter = Math.round(silenceTimeoutOf(this.#options) / 1000);
    return {
      type: 'Stalled',
      verdict: {
        peer: this.#peer,
        who: 'peer',
        waitingFor: WAITS[event.waitingFor] ?? event.waitingFor,
        sinceMs: event.sinceMs,
        lastAcknowledgement: this.#lastAt,
        action:
          event.waitingFor === 'COMPLETE'
            ? `given up after ${givenUpAfter} s of silence, then asked again`
            : `given up after ${5 * givenUpAfter} s of silence, then asked again or another replica is`,
      },
    };
  }
}
