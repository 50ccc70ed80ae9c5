// Control plane. The proof of what arrived where: one entry for each SSTable and replica. Called by load; written as JSON by the command line.

/** How one SSTable fared at one replica. */
export type DeliveryStatus =
  /** The node applied the data and said so (COMPLETE). */
  | 'acknowledged'
  /** The connection was lost late: the node may or may not have applied it. Loading again is safe. */
  | 'unknown'
  /** Nothing was applied. */
  | 'failed'
  /** Nothing was tried. */
  | 'skipped';

/** One SSTable at one replica. */
export interface Delivery {
  readonly sstable: string;
  readonly keyspace: string;
  readonly table: string;
  readonly replica: string;
  readonly mode: 'entire' | 'sections';
  /** Why whole files were not chosen. */
  readonly modeReason: string | undefined;
  readonly status: DeliveryStatus;
  readonly bytes: number;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly reason: string | undefined;
}

/** What was read of one source SSTable. */
export interface SourceRecord {
  readonly sstable: string;
  readonly version: string;
  readonly format: string;
  readonly bytes: number;
  /** CRC-32 of the components that were read whole. */
  readonly checksums: Readonly<Record<string, number>>;
  readonly verdict: 'sound' | 'refused';
  readonly reasons: readonly string[];
}

/** The whole receipt. */
export interface Receipt {
  readonly format: 'scamander-receipt-1';
  /** One stream plan a table. */
  readonly planIds: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly sources: readonly SourceRecord[];
  readonly deliveries: readonly Delivery[];
}
