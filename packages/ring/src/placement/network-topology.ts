// Control plane. NetworkTopologyStrategy: so many replicas in each datacenter, on as many racks as there are. Called through placement.
import type { ReplicationFactor } from '../replication-factor.ts';
import type { RingNode } from '../ring-node.ts';
import type { RingState, TokenOwner } from '../ring-state.ts';
import type { Chooser, ChosenNode } from './replica.ts';
import { topologyOf } from './topology.ts';

interface DatacenterStart {
  readonly left: number;
  readonly rackRepeats: number;
  readonly transients: number;
}

interface DatacenterState {
  left: number;
  rackRepeats: number;
  readonly transients: number;
  readonly racks: Set<string>;
}

const startStates = (
  ring: RingState,
  factors: ReadonlyMap<string, ReplicationFactor>,
): ReadonlyMap<string, DatacenterStart> => {
  const topology = topologyOf(ring);
  const states = new Map<string, DatacenterStart>();
  for (const [dc, factor] of factors) {
    const inDc = topology.get(dc);
    if (factor.all <= 0 || inDc === undefined) continue;
    const replicas = Math.min(factor.all, inDc.nodes);
    states.set(dc, {
      left: replicas,
      rackRepeats: factor.all - inDc.racks,
      transients: Math.max(factor.transient - (factor.all - replicas), 0),
    });
  }
  return states;
};

/** True when the node is taken; counts down the state (spec: planning §5.2 rule 2). */
const accepts = (state: DatacenterState, node: RingNode): boolean => {
  if (!state.racks.has(node.rack)) {
    state.racks.add(node.rack);
    return true;
  }
  if (state.rackRepeats <= 0) return false;
  state.rackRepeats--;
  return true;
};

/**
 * One walk round the ring. A rack met again is taken while its datacenter has more replicas than racks, even before
 * another rack was seen; there is no second pass over those skipped (spec: planning §5.2).
 */
export const chooseNetworkTopology = (
  ring: RingState,
  factors: ReadonlyMap<string, ReplicationFactor>,
): Chooser => {
  const starts = startStates(ring, factors);
  return (ownerIndex) => {
    const states = new Map<string, DatacenterState>(
      [...starts].map(([dc, start]) => [dc, { ...start, racks: new Set<string>() }]),
    );
    let open = states.size;
    const chosen: ChosenNode[] = [];
    const seen = new Set<RingNode>();
    for (let step = 0; step < ring.owners.length && open > 0; step++) {
      const { node } = ring.owners[(ownerIndex + step) % ring.owners.length] as TokenOwner;
      const state = states.get(node.dc);
      if (state === undefined || state.left === 0 || seen.has(node)) continue;
      if (!accepts(state, node)) continue;
      seen.add(node);
      chosen.push({ node, full: state.left > state.transients });
      state.left--;
      if (state.left === 0) open--;
    }
    return chosen;
  };
};
