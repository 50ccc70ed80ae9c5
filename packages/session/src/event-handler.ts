// Control plane. Events for those who like handlers better than observables (Cassandra: StreamEventHandler). Called by users.
import type { Subscription } from 'rxjs';
import { StreamError } from './errors.ts';
import type { StreamEvent } from './events.ts';
import type { StreamResult } from './stream-result.ts';
import type { StreamState } from './stream-state.ts';

/** Told of everything a plan does, and of its end. */
export interface StreamEventHandler {
  handleStreamEvent(event: StreamEvent): void;
  onSuccess?(state: StreamState): void;
  onFailure?(error: StreamError): void;
}

/** Attaches a handler (StreamResultFuture.addEventListener). Unsubscribing stops the events, not the plan and not the last word. */
export const addEventListener = (
  result: StreamResult,
  handler: StreamEventHandler,
): Subscription => {
  const subscription = result.events$.subscribe((event) => handler.handleStreamEvent(event));
  void result.then(
    (state) => handler.onSuccess?.(state),
    (error: unknown) => {
      if (!(error instanceof StreamError)) throw error;
      handler.onFailure?.(error);
    },
  );
  return subscription;
};
