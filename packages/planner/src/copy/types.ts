// Control plane. What a copy is asked and what its plan says: from whom to whom, cut so that what one node is asked for goes whole to one set of
// replicas. Called by the front door. Holds types only.
import type { Replication, RingNode, RingState, TokenRange } from '@scamander/ring';
import type { ExclusionReason, LoadFilters, ReplicaGroup } from '../bulk-load/types.ts';
import type { PullGap } from '../pull/types.ts';

/** One side. */
export interface CopySide {
  readonly ring: RingState;
  readonly replication: Replication;
  readonly filters?: LoadFilters;
}

/** The side that is read. */
export interface CopySource extends CopySide {
  /** Every replica is asked for all its ranges, not one replica a range. */
  readonly allReplicas?: boolean;
}

/** Everything a plan is made from. Both rings have the same partitioner, else `SCM_PLAN_PARTITIONER`. */
export interface CopyInput {
  readonly source: CopySource;
  readonly target: CopySide;
  /** Not copied again. */
  readonly done?: readonly TokenRange[];
}

/** What is asked of one node in one session, and who gets all of it. It is a group of replicas too, so levels can be counted over a plan's units. */
export interface CopyUnit extends ReplicaGroup {
  readonly from: RingNode;
  /** Natural and pending replicas that may get it; never empty. */
  readonly to: readonly RingNode[];
  /** Replicas that miss it. */
  readonly excluded: readonly { readonly node: RingNode; readonly reason: ExclusionReason }[];
  /** Normalized; every one is owned by `from`, and by all of `to`, now or when they have joined. */
  readonly ranges: readonly TokenRange[];
}

/** Who gets what from whom. */
export interface CopyPlan {
  readonly units: readonly CopyUnit[];
  /** Ranges that no source replica can give. */
  readonly sourceGaps: readonly PullGap[];
  /** Ranges that no target replica can take; `replicas` are the target's. */
  readonly targetGaps: readonly PullGap[];
  /** Left out because they are in `done`. */
  readonly doneRanges: readonly TokenRange[];
}
