// Control plane. Nodes and racks of each datacenter, counted over the members. Called by NetworkTopologyStrategy.
import { ringEndpointText } from '../ring-node.ts';
import type { RingState } from '../ring-state.ts';

/** Members and rack names of one datacenter. */
export interface DatacenterTopology {
  readonly nodes: number;
  readonly racks: number;
}

/** By datacenter name; only those that have a member (spec: planning §3). */
export const topologyOf = (ring: RingState): ReadonlyMap<string, DatacenterTopology> => {
  const nodes = new Map<string, Set<string>>();
  const racks = new Map<string, Set<string>>();
  for (const member of ring.members) {
    const inDc = nodes.get(member.dc) ?? new Set<string>();
    const racksOfDc = racks.get(member.dc) ?? new Set<string>();
    nodes.set(member.dc, inDc.add(ringEndpointText(member.endpoint)));
    racks.set(member.dc, racksOfDc.add(member.rack));
  }
  return new Map(
    [...nodes].map(([dc, inDc]) => [dc, { nodes: inDc.size, racks: racks.get(dc)?.size ?? 0 }]),
  );
};
