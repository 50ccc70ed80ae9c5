// Control plane. A plan under way: awaitable, observable, iterable (Cassandra: StreamResultFuture). Made by StreamPlan.execute(). Keeps no
// history: who subscribes late sees what comes, and currentState() says where it stands.

import type { FileChunk } from '@scamander/transport';
import type { UuidText } from '@scamander/wire-codec';
import { filter, map, type Observable, type Subject } from 'rxjs';
import { StreamError } from './errors.ts';
import { StreamEventIterator } from './event-iterator.ts';
import type { StreamEvent } from './events.ts';
import { ITERATOR_EVENTS_MAX } from './limits.ts';
import type { RegisteredSession } from './session-registry.ts';
import { hasFailedSession, type StreamState } from './stream-state.ts';

type EventOf<T extends StreamEvent['type']> = Extract<StreamEvent, { readonly type: T }>;

const ofType =
  <T extends StreamEvent['type']>(type: T) =>
  (event: StreamEvent): event is EventOf<T> =>
    event.type === type;

/** Rejection of a {@link StreamResult}: the first failure, with the state of every session. */
export class StreamFailed extends StreamError {
  /** Every session as it ended. */
  readonly state: StreamState;

  constructor(error: StreamError['detail'], state: StreamState) {
    super(error);
    this.state = state;
  }
}

/** A plan under way. */
export class StreamResult implements PromiseLike<StreamState> {
  readonly planId: UuidText;
  /** Hot, without replay. Completes when the plan is over; never errors (failures are SessionFailed events). */
  readonly events$: Observable<StreamEvent>;
  /** Every chunk that moves, while it moves: `bytes` is valid during the call only. */
  readonly chunks$: Observable<FileChunk>;
  readonly retries$: Observable<EventOf<'FileRetried'>>;
  /** Per file at most one a second, by the plan's clock. */
  readonly progress$: Observable<EventOf<'FileProgress'>>;
  readonly #operation: string;
  readonly #sessions: readonly RegisteredSession[];
  readonly #settled: Promise<StreamState>;
  readonly #outcome: Promise<StreamState>;

  /** Called by StreamPlan only. `over` resolves when every session has ended. */
  constructor(
    plan: { readonly planId: UuidText; readonly operation: string },
    sessions: readonly RegisteredSession[],
    events: Subject<StreamEvent>,
    over: Promise<void>,
  ) {
    this.planId = plan.planId;
    this.#operation = plan.operation;
    this.#sessions = sessions;
    this.events$ = events.asObservable();
    this.chunks$ = this.events$.pipe(
      filter(ofType('FileChunk')),
      map(({ chunk }) => chunk),
    );
    this.retries$ = this.events$.pipe(filter(ofType('FileRetried')));
    this.progress$ = this.events$.pipe(filter(ofType('FileProgress')));
    this.#settled = over.then(() => {
      const state = this.currentState();
      events.complete();
      return state;
    });
    this.#outcome = this.#settled.then((state) => this.#judge(state));
    // whoever only watches events$ or settled() has heard of the failure
    this.#outcome.catch(() => undefined);
  }

  /** Where every session stands now. */
  currentState(): StreamState {
    return {
      planId: this.planId,
      operation: this.#operation,
      sessions: this.#sessions.map((session) => session.snapshot()),
    };
  }

  /** Gives up every session that is not over: SESSION_FAILED to its peer, ABORTED here. */
  cancel(reason = 'cancelled'): void {
    for (const session of this.#sessions) session.cancel(reason);
  }

  /** Resolves when all sessions are over and nothing is open, whatever became of them. */
  settled(): Promise<StreamState> {
    return this.#settled;
  }

  /** Resolves when all sessions completed; rejects with a {@link StreamFailed} that names peer and cause when any did not. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting a result is what it is for, as with StreamResultFuture
  then<A = StreamState, B = never>(
    onFulfilled?: ((state: StreamState) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#outcome.then(onFulfilled, onRejected);
  }

  /** Events from now on; the iterator drops the frequent ones for a slow reader and counts them in `dropped`. */
  [Symbol.asyncIterator](): StreamEventIterator {
    return new StreamEventIterator(this.events$, ITERATOR_EVENTS_MAX);
  }

  #judge(state: StreamState): StreamState {
    if (!hasFailedSession(state)) return state;
    const failed = state.sessions.find(({ error }) => error !== undefined);
    if (failed?.error === undefined) throw new Error('a session failed without a cause');
    throw new StreamFailed(failed.error, state);
  }
}
