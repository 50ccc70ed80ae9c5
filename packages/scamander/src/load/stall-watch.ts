// Control plane. Notices that a session stands still, and says who is waited for: the node, our own disk or our own limit. Called by lanes, which
// have one each. What a session waits for on its control connection it says itself; bytes that do not move are noticed here.
import type { StreamEvent, WaitingFor } from '@scamander/session';
import type { Clock, OutboundThrottle } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { JobNews, StallVerdict } from '../jobs/news.ts';
import { STALL_NOTICE_MS } from '../limits.ts';
import type { RetryPolicy } from '../retry/policy.ts';
import { type Assignment, sessionWaits } from './transfer.ts';

/** What it needs. */
export interface StallWatchParts {
  readonly peer: Endpoint;
  readonly retry: RetryPolicy;
  readonly parts: { readonly clock: Clock; readonly unixMs: () => number };
  readonly transferParts: {
    readonly throttle: Pick<OutboundThrottle, 'isHolding'>;
    readonly silenceTimeoutMs: number;
  };
  readonly emit: (event: JobNews) => void;
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** When a session gives up a wait that it told of. */
const givenUpAfter = (waitingFor: string, silenceMs: number): number => {
  const waits = sessionWaits(silenceMs);
  const known: Partial<Record<WaitingFor, number>> = {
    PREPARE_SYNACK: waits.prepareSynAckMs,
    PREPARE_ACK: waits.prepareAckMs,
    RECEIVED: waits.receivedMs,
    COMPLETE: waits.completeMs,
  };
  return known[waitingFor as WaitingFor] ?? waits.fileStallMs;
};

/** Why a node may take its time. */
const EXPLAINED: Readonly<Record<string, string>> = {
  PREPARE_SYNACK: 'PREPARE_SYNACK: the node has not answered what is announced to it',
  RECEIVED: 'RECEIVED: the node has all bytes of a file and has not said so',
  COMPLETE: 'COMPLETE: the node has every file and applies the data, with their indexes and views',
};

/** See the head of this file. */
export class StallWatch {
  readonly #parts: StallWatchParts;
  readonly #moving = new Set<string>();
  #batch: readonly Assignment[] = [];
  #lastMoveMs = 0;
  #lastAcknowledgement: string | undefined;
  #cancel: () => void = () => undefined;

  constructor(parts: StallWatchParts) {
    this.#parts = parts;
  }

  /** A session begins. */
  begin(batch: readonly Assignment[]): void {
    this.#batch = batch;
    this.#moving.clear();
    this.#moved();
    this.#arm();
  }

  see(event: StreamEvent): void {
    switch (event.type) {
      case 'FileStarted':
        this.#moving.add(event.file);
        this.#moved();
        break;
      case 'FileChunk':
        this.#moved();
        break;
      case 'FileSent':
        this.#moving.delete(event.file);
        break;
      case 'FileAcknowledged':
        this.#lastAcknowledgement = new Date(this.#parts.parts.unixMs()).toISOString();
        break;
      case 'StreamStalled':
        this.#tell('peer', EXPLAINED[event.waitingFor] ?? event.waitingFor, event.sinceMs, {
          givenUpMs: givenUpAfter(event.waitingFor, this.#parts.transferParts.silenceTimeoutMs),
        });
        break;
      default:
        break;
    }
  }

  /** The session is over. */
  end(): void {
    this.#cancel();
  }

  #arm(): void {
    this.#cancel = this.#parts.parts.clock.setTimer(STALL_NOTICE_MS, () => {
      this.#look();
      this.#arm();
    });
  }

  #moved(): void {
    this.#lastMoveMs = this.#parts.parts.clock.nowMs();
  }

  #look(): void {
    const sinceMs = this.#parts.parts.clock.nowMs() - this.#lastMoveMs;
    const [file] = this.#moving;
    if (file === undefined || sinceMs < STALL_NOTICE_MS) return;
    const { transferParts } = this.#parts;
    const isUnread = this.#batch.some(
      ({ sstable, source }) =>
        this.#moving.has(sstable) &&
        source.digest !== undefined &&
        source.digest.known === undefined,
    );
    if (transferParts.throttle.isHolding) this.#tell('throttle', `its turn for ${file}`, sinceMs);
    else if (isUnread)
      this.#tell('disk', `the checksum of ${file}, whose last bytes wait for it`, sinceMs);
    else
      this.#tell('peer', `room for bytes of ${file}: the node takes none`, sinceMs, {
        givenUpMs: sessionWaits(transferParts.silenceTimeoutMs).fileStallMs,
      });
  }

  #tell(
    who: StallVerdict['who'],
    waitingFor: string,
    sinceMs: number,
    { givenUpMs }: { readonly givenUpMs?: number } = {},
  ): void {
    const { peer, retry, emit } = this.#parts;
    const then = retry.attempts > 1 ? ', then tried again in a new session' : '';
    emit({
      type: 'Stalled',
      verdict: {
        peer: endpointText(peer),
        who,
        waitingFor,
        sinceMs,
        lastAcknowledgement: this.#lastAcknowledgement,
        action:
          givenUpMs === undefined
            ? 'none: this is no fault of the node, and it is waited for'
            : `given up after ${seconds(givenUpMs)} of silence${then}`,
      },
    });
  }
}
