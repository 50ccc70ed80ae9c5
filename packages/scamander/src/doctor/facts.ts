// Control plane. What was gathered of a cluster before anything is judged. Made by the files of gather/, read by those of checks/. Types only.
import type {
  ClusterErrorType,
  GossipErrorType,
  GossipState,
  NodeInfo,
  SelfReport,
} from '@scamander/cluster';
import type { RingNode } from '@scamander/ring';
import type { TlsView, TransportErrorType } from '@scamander/transport';
import type { Endpoint, StreamingVersion } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../errors.ts';
import type { LoadPlanView } from '../load/plan-view.ts';
import type { DoctorOptions } from './doctor-types.ts';

/** One handshake. */
export type DialAnswer =
  | {
      readonly kind: 'answered';
      readonly version: StreamingVersion;
      /** From the first packet to the answer: two round trips, more with TLS. */
      readonly ms: number;
    }
  | { readonly kind: 'failed'; readonly error: TransportErrorType };

/** What a TLS handshake showed. */
export type TlsAnswer =
  | { readonly kind: 'seen'; readonly view: TlsView }
  | { readonly kind: 'failed'; readonly error: TransportErrorType };

/** What the storage port answered, each way it was asked. */
export interface StorageFacts {
  readonly dialled: Endpoint;
  readonly plain: DialAnswer;
  /** With the TLS options that were given, else with none and any certificate. Undefined where nothing listens. */
  readonly secure: DialAnswer | undefined;
  /** With TLS, any certificate and none of ours: does it ask for one? Undefined where `secure` was that already, and without TLS. */
  readonly withoutCertificate: DialAnswer | undefined;
  readonly certificates: TlsAnswer | undefined;
  /** Each version offered by itself, the way that was asked for. Empty where nobody answers. */
  readonly taken: readonly StreamingVersion[];
}

/** The node's clock against ours. */
export interface ClockFacts {
  /** Positive: the node's is ahead. */
  readonly offsetMs: number;
  /** Half the round trip: the offset may be wrong by so much. */
  readonly uncertaintyMs: number;
}

/** What the node said over CQL. */
export type CqlFacts =
  | {
      readonly kind: 'answered';
      readonly dialled: Endpoint;
      readonly clock: ClockFacts | undefined;
      readonly report: SelfReport | undefined;
      readonly certificates: TlsAnswer | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly dialled: Endpoint;
      readonly error: ClusterErrorType;
      readonly certificates: TlsAnswer | undefined;
    };

/** Did the node answer over a connection of its own? */
export type DialBackFacts =
  | { readonly kind: 'reached'; readonly announced: string }
  | { readonly kind: 'failed'; readonly announced: string; readonly error: GossipErrorType };

/** One node. */
export interface NodeFacts {
  /** Endpoint text: its name in every finding. */
  readonly node: string;
  /** Undefined for a node that CQL does not list, and for embedded ones. */
  readonly info: NodeInfo | undefined;
  /** What another node, or itself, says of it; undefined where nobody was asked. */
  readonly state: GossipState | undefined;
  /** Its place in the ring; undefined where it has none. */
  readonly ringNode: RingNode | undefined;
  readonly storage: StorageFacts;
  /** Undefined where it has no CQL port, or nobody knows it. */
  readonly cql: CqlFacts | undefined;
  readonly dialBack: DialBackFacts | undefined;
}

/** The backup, as a load without bytes saw it. */
export interface BackupFacts {
  readonly tables: readonly BackupTable[];
  /** A Left: the load did not begin. */
  readonly outcome:
    | {
        readonly kind: 'planned';
        readonly plan: LoadPlanView;
        readonly problems: readonly ScamanderErrorType[];
        /** Paths of the SSTables that would not be sent. */
        readonly refused: readonly string[];
      }
    | { readonly kind: 'refused'; readonly error: ScamanderErrorType };
}

/** A table of the backup. */
export interface BackupTable {
  /** `keyspace.table` under which it would be loaded. */
  readonly name: string;
  readonly directories: readonly string[];
  readonly sstables: number;
  readonly bytes: number;
  /** Of schema.cql beside its SSTables. */
  readonly create: string | undefined;
}

/** Everything. */
export interface DoctorFacts {
  readonly options: DoctorOptions;
  readonly cluster: string | undefined;
  readonly nowMs: number;
  /** Why the ring could not be had; undefined where it could, and for embedded nodes. */
  readonly contactError: ClusterErrorType | undefined;
  readonly nodes: readonly NodeFacts[];
  /** Gossip was asked for, and nobody answered. */
  readonly gossipSilent: boolean;
  readonly backup: BackupFacts | undefined;
}
