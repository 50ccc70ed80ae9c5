// Control plane. A replica of the target that makes a relay wait, as the verdict that people read. Called for every event of the sessions with the
// target; what the source makes us wait for is told by its own session.
import type { StreamEvent } from '@scamander/session';
import { endpointText } from '@scamander/wire-codec';
import type { JobNews } from '../jobs/news.ts';
import type { RelayStall } from './relay/stall-notice.ts';
import { targetTimeouts } from './target-side.ts';

const WAITS: Readonly<Record<string, string>> = {
  PREPARE_SYNACK: 'PREPARE_SYNACK: the node has not answered what is announced to it',
  RECEIVED: 'RECEIVED: the node has all bytes of a file and has not said so',
  COMPLETE: 'COMPLETE: the node has the file and applies it, with its indexes and views',
};

/** Of all sessions with the target. */
export class TargetStalls {
  readonly #silenceMs: number;
  readonly #unixMs: () => number;
  readonly #acknowledged = new Map<string, string>();

  constructor(silenceMs: number, unixMs: () => number) {
    this.#silenceMs = silenceMs;
    this.#unixMs = unixMs;
  }

  /** The verdict where the event is a notice; remembers who acknowledged what last. */
  see(event: StreamEvent): Extract<JobNews, { type: 'Stalled' }> | undefined {
    const peer = endpointText(event.session.peer);
    if (event.type === 'FileAcknowledged')
      this.#acknowledged.set(peer, new Date(this.#unixMs()).toISOString());
    if (event.type !== 'StreamStalled') return undefined;
    return {
      type: 'Stalled',
      verdict: {
        peer,
        who: 'peer',
        waitingFor: WAITS[event.waitingFor] ?? event.waitingFor,
        sinceMs: event.sinceMs,
        lastAcknowledgement: this.#acknowledged.get(peer),
        action: `the source and the other replicas wait with it; given up after ${Math.round(this.#givenUpMs(event.waitingFor) / 1000)} s of silence, then tried again`,
      },
    };
  }

  /** The verdicts on a file that stands still: on the replicas that take nothing, or on the source that brings nothing. */
  ofFile(
    file: string,
    { replicas, sinceMs }: RelayStall,
    source: string,
    isThrottled: boolean,
  ): readonly Extract<JobNews, { type: 'Stalled' }>[] {
    const seconds = Math.round(targetTimeouts(this.#silenceMs).fileStallMs / 1000);
    const after = `given up after ${seconds} s of silence`;
    const peers = replicas.length === 0 ? [source] : replicas;
    return peers.map((peer) => ({
      type: 'Stalled',
      verdict: {
        peer,
        who: isThrottled ? 'throttle' : 'peer',
        waitingFor: replicas.length === 0 ? `bytes of ${file}` : `room for bytes of ${file}`,
        sinceMs,
        lastAcknowledgement: this.#acknowledged.get(peer),
        action: isThrottled
          ? 'waits for its turn'
          : replicas.length === 0
            ? `${after}, then asked again or another replica is`
            : `the others wait with it; ${after}, and what it misses is sent again`,
      },
    }));
  }

  #givenUpMs(waitingFor: string): number {
    const { prepareSynAckMs, receivedMs, completeMs, messageMs } = targetTimeouts(this.#silenceMs);
    if (waitingFor === 'PREPARE_SYNACK') return prepareSynAckMs;
    if (waitingFor === 'RECEIVED') return receivedMs;
    return waitingFor === 'COMPLETE' ? completeMs : messageMs;
  }
}
