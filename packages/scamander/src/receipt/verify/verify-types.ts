// Control plane. What verifyReceipt is asked and says. Types only.
import type { ScamanderErrorType } from '../../errors.ts';
import type { LoadRates } from '../../load/options.ts';
import type { PullEvent } from '../../pull/events.ts';
import type { SourceOptions } from '../../pull/options.ts';

/** The cluster, or the embedded nodes, that a load went to: how they are asked for what they hold. */
export type VerifyAgainst = Omit<
  SourceOptions,
  'names' | 'dc' | 'rack' | 'only' | 'ignore' | 'primaryOnly' | 'allReplicas' | 'ranges'
> & {
  /** Bytes per second from each node; 0 = unlimited. */
  readonly rates?: Partial<LoadRates>;
  /** Where what a replica holds of the ranges lies while it is compared. @default the system's folder for temporary files */
  readonly workDirectory?: string;
};

/** Options of verifyReceipt(). */
export interface VerifyOptions {
  /** Folder in which the SSTables lie now. @default where the receipt says */
  readonly data?: string;
  /** `quick`: sizes and CRC-32; `whole`: SHA-256 too. @default 'whole' */
  readonly level?: 'quick' | 'whole';
  /** So many SSTables only, chosen at random. @default all */
  readonly sample?: number;
  /** Asks every replica that acknowledged something for the same ranges, and compares row by row. @default only files are checked */
  readonly against?: VerifyAgainst;
}

/** What is not as the receipt says. */
export type VerifyFinding =
  /** A file that should be there. */
  | { readonly kind: 'missing'; readonly path: string }
  /** An SSTable or a component that the receipt does not name. */
  | { readonly kind: 'surplus'; readonly path: string }
  | {
      readonly kind: 'changed';
      readonly path: string;
      readonly what: 'size' | 'CRC-32' | 'SHA-256';
      readonly expected: string;
      readonly found: string;
    }
  /** The SSTable has something that the replica does not have. */
  | {
      readonly kind: 'absent';
      /** Path of Data.db. */
      readonly path: string;
      readonly keyspace: string;
      readonly table: string;
      readonly replica: string;
      /** Key of the first such partition, in hexadecimal digits. */
      readonly partition: string;
    };

/** One replica whose rows were compared. */
export interface ComparedReplica {
  readonly keyspace: string;
  readonly table: string;
  readonly replica: string;
  /** SSTables of the receipt that it acknowledged, as far as they were compared. */
  readonly sstables: number;
  /** Of them, those of which it lacks something. */
  readonly absent: number;
  /** Partitions that were looked at. */
  readonly partitions: number;
  /** What the replica sent for it. */
  readonly receivedBytes: number;
}

/**
 * - `verified`: everything is as the receipt says;
 * - `differs`: something is not;
 * - `incomplete`: nothing is known to differ, but not everything could be looked at.
 */
export type VerifyVerdict = 'verified' | 'differs' | 'incomplete';

/** The end of a verification. */
export interface VerifyReport {
  readonly verdict: VerifyVerdict;
  readonly findings: readonly VerifyFinding[];
  readonly problems: readonly ScamanderErrorType[];
  /** SSTables whose files were looked at. */
  readonly sstables: number;
  readonly files: number;
  readonly bytes: number;
  /** Files of which the receipt says no more than the size. */
  readonly unproven: number;
  readonly replicas: readonly ComparedReplica[];
  readonly elapsedMs: number;
}

/** News of verifyReceipt(). */
export type VerifyEvent =
  | {
      readonly type: 'Checking';
      readonly sstable: string;
      /** Of all files. */
      readonly bytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: 'Found'; readonly finding: VerifyFinding }
  | { readonly type: 'Warning'; readonly message: string }
  | { readonly type: 'Problem'; readonly error: ScamanderErrorType }
  /** A replica is asked for what it holds. */
  | {
      readonly type: 'Asking';
      readonly keyspace: string;
      readonly table: string;
      readonly replica: string;
      readonly sstables: number;
    }
  | { readonly type: 'Asked'; readonly replica: string; readonly event: PullEvent }
  | { readonly type: 'Comparing'; readonly replica: string; readonly partitions: number }
  | { readonly type: 'Compared'; readonly compared: ComparedReplica };
