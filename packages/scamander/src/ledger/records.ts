// Control plane. What a ledger holds: one record a line, in the order in which things became true. Written by jobs, read when they run again.
// Types only.

/** What a ledger belongs to; one of another job is refused. */
export interface LedgerIdentity {
  readonly job: 'load' | 'pull' | 'copy';
  /** Cluster names, `embedded`, or folders. */
  readonly from: string;
  readonly to: string;
}

/** One SSTable at one replica (load), or one file relayed to it (copy): the node applied it and said so. */
export interface AcknowledgedRecord {
  readonly type: 'acknowledged';
  readonly run: number;
  readonly at: string;
  readonly keyspace: string;
  readonly table: string;
  /** At the target. */
  readonly tableId: string;
  /** Endpoint text, and the id that stays where the address changes. */
  readonly replica: string;
  readonly hostId: string | undefined;
  /** Identity of what was sent, see content-id. */
  readonly content: string;
  /** For people: where it lay. */
  readonly sstable: string;
  /** Normalized, `LO:HI`; all of the asked ones that this replica owned. */
  readonly ranges: readonly string[];
  readonly bytes: number;
  readonly planId: string;
}

/** One table's ranges from one replica; what a pull or a copy asks for and is done with as a whole. */
export interface UnitId {
  readonly keyspace: string;
  readonly table: string;
  /** At the source. */
  readonly tableId: string;
  readonly replica: string;
  /** Normalized, `LO:HI`. */
  readonly ranges: readonly string[];
}

/** An SSTable that came. */
export interface ReceivedSSTable {
  /** Path of Data.db below the data directory. */
  readonly path: string;
  readonly content: string;
  readonly bytes: number;
  /** `known`: the same content was there already and nothing was kept of this one. */
  readonly status: 'kept' | 'known';
  /** How it travelled. */
  readonly mode?: 'entire' | 'sections' | undefined;
}

/** Pull: these files are about to become visible all at once. Found without its `received`, the disk says whether they did. */
export interface IntendedRecord extends UnitId {
  readonly type: 'intended';
  readonly run: number;
  readonly at: string;
  readonly planId: string;
  readonly sstables: readonly ReceivedSSTable[];
}

/** The unit is done: everything is durable and visible (pull), or acknowledged by every replica that could be reached (copy). */
export interface ReceivedRecord extends UnitId {
  readonly type: 'received';
  readonly run: number;
  readonly at: string;
  readonly planId: string;
  readonly bytes: number;
  readonly sstables: readonly ReceivedSSTable[];
}

/** A run begins; written by openLedger. */
export interface BeginRecord {
  readonly type: 'begin';
  readonly run: number;
  readonly at: string;
  readonly identity: LedgerIdentity;
}

/** A run is over, with nothing left to do: the next one is new, not a resumption. */
export interface EndRecord {
  readonly type: 'end';
  readonly run: number;
  readonly at: string;
  readonly verdict: string;
}

/** One line. */
export type LedgerRecord =
  | BeginRecord
  | AcknowledgedRecord
  | IntendedRecord
  | ReceivedRecord
  | EndRecord;
