// Control plane. Holds the type that says who keeps a range. Called by placement, pending ranges and the planner.
import type { RingNode } from '../ring-node.ts';
import type { TokenRange } from '../token.ts';

/** A node that keeps a range: all of it (full), or only what is not yet repaired (transient). */
export interface Replica {
  readonly node: RingNode;
  readonly range: TokenRange;
  readonly full: boolean;
}

/** A node chosen by a strategy, before it is known for which range. */
export interface ChosenNode {
  readonly node: RingNode;
  readonly full: boolean;
}

/** Chooses the replicas that start at an owner's index, in ring order. */
export type Chooser = (ownerIndex: number) => readonly ChosenNode[];
