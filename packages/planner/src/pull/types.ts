// Control plane. What a pull is asked and what its plan says: who is asked for which ranges. Called by the front door. Holds types only.
import type { Replication, RingNode, RingState, TokenRange } from '@scamander/ring';
import type { ExclusionReason, LoadFilters } from '../bulk-load/types.ts';

/** Everything a plan is made from. */
export interface PullInput {
  readonly ring: RingState;
  readonly replication: Replication;
  /** `primaryOnly`: the first replica that passes the other filters. */
  readonly filters?: LoadFilters;
  /** Every replica is asked for all its ranges, not one replica a range. */
  readonly allReplicas?: boolean;
  /** Ranges that are not asked for again: of any replica (`undefined`), or of this one. */
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
  readonly assignments: readonly PullAssignment[];
  readonly gaps: readonly PullGap[];
  /** Left out because they are in `done`. */
  readonly doneRanges: readonly TokenRange[];
}
