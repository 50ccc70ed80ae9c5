// Control plane. What the thread of a job and the main thread say to each other. Used by worker.ts and run-job.ts. Types and one number.
import type { ScamanderErrorType } from '@scamander/scamander';
import type { Either } from 'fp-ts/lib/Either.js';
import type { JobEvent } from './job.ts';

/** Pieces of output on their way: what a slow reader of stdout can make wait in memory. */
export const MESSAGES_UNREAD_MAX = 4;

/** To the worker. */
export type ToWorker =
  | { readonly type: 'abort' }
  /** A piece was read: its memory goes back. */
  | { readonly type: 'read'; readonly bytes: Uint8Array };

/** From the worker; `end` or `aborted` is the last one. */
export type FromWorker =
  | { readonly type: 'progress'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly type: 'event'; readonly event: JobEvent }
  | { readonly type: 'output'; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly result: Either<ScamanderErrorType, unknown> }
  | { readonly type: 'aborted' };
