// Control plane. SimpleStrategy and EverywhereStrategy: the next distinct nodes clockwise. Called through placement.
import type { ReplicationFactor } from '../replication-factor.ts';
import type { RingNode } from '../ring-node.ts';
import type { RingState, TokenOwner } from '../ring-state.ts';
import type { Chooser, ChosenNode } from './replica.ts';

/** The k-th distinct node is full when k < all − transient (spec: planning §5.1). */
export const chooseSimple = (ring: RingState, factor: ReplicationFactor): Chooser => {
  const fullCount = factor.all - factor.transient;
  return (ownerIndex) => {
    const chosen: ChosenNode[] = [];
    const seen = new Set<RingNode>();
    for (let step = 0; step < ring.owners.length && chosen.length < factor.all; step++) {
      const { node } = ring.owners[(ownerIndex + step) % ring.owners.length] as TokenOwner;
      if (seen.has(node)) continue;
      seen.add(node);
      chosen.push({ node, full: chosen.length < fullCount });
    }
    return chosen;
  };
};

/** Every member, in ring order; not part of Apache Cassandra, taken from imported schemas (spec: planning §5.4). */
export const chooseEverywhere = (ring: RingState): Chooser =>
  chooseSimple(ring, { all: ring.members.length, transient: 0 });
