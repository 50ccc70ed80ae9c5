// Control plane. The proof of what arrived where: what was read, what each replica acknowledged, what came. Made by load, pull and copy; written as
// JSON by the command line; checked again by verifyReceipt. Types only.

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

/** One file of an SSTable. */
export interface ComponentRecord {
  readonly bytes: number;
  /** Unsigned; undefined where the file was not read. */
  readonly crc32: number | undefined;
  /** 64 hex digits; undefined where the file was not read. */
  readonly sha256: string | undefined;
}

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
  /** `LO:HI`; what the replica got of it, normalized. */
  readonly ranges: readonly string[];
  /** On the wire; 0 where an earlier run delivered it. */
  readonly bytes: number;
  /** Streaming version of the session. */
  readonly protocolVersion: number | undefined;
  readonly planId: string | undefined;
  /** Run of the ledger that delivered it, where it was an earlier one. */
  readonly earlierRun: number | undefined;
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
  /** Content id; undefined where nobody asked for it. */
  readonly content: string | undefined;
  /** With the digests of what was read whole; of all where the receipt was asked for with SHA-256. */
  readonly components: Readonly<Record<string, ComponentRecord>>;
  readonly verdict: 'sound' | 'refused';
  readonly reasons: readonly string[];
}

/** One SSTable that came (pull). */
export interface Reception {
  /** Path of Data.db below the data directory. */
  readonly sstable: string;
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly replica: string;
  readonly mode: 'entire' | 'sections';
  /** `known`: the same content was there before, and nothing was kept of this one. */
  readonly status: 'kept' | 'known';
  /** `LO:HI`; what was asked for. */
  readonly ranges: readonly string[];
  readonly version: string;
  readonly content: string;
  readonly components: Readonly<Record<string, ComponentRecord>>;
  /** On the wire. */
  readonly bytes: number;
  readonly protocolVersion: number | undefined;
  readonly planId: string;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
}

/** The whole receipt. */
export interface Receipt {
  readonly format: 'scamander-receipt-2';
  readonly job: 'load' | 'pull' | 'copy';
  /** Cluster names, `embedded`, or folders. */
  readonly from: string;
  readonly to: string;
  /** Run of the ledger; undefined where none was kept. */
  readonly run: number | undefined;
  /** One stream plan a table and round. */
  readonly planIds: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string;
  /** load: what was read. */
  readonly sources: readonly SourceRecord[];
  /** load and copy: what each replica said. */
  readonly deliveries: readonly Delivery[];
  /** pull: what came. */
  readonly receptions: readonly Reception[];
}
