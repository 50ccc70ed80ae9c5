// Control plane. What a pull came to. Types only.
import type { ScamanderErrorType } from '../errors.ts';
import type { Receipt } from '../receipt/receipt.ts';
import type { PullPlanView } from './plan-view.ts';

/**
 * - `complete`: every asked range of every table is here;
 * - `partial`: some ranges are here, and what is missing is said;
 * - `refused`: nothing came, because the cluster or its tables refuse;
 * - `failed`: nothing came for another reason, or our own disk failed.
 */
export type PullVerdict = 'complete' | 'partial' | 'refused' | 'failed';

/** The end of a pull. */
export interface PullReport {
  readonly verdict: PullVerdict;
  readonly dryRun: boolean;
  readonly plan: PullPlanView;
  readonly receipt: Receipt;
  readonly problems: readonly ScamanderErrorType[];
  /** Ranges that are not here, by `keyspace.table`, with the reason. */
  readonly missing: readonly {
    readonly table: string;
    readonly ranges: readonly string[];
    readonly reason: string;
  }[];
  /** SSTables that came and were there before, with the same content. */
  readonly known: number;
  readonly receivedBytes: number;
  readonly elapsedMs: number;
}
