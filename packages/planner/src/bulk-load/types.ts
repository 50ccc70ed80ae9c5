// Control plane. What a load is asked and what its plan says. Called by the front door. Holds types only.
import type { Replication, RingNode, RingState, Token, TokenRange } from '@scamander/ring';

/** What the parts of an SSTable in some ranges amount to. */
export interface SectionSize {
  /** Bytes that would travel; 0 when no key lies in the ranges. */
  readonly bytes: bigint;
  /** True when the ranges hold every key of the file (spec: planning §17 rule 7). */
  readonly whole: boolean;
}

/** An SSTable as the planner sees it. */
export interface LoadSSTable {
  /** Names it in the plan; unique. */
  readonly id: string;
  readonly firstToken: Token;
  readonly lastToken: Token;
  /** Bytes that travel when it goes whole. */
  readonly sizeBytes: bigint;
  /** True when this node may get the entire file, else the reason why not, for people. */
  readonly entireAllowed: (target: RingNode) => true | string;
  /** Sizes of sections, where somebody has looked into the index. Without it sections have no size in the plan. */
  readonly sections?: (ranges: readonly TokenRange[]) => SectionSize;
}

/** Which replicas, and which part of the data. Absent means all. */
export interface LoadFilters {
  readonly dcs?: readonly string[];
  readonly racks?: readonly string[];
  /** Hosts, `host` or `host:port`. */
  readonly only?: readonly string[];
  /** Hosts, `host` or `host:port`. */
  readonly ignore?: readonly string[];
  /** Of the natural replicas that pass the other filters only the first; pending ones always. */
  readonly primaryOnly?: boolean;
  readonly ranges?: readonly TokenRange[];
}

/** Everything a plan is made from. */
export interface BulkLoadInput {
  readonly ring: RingState;
  readonly replication: Replication;
  readonly sstables: readonly LoadSSTable[];
  readonly filters?: LoadFilters;
}

/** One SSTable to one node. */
export interface LoadTransfer {
  readonly sstable: string;
  readonly mode: 'entire' | 'sections';
  /** The node's ranges that meet the SSTable, normalized. */
  readonly ranges: readonly TokenRange[];
  /** Why sections; undefined when entire. */
  readonly whySections: string | undefined;
  /** Undefined where nobody knows the size of the sections. */
  readonly bytes: bigint | undefined;
}

/** A node that gets data. */
export interface LoadTarget {
  readonly node: RingNode;
  /** Keeps some of its ranges now. */
  readonly natural: boolean;
  /** Will keep some of its ranges when the ring has settled. */
  readonly pending: boolean;
  /** Its ranges within the asked ones that meet the data, normalized. */
  readonly ranges: readonly TokenRange[];
  readonly transfers: readonly LoadTransfer[];
}

/** Why a replica gets nothing, or not all of its ranges. */
export type ExclusionReason =
  | 'down'
  | 'other datacenter'
  | 'other rack'
  | 'not in --only'
  | 'in --ignore'
  | 'not the primary replica'
  /** Only a pull and a copy pass over it: it may have part of the data only. */
  | 'transient replica';

/** A replica that is passed over, and what it will miss. */
export interface LoadExclusion {
  readonly node: RingNode;
  readonly reason: ExclusionReason;
  /** Its ranges that meet the data, normalized. */
  readonly ranges: readonly TokenRange[];
}

/** Ranges with the same replicas. */
export interface ReplicaGroup {
  readonly ranges: readonly TokenRange[];
  readonly natural: readonly RingNode[];
  /** Will keep the ranges, and do not yet. */
  readonly pending: readonly RingNode[];
}

/** Who gets what. */
export interface BulkLoadPlan {
  readonly ring: RingState;
  readonly replication: Replication;
  readonly targets: readonly LoadTarget[];
  readonly excluded: readonly LoadExclusion[];
  /** SSTables with nothing in the asked ranges. */
  readonly untouched: readonly string[];
  /** Every range that has data to load, by its replicas, the excluded ones too. */
  readonly groups: readonly ReplicaGroup[];
}
