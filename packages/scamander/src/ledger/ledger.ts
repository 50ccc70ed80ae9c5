// Control plane. What survives of a job when its process does not: what was acknowledged, before it counts. Opened by load, pull and copy; one
// process at a time. Implemented beside it.
import type { Either } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { EndRecord, LedgerRecord } from './records.ts';

type Written = Exclude<LedgerRecord, { readonly type: 'begin' | 'end' }>;
type WithoutStamp<T> = T extends unknown ? Omit<T, 'run' | 'at'> : never;

/** A record before the ledger adds run and time. */
export type NewRecord = WithoutStamp<Written>;

/** An open ledger; it holds the lock of its file until it is closed. */
export interface Ledger {
  readonly path: string;
  /** Number of this run, from 1. */
  readonly run: number;
  /** True when the run before this one did not end. */
  readonly resumed: boolean;
  /** Every record that is durable, in order, those of this run too. */
  readonly records: readonly LedgerRecord[];
  /** Resolves when the record is on the disk; several at once share one sync. A Left: it is not, and must not count. */
  append(record: NewRecord): Promise<Either<ScamanderErrorType, void>>;
  /** The run is over with nothing left to do. */
  end(verdict: EndRecord['verdict']): Promise<Either<ScamanderErrorType, void>>;
  /** Gives the lock back. Without end() before it the next run resumes this one. */
  close(): Promise<void>;
}
