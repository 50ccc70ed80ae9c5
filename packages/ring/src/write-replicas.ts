// Control plane. Who must get a write for a token, and what a node must be given in all. Called by the planner and the front door.
import { pendingRanges } from './pending-ranges.ts';
import { naturalReplicas, rangesByReplica } from './placement/placement.ts';
import type { Replica } from './placement/replica.ts';
import { contains, fullRing } from './range.ts';
import { normalize } from './range-sets.ts';
import type { Replication } from './replication.ts';
import { type RingEndpoint, ringEndpointText } from './ring-node.ts';
import { nodeAt, type RingState } from './ring-state.ts';
import type { Token, TokenRange } from './token.ts';

/**
 * The natural replicas of a token, then the pending ones whose range holds it, each node once (spec: planning §6 rule 5).
 * Hand in `pending` when asking for many tokens.
 */
export const writeReplicas = (
  ring: RingState,
  replication: Replication,
  token: Token,
  pending: readonly Replica[] = pendingRanges(ring, replication),
): readonly Replica[] => {
  const natural = naturalReplicas(ring, replication, token);
  const seen = new Set(natural.map(({ node }) => ringEndpointText(node.endpoint)));
  const extra = pending.filter(({ node, range }) => {
    const key = ringEndpointText(node.endpoint);
    if (seen.has(key) || !contains(ring.partitioner, range, token)) return false;
    seen.add(key);
    return true;
  });
  return [...natural, ...extra];
};

/** What one node keeps, normalized. */
export interface NodeRanges {
  readonly full: readonly TokenRange[];
  readonly transient: readonly TokenRange[];
}

/**
 * The ranges of one node, full and transient, with `includePending` also those to come. LocalStrategy: all of the ring,
 * for every node; MetaStrategy: none, since the ring does not say.
 */
export const nodeRanges = (
  ring: RingState,
  replication: Replication,
  endpoint: RingEndpoint,
  options: { readonly includePending?: boolean } = {},
): NodeRanges => {
  if (replication.strategy === 'LocalStrategy') {
    const known = nodeAt(ring, endpoint) !== undefined;
    return { full: known ? [fullRing(ring.partitioner)] : [], transient: [] };
  }
  const key = ringEndpointText(endpoint);
  const natural = rangesByReplica(ring, replication).get(key)?.replicas ?? [];
  const pending = options.includePending
    ? pendingRanges(ring, replication).filter(({ node }) => ringEndpointText(node.endpoint) === key)
    : [];
  const of = (full: boolean) =>
    normalize(
      ring.partitioner,
      [...natural, ...pending].filter((replica) => replica.full === full).map(({ range }) => range),
    );
  return { full: of(true), transient: of(false) };
};
