// Control plane. What a load is asked to do. Called by load() and by the command line, which fills it from flags, environment and file.
import type { Endpoint, StreamingVersion } from '@scamander/wire-codec';
import type { RetryPolicy } from '../retry/policy.ts';

/** PEM texts of one TLS setting; absent means plaintext. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
}

/** How much of what was asked must be acknowledged for the load to count as done in part (exit code 5) instead of failed. */
export type LoadConsistency = 'ONE' | 'QUORUM' | 'LOCAL_QUORUM' | 'EACH_QUORUM' | 'ALL';

/** Rates in bytes per second; 0 = unlimited. */
export interface LoadRates {
  readonly outbound: number;
  readonly interDc: number;
  readonly entire: number;
  readonly interDcEntire: number;
}

/** A cluster, or embedded nodes. */
export type LoadTarget =
  | {
      readonly kind: 'cluster';
      /** Contact points, CQL addresses; the rest of the cluster is discovered. */
      readonly contactPoints: readonly Endpoint[];
      /** Port to dial for streaming. @default what the cluster says of each node */
      readonly storagePort?: number;
      readonly username?: string;
      readonly password?: string;
      readonly cqlTls?: TlsOptions;
    }
  | {
      /** Embedded nodes, which have no CQL port: each gets everything, under the table ids of the source folders. */
      readonly kind: 'direct';
      readonly nodes: readonly Endpoint[];
    };

/** How nodes are reached, the same for every job. */
export interface AccessOptions {
  readonly tls?: TlsOptions;
  /** Announced address (`host` or `host:port`) to reachable address. */
  readonly addressMap?: ReadonlyMap<string, string>;
  /** Asks a node by gossip for joining, moving and leaving nodes, which CQL does not list. @default true */
  readonly gossip?: boolean;
}

/** Options of {@link load}. Everything but paths and target has a default. */
export interface LoadOptions extends AccessOptions {
  /** Table, keyspace or data directories; snapshots or backups folders; single Data.db files. */
  readonly paths: readonly string[];
  readonly target: LoadTarget;
  /** Loads under another name. */
  readonly keyspace?: string;
  readonly table?: string;
  readonly dc?: string;
  readonly rack?: string;
  /** Hosts; no other replica gets anything. */
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly primaryOnly?: boolean;
  /** Token ranges `LO:HI`, (LO, HI]; only their partitions are loaded. */
  readonly ranges?: readonly string[];
  /** File connections per peer. @default 2 */
  readonly connections?: number;
  readonly rates?: Partial<LoadRates>;
  /** `auto`: whole SSTables where a replica owns all of one and may take it; `never`: sections always. @default 'auto' */
  readonly entire?: 'auto' | 'never';
  /**
   * How thorough the source is checked. `quick`: every file once, digests and checksums, the order of the index; `deep`: also every
   * partition, row and filter bit; `auto`: deep up to 32 MiB of Data.db, quick above. All of it before anything is sent, except for
   * `quick` above 32 MiB: the digest of Data.db is computed meanwhile, and its last bytes wait for that. @default 'auto'
   */
  readonly verify?: 'auto' | 'quick' | 'deep';
  /** Address we announce; nobody dials it during a load. @default the local address of the connection, with port 0 replaced by 7000 */
  readonly announce?: Endpoint;
  /** @default all */
  readonly protocol?: 'auto' | StreamingVersion;
  /** @default 'QUORUM' */
  readonly consistency?: LoadConsistency;
  readonly dryRun?: boolean;
  /** How long a replica may be silent at any wait before it is given up. @default 60000; while it flushes or applies: ten times that */
  readonly silenceTimeoutMs?: number;
  /** How often a replica is tried again; tries count from its last acknowledgement. @default DEFAULT_RETRY */
  readonly retry?: RetryPolicy;
  /**
   * File that remembers what each replica acknowledged. The same load with the same file sends only what is missing.
   * @default none is kept
   */
  readonly ledger?: string;
  /**
   * What the receipt has of the sources: the CRC-32 of what is read anyway, or CRC-32 and SHA-256 of every component, for which each is read
   * once more, beside the transfer. @default 'crc32'
   */
  readonly digests?: 'crc32' | 'sha256';
  /**
   * Bytes of one session with a replica. A session is acknowledged as a whole, so this is the most that a load which was killed sends
   * again; an SSTable that is larger has a session of its own. @default 16 GiB
   */
  readonly sessionBytes?: number;
}
