// Control plane. Which nodes keep which token, range by range. Called by pending ranges, the planner and the front door.
import type { Replication } from '../replication.ts';
import { type RingNode, ringEndpointText } from '../ring-node.ts';
import { firstOwnerIndex, primaryRangeAt, type RingState } from '../ring-state.ts';
import type { Token, TokenRange } from '../token.ts';
import { chooseNetworkTopology } from './network-topology.ts';
import type { Chooser, Replica } from './replica.ts';
import { chooseEverywhere, chooseSimple } from './simple.ts';

/** A range between two neighbouring tokens, and its replicas in ring order; the first is the primary. */
export interface PlacedRange {
  readonly range: TokenRange;
  readonly replicas: readonly Replica[];
}

/** True where the ring decides who keeps what; LocalStrategy and MetaStrategy are placed otherwise. */
export const isPlacedByRing = (replication: Replication): boolean =>
  replication.strategy !== 'LocalStrategy' && replication.strategy !== 'MetaStrategy';

const chooserOf = (ring: RingState, replication: Replication): Chooser => {
  switch (replication.strategy) {
    case 'SimpleStrategy':
      return chooseSimple(ring, replication.factor);
    case 'NetworkTopologyStrategy':
      return chooseNetworkTopology(ring, replication.factors);
    case 'EverywhereStrategy':
      return chooseEverywhere(ring);
    case 'LocalStrategy':
    case 'MetaStrategy':
      return () => [];
    default: {
      const never: never = replication;
      return never;
    }
  }
};

const replicasAt = (ring: RingState, choose: Chooser, index: number): readonly Replica[] => {
  const range = primaryRangeAt(ring, index);
  return choose(index).map(({ node, full }) => ({ node, range, full }));
};

/** The replicas of a token, in ring order, the primary first; none on an empty ring (spec: planning §5). */
export const naturalReplicas = (
  ring: RingState,
  replication: Replication,
  token: Token,
): readonly Replica[] =>
  ring.owners.length === 0
    ? []
    : replicasAt(ring, chooserOf(ring, replication), firstOwnerIndex(ring, token));

/** Like {@link naturalReplicas} for many tokens: prepares the strategy once. */
export const naturalReplicasFinder = (
  ring: RingState,
  replication: Replication,
): ((token: Token) => readonly Replica[]) => {
  if (ring.owners.length === 0) return () => [];
  const choose = chooserOf(ring, replication);
  return (token) => replicasAt(ring, choose, firstOwnerIndex(ring, token));
};

/** Every range of the ring with its replicas, ascending by right bound (Cassandra: getRangeAddresses). */
export const placedRanges = (ring: RingState, replication: Replication): readonly PlacedRange[] => {
  const choose = chooserOf(ring, replication);
  return ring.owners.map((_, index) => ({
    range: primaryRangeAt(ring, index),
    replicas: replicasAt(ring, choose, index),
  }));
};

/** The ranges of one node. */
export interface ReplicaRanges {
  readonly node: RingNode;
  readonly replicas: readonly Replica[];
}

/** By endpoint text: what each node keeps (Cassandra: getAddressReplicas). */
export const rangesByReplica = (
  ring: RingState,
  replication: Replication,
): ReadonlyMap<string, ReplicaRanges> => {
  const byNode = new Map<RingNode, Replica[]>();
  for (const { replicas } of placedRanges(ring, replication)) {
    for (const replica of replicas) {
      const ranges = byNode.get(replica.node);
      if (ranges === undefined) byNode.set(replica.node, [replica]);
      else ranges.push(replica);
    }
  }
  return new Map(
    [...byNode].map(([node, replicas]) => [ringEndpointText(node.endpoint), { node, replicas }]),
  );
};
