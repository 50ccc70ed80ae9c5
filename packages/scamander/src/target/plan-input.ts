// Control plane. What planners are told of a target beside its ring: who is up, and which replicas and ranges are wanted. Called by the plans of
// load, pull, du and copy; pure.
import type { LoadFilters } from '@scamander/planner';
import { makeRing, type RingNode, type RingState, type TokenRange } from '@scamander/ring';
import { isLeft } from 'fp-ts/lib/Either.js';

/** The flags that choose replicas. */
export interface ReplicaChoice {
  /** Names with commas between. */
  readonly dc?: string | undefined;
  /** Names with commas between. */
  readonly rack?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly primaryOnly?: boolean | undefined;
}

/** These replicas, these ranges; undefined is all. */
export const replicaFilters = (
  { dc, rack, only, ignore, primaryOnly }: ReplicaChoice,
  ranges: readonly TokenRange[] | undefined,
): LoadFilters => ({
  ...(dc === undefined ? {} : { dcs: dc.split(',') }),
  ...(rack === undefined ? {} : { racks: rack.split(',') }),
  ...(only === undefined ? {} : { only }),
  ...(ignore === undefined ? {} : { ignore }),
  ...(primaryOnly === true ? { primaryOnly } : {}),
  ...(ranges === undefined ? {} : { ranges }),
});

/** The ring with other news of who is up. */
export const ringAs = (
  ring: RingState,
  aliveOf: (node: RingNode) => boolean | undefined,
): RingState => {
  const changed = makeRing(
    ring.partitioner,
    ring.nodes.map((node): RingNode => ({ ...node, alive: aliveOf(node) })),
  );
  return isLeft(changed) ? ring : changed.right;
};
