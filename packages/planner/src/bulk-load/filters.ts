// Control plane. Which replicas are passed over, and why. Called by bulkLoad.
import { type RingNode, type RingState, ringEndpointText } from '@scamander/ring';
import type { PlanErrorType } from '../errors.ts';
import type { ExclusionReason, LoadFilters, ReplicaGroup } from './types.ts';

const isNamed = (names: readonly string[], { endpoint }: RingNode): boolean =>
  names.includes(endpoint.host) || names.includes(ringEndpointText(endpoint));

const unknown = (
  filter: string,
  asked: readonly string[] | undefined,
  known: readonly string[],
  shown: readonly string[] = known,
): PlanErrorType | undefined => {
  const name = asked?.find((one) => !known.includes(one));
  if (name === undefined) return undefined;
  return { code: 'SCM_PLAN_UNKNOWN_NAME', filter, name, known: [...new Set(shown)].sort() };
};

/** A name in a filter that nothing in the cluster has is a typing error, and would load too little or too much. */
export const checkFilters = (ring: RingState, filters: LoadFilters): PlanErrorType | undefined => {
  const hosts = ring.nodes.map(({ endpoint }) => endpoint.host);
  const both = [...hosts, ...ring.nodes.map(({ endpoint }) => ringEndpointText(endpoint))];
  return (
    unknown(
      'datacenter',
      filters.dcs,
      ring.nodes.map(({ dc }) => dc),
    ) ??
    unknown(
      'rack',
      filters.racks,
      ring.nodes.map(({ rack }) => rack),
    ) ??
    unknown('node', filters.only, both, hosts) ??
    unknown('node', filters.ignore, both, hosts)
  );
};

/** Why this node may get nothing at all; undefined when it may. */
export const exclusionOf = (node: RingNode, filters: LoadFilters): ExclusionReason | undefined => {
  if (filters.dcs !== undefined && !filters.dcs.includes(node.dc)) return 'other datacenter';
  if (filters.racks !== undefined && !filters.racks.includes(node.rack)) return 'other rack';
  if (filters.only !== undefined && !isNamed(filters.only, node)) return 'not in --only';
  if (filters.ignore !== undefined && isNamed(filters.ignore, node)) return 'in --ignore';
  return undefined;
};

/** One replica of a group, and why it is passed over, if so. */
export interface Verdict {
  readonly node: RingNode;
  readonly role: 'natural' | 'pending';
  readonly reason: ExclusionReason | undefined;
}

/** The verdict on every replica of a group. The primary is the first natural replica the other filters leave. */
export const verdicts = (group: ReplicaGroup, filters: LoadFilters): readonly Verdict[] => {
  const passing = group.natural.filter((node) => exclusionOf(node, filters) === undefined);
  const reasonOf = (node: RingNode, role: Verdict['role']): ExclusionReason | undefined => {
    const filtered = exclusionOf(node, filters);
    if (filtered !== undefined) return filtered;
    if (role === 'natural' && filters.primaryOnly && node !== passing[0])
      return 'not the primary replica';
    return node.alive === false ? 'down' : undefined;
  };
  const of = (role: Verdict['role']) => (node: RingNode) => ({
    node,
    role,
    reason: reasonOf(node, role),
  });
  return [...group.natural.map(of('natural')), ...group.pending.map(of('pending'))];
};
