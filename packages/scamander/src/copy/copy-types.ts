// Control plane. What copy() is asked and says: tables from one cluster into another while they are read, without a disk between. Types only.
import type { StreamEvent } from '@scamander/session';
import type { ScamanderErrorType } from '../errors.ts';
import type { JobNews } from '../jobs/news.ts';
import type { AccessOptions, LoadConsistency, LoadRates, LoadTarget } from '../load/options.ts';
import type { SourceOptions } from '../pull/options.ts';
import type { Receipt } from '../receipt/receipt.ts';
import type { ProbeNews } from '../target/probe.ts';
import type { TargetNews } from '../target/target.ts';

/** Options of copy(). `names`, `source` and the rest of SourceOptions speak of the cluster that is read. */
export interface CopyOptions extends SourceOptions {
  readonly target: LoadTarget;
  /** How the target's nodes are reached; @default as the source's */
  readonly targetAccess?: AccessOptions;
  /** Names at the target. */
  readonly keyspace?: string;
  readonly table?: string;
  readonly targetDc?: string;
  /** Bytes per second out of the source, and into the target; 0 = unlimited. */
  readonly sourceRates?: Partial<LoadRates>;
  readonly targetRates?: Partial<LoadRates>;
  readonly entire?: 'auto' | 'never';
  /** @default 'QUORUM' */
  readonly consistency?: LoadConsistency;
  /** Sessions with the source at once. @default 4 */
  readonly sessions?: number;
  readonly ledger?: string;
  /** `rows`: afterwards both sides are read by CQL and compared, counts and hashes of rows by range. @default 'none' */
  readonly verify?: 'rows' | 'none';
  readonly dryRun?: boolean;
}

/** Ranges that one source node is asked for and one set of target replicas gets. */
export interface CopyUnitView {
  readonly keyspace: string;
  readonly table: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly ranges: readonly string[];
}

/** One range whose rows are not the same on both sides. */
export interface RowDifference {
  readonly keyspace: string;
  readonly table: string;
  readonly range: string;
  readonly sourceRows: number;
  readonly targetRows: number;
}

/** What the comparison said. */
export interface RowComparison {
  readonly ranges: number;
  readonly rows: number;
  readonly differences: readonly RowDifference[];
}

/** The end of a copy; the verdicts are those of a load. */
export interface CopyReport {
  readonly verdict: 'complete' | 'partial' | 'refused' | 'failed';
  readonly dryRun: boolean;
  readonly units: readonly CopyUnitView[];
  readonly receipt: Receipt;
  readonly problems: readonly ScamanderErrorType[];
  readonly consistency: string | undefined;
  readonly repairCommands: readonly string[];
  /** Files that went on as whole SSTables, and as sections. */
  readonly entire: number;
  readonly sections: number;
  readonly comparison: RowComparison | undefined;
  readonly bytes: number;
  readonly elapsedMs: number;
}

/** News of copy(). */
export type CopyEvent =
  | TargetNews
  | ProbeNews
  | JobNews
  | { readonly type: 'Problem'; readonly error: ScamanderErrorType }
  | { readonly type: 'Planned'; readonly units: readonly CopyUnitView[] }
  | { readonly type: 'Relayed'; readonly unit: CopyUnitView; readonly bytes: number }
  | { readonly type: 'Comparing'; readonly ranges: number; readonly ofRanges: number }
  | StreamEvent;
