// Control plane. What every long job of the front door is from outside: events, one result, a way to give it up. Called by load, pull, du,
// copy and doctor.
import { setMaxListeners } from 'node:events';
import { type Either, left } from 'fp-ts/lib/Either.js';
import { type Observable, Subject } from 'rxjs';
import type { ScamanderErrorType } from '../errors.ts';

/** A job that is running. */
export interface Job<Event, Report> {
  /** Hot; subscribe right after the call, nothing is emitted before. Completes with the job. */
  readonly events$: Observable<Event>;
  /** A Left is an error that ended the job before anything was moved. Never rejects for what a cluster or a disk does. */
  readonly result: Promise<Either<ScamanderErrorType, Report>>;
  /** Ends the job in order: peers are told, files stay as they were; the result then says what was done. */
  cancel(): void;
}

/** What the body of a job is handed. */
export interface JobContext<Event> {
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
}

/** How a job is started and ended. */
export interface JobStart<Event, Report> {
  readonly signal: AbortSignal | undefined;
  readonly body: (context: JobContext<Event>) => Promise<Either<ScamanderErrorType, Report>>;
  /** The result where the body was ended by the signal with an exception. */
  readonly aborted: () => ScamanderErrorType;
  /** Called at the end on every path. */
  readonly release?: () => void;
}

/** Starts the body after the caller had the chance to subscribe. */
export const startJob = <Event, Report>(start: JobStart<Event, Report>): Job<Event, Report> => {
  const controller = new AbortController();
  // every session of the job listens, and each takes its listener away
  setMaxListeners(0, controller.signal);
  const cancel = (): void => controller.abort();
  if (start.signal?.aborted === true) cancel();
  start.signal?.addEventListener('abort', cancel, { once: true });
  const events = new Subject<Event>();
  const run = async (): Promise<Either<ScamanderErrorType, Report>> => {
    await Promise.resolve();
    try {
      const emit = (event: Event): void => events.next(event);
      return await start.body({ emit, signal: controller.signal });
    } catch (error) {
      if (controller.signal.aborted) return left(start.aborted());
      throw error;
    } finally {
      start.signal?.removeEventListener('abort', cancel);
      start.release?.();
      events.complete();
    }
  };
  return { events$: events.asObservable(), result: run(), cancel };
};
