// Control plane. The plan of a load in words and numbers, for --dry-run, --json and people. Called by load. Types only.

/** What one replica gets of one SSTable. */
export interface PlannedTransfer {
  readonly sstable: string;
  readonly mode: 'entire' | 'sections';
  readonly modeReason: string | undefined;
  readonly bytes: number;
  /** Transfers the SSTable is cut into; 1 for an entire one. */
  readonly pieces: number;
}

/** What one replica gets. */
export interface PlannedReplica {
  readonly replica: string;
  readonly dc: string;
  readonly rack: string;
  readonly status: string;
  readonly release: string | undefined;
  readonly streamingVersion: number | undefined;
  /** Why nothing is sent there. */
  readonly skipped: string | undefined;
  readonly transfers: readonly PlannedTransfer[];
  readonly bytes: number;
}

/** One table's plan. */
export interface PlannedTable {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly replicas: readonly PlannedReplica[];
}

/** The whole plan. */
export interface LoadPlanView {
  readonly tables: readonly PlannedTable[];
  readonly bytes: number;
}
