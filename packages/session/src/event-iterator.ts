// Control plane. Events for `for await`: a bounded buffer between a stream that never waits and a reader who may. Called by StreamResult.
// Drops FileChunk and FileProgress first and counts what it dropped.
import type { Observable, Subscription } from 'rxjs';
import type { StreamEvent } from './events.ts';

const isFrequent = (event: StreamEvent): boolean =>
  event.type === 'FileChunk' || event.type === 'FileProgress';

/** A chunk's bytes are only valid while it is told, so a kept event has none. */
const kept = (event: StreamEvent): StreamEvent =>
  event.type === 'FileChunk' ? { ...event, chunk: { ...event.chunk, bytes: undefined } } : event;

/** Reads events in order until the plan is over or return() is called. */
export class StreamEventIterator implements AsyncIterableIterator<StreamEvent> {
  readonly #eventsMax: number;
  readonly #subscription: Subscription;
  #events: StreamEvent[] = [];
  #waiting: ((result: IteratorResult<StreamEvent>) => void)[] = [];
  #over = false;
  #dropped = 0;

  constructor(events$: Observable<StreamEvent>, eventsMax: number) {
    this.#eventsMax = eventsMax;
    this.#subscription = events$.subscribe({
      next: (event) => this.#push(event),
      complete: () => this.#end(),
    });
  }

  /** Events the reader was too slow for. */
  get dropped(): number {
    return this.#dropped;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamEvent>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<StreamEvent>> {
    this.#subscription.unsubscribe();
    this.#events = [];
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #push(event: StreamEvent): void {
    const reader = this.#waiting.shift();
    if (reader !== undefined) {
      reader({ done: false, value: kept(event) });
      return;
    }
    if (this.#events.length >= this.#eventsMax && !this.#makeRoom(event)) return;
    this.#events.push(kept(event));
  }

  /** False when the new event is the one to drop. */
  #makeRoom(event: StreamEvent): boolean {
    this.#dropped += 1;
    if (isFrequent(event)) return false;
    const frequent = this.#events.findIndex(isFrequent);
    this.#events.splice(Math.max(0, frequent), 1);
    return true;
  }

  #end(): void {
    this.#over = true;
    for (const reader of this.#waiting) reader({ done: true, value: undefined });
    this.#waiting = [];
  }
}
