// Control plane. What a pull is asked to do, and where data come from in every job that asks nodes for them (pull, du, copy). Called by pull()
// and by the command line, which fills it from flags, environment and file. Types only.
import type { Endpoint, StreamingVersion } from '@scamander/wire-codec';
import type { AccessOptions, LoadRates, LoadTarget } from '../load/options.ts';
import type { RetryPolicy } from '../retry/policy.ts';
import type { ServedVersion } from '../serve/incoming-sections.ts';

/** A keyspace, or one table of it. Embedded nodes need the table. */
export interface TableName {
  readonly keyspace: string;
  readonly table: string | undefined;
}

/** What is asked of which nodes; the same for pull, du and copy. */
export interface SourceOptions extends AccessOptions {
  readonly names: readonly TableName[];
  readonly source: LoadTarget;
  readonly dc?: string;
  readonly rack?: string;
  /** Hosts; no other replica is asked. */
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  /** The first replica of each range only. */
  readonly primaryOnly?: boolean;
  /** Every replica of each range, not one. */
  readonly allReplicas?: boolean;
  /** Token ranges `LO:HI`, (LO, HI]. */
  readonly ranges?: readonly string[];
  readonly protocol?: 'auto' | StreamingVersion;
  /** How long a node may be silent at any wait before it is given up. @default 60000; while it flushes: five times that */
  readonly silenceTimeoutMs?: number;
  /** Address we listen on for the nodes' file connections. @default every address, a free port */
  readonly listen?: Endpoint;
  /** Address that nodes are told to dial, where it is another (NAT, containers); port 0 = the listening one. @default the local address of a connection to a node */
  readonly announce?: Endpoint;
  /** How long a node that never reached us before may take to open its first file connection. @default 10000 */
  readonly dialBackTimeoutMs?: number;
  readonly retry?: RetryPolicy;
}

/** Options of pull(). */
export interface PullOptions extends SourceOptions {
  /** Data directory; created where it is missing, and refused where it holds what no pull wrote. */
  readonly into: string;
  /** Under other names. */
  readonly keyspace?: string;
  readonly table?: string;
  /** Bytes per second from each node, and of all; 0 = unlimited. */
  readonly rates?: Partial<LoadRates>;
  /** Version that sections are written as. @default 'nb', or 'oa' where a node sends sections of `oa` or `da` */
  readonly sstableVersion?: ServedVersion;
  /** Sessions at once over all nodes. @default 8 */
  readonly sessions?: number;
  /** A unit of work, one table's ranges from one node, is cut where the node says it is larger; what is done with as a whole when resumed. @default 64 GiB */
  readonly unitBytes?: number;
  /** Whether the receipt has CRC-32 and SHA-256 of every component that came, for which each is read once more. @default 'none' */
  readonly digests?: 'none' | 'sha256';
  /** @default `into`/.scamander/ledger.jsonl */
  readonly ledger?: string;
  readonly dryRun?: boolean;
}
