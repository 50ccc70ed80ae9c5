// Control plane. What a pull is asked and what its plan says: who is asked for which ranges. Called by the front door. Holds types only.
import type { Replication, RingNode, RingState, TokenRange } from '@scamander/ring';
import type { ExclusionReason, LoadExclusion, LoadFilters } from '../bulk-load/types.ts';

/** Everything a plan is made from. */
export interface PullInput {
  readonly ring: RingState;
  readonly replication: Replication;
  /** `primaryOnly`: the first replica that passes the other filters. */
  readonly filters?: LoadFilters;
  /** Every replica is asked for all its ranges, not one replica a range. */
  readonly allReplicas?: boolean;
  /** Ranges that are not asked for again. Of whichever node they were; with `allReplicas`: of this node, or of any where it is undefined. */
  readonly done?: readonly {
    readonly node: RingNode | undefined;
    readonly ranges: readonly TokenRange[];
  }[];
}

/** What one node is asked for; it owns all of it now (nodes of 4.0 and 4.1 refuse a session with any range that is not theirs). */
export interface PullAssignment {
  readonly node: RingNode;
  /** Normalized. */
  readonly ranges: readonly TokenRange[];
}

/** Ranges that nobody who may be asked holds. */
export interface PullGap {
  readonly ranges: readonly TokenRange[];
  /** Its replicas, and why each is passed over. */
  readonly replicas: readonly { readonly node: RingNode; readonly reason: ExclusionReason }[];
}

/** Who is asked for what. */
export interface PullPlan {
  /** In the order of the ring's nodes; only nodes that are asked for something. */
  readonly assignments: readonly PullAssignment[];
  readonly gaps: readonly PullGap[];
  /** Replicas that may not be asked, whether or not another one gives the ranges. */
  readonly excluded: readonly LoadExclusion[];
  /** Left out, of all nodes or of one, because they are in `done`. */
  readonly doneRanges: readonly TokenRange[];
}
