// Control plane. Who will own ranges it does not own yet, and must get writes now (Cassandra: TokenMetadata.calculatePendingRanges).
// Called by write replicas and by the planner: a load that left these out would lose data when the ring has settled.
import { afterAllLeft, withoutNode, withTokens } from './derived-rings.ts';
import { isPlacedByRing, naturalReplicasFinder, rangesByReplica } from './placement/placement.ts';
import type { Replica } from './placement/replica.ts';
import { normalize, overlapping, subtractAll } from './range-sets.ts';
import { rangeText } from './range-text.ts';
import type { Replication } from './replication.ts';
import { type RingNode, ringEndpointText } from './ring-node.ts';
import type { RingState } from './ring-state.ts';
import type { Partitioner, TokenRange } from './token.ts';

type Ownership = ReturnType<typeof rangesByReplica>;

const keyOf = (node: RingNode): string => ringEndpointText(node.endpoint);

/** Gives the parts of a future replica that its node does not hold yet in the same kind, full or transient. */
type NotYetHeld = (replica: Replica) => readonly Replica[];

const notYetHeldBy = (partitioner: Partitioner, now: Ownership): NotYetHeld => {
  const heldByNode = new Map<string, readonly TokenRange[]>();
  const heldOf = (key: string, full: boolean): readonly TokenRange[] => {
    const known = heldByNode.get(`${key} ${full}`);
    if (known !== undefined) return known;
    const replicas = (now.get(key)?.replicas ?? []).filter((replica) => replica.full === full);
    const held = normalize(
      partitioner,
      replicas.map(({ range }) => range),
    );
    heldByNode.set(`${key} ${full}`, held);
    return held;
  };
  return (replica) => {
    const held = heldOf(keyOf(replica.node), replica.full);
    const near = overlapping(partitioner, held, replica.range);
    return subtractAll(partitioner, [replica.range], near).map((range) => ({ ...replica, range }));
  };
};

const pendingOfLeaving = (
  ring: RingState,
  replication: Replication,
  now: Ownership,
  left: RingState,
): readonly Replica[] => {
  const leaving = ring.nodes.filter(({ status }) => status === 'leaving');
  const replicasNow = naturalReplicasFinder(ring, replication);
  const replicasThen = naturalReplicasFinder(left, replication);
  return leaving
    .flatMap((node) => now.get(keyOf(node))?.replicas ?? [])
    .flatMap(({ range }) => {
      const before = new Set(replicasNow(range.right).map(({ node }) => keyOf(node)));
      return replicasThen(range.right).filter(({ node }) => !before.has(keyOf(node)));
    })
    .flatMap(notYetHeldBy(ring.partitioner, now));
};

/** Each joiner as if it were alone: joiners do not see each other (spec: planning §6 rule 3). */
const pendingOfJoining = (left: RingState, replication: Replication): readonly Replica[] =>
  left.nodes
    .filter(({ status }) => status === 'joining')
    .flatMap((node) => {
      const then = rangesByReplica(withTokens(left, node, node.tokens), replication);
      return then.get(keyOf(node))?.replicas ?? [];
    });

const pendingOfMove = (
  ring: RingState,
  replication: Replication,
  now: Ownership,
  left: RingState,
  moved: RingState,
  mover: RingNode,
): readonly Replica[] => {
  const then = rangesByReplica(moved, replication);
  const replicasNow = naturalReplicasFinder(ring, replication);
  const replicasThen = naturalReplicasFinder(moved, replication);
  const affected = [
    ...(rangesByReplica(left, replication).get(keyOf(mover))?.replicas ?? []),
    ...(then.get(keyOf(mover))?.replicas ?? []),
  ];
  const gaining = new Set<string>();
  for (const { range } of affected) {
    const before = new Set(replicasNow(range.right).map(({ node }) => keyOf(node)));
    for (const { node } of replicasThen(range.right))
      if (!before.has(keyOf(node))) gaining.add(keyOf(node));
  }
  return [...gaining]
    .flatMap((key) => then.get(key)?.replicas ?? [])
    .flatMap(notYetHeldBy(ring.partitioner, now));
};

/** Moves one after the other; a node that moved is then taken out (spec: planning §6 rule 4). */
const pendingOfMoving = (
  ring: RingState,
  replication: Replication,
  now: Ownership,
  allLeft: RingState,
): readonly Replica[] => {
  const pending: Replica[] = [];
  let left = allLeft;
  for (const mover of ring.nodes) {
    if (mover.status !== 'moving' || mover.newToken === undefined) continue;
    const moved = withTokens(left, mover, [mover.newToken]);
    pending.push(...pendingOfMove(ring, replication, now, left, moved, mover));
    left = withoutNode(moved, mover);
  }
  return pending;
};

const distinct = (partitioner: Partitioner, replicas: readonly Replica[]): readonly Replica[] => {
  const seen = new Map<string, Replica>();
  for (const replica of replicas) {
    const { node, range, full } = replica;
    const key = `${keyOf(node)} ${rangeText(partitioner, range)} ${full}`;
    if (!seen.has(key)) seen.set(key, replica);
  }
  return [...seen.values()];
};

/**
 * The replicas to come, given who leaves, joins and moves; empty on a settled ring (spec: planning §6).
 * `node` of a result is the node as it stands in `ring`.
 */
export const pendingRanges = (ring: RingState, replication: Replication): readonly Replica[] => {
  const settled = ring.nodes.every(({ status }) => status === 'normal');
  if (settled || !isPlacedByRing(replication)) return [];
  const now = rangesByReplica(ring, replication);
  const left = afterAllLeft(ring);
  const asInRing = new Map(ring.nodes.map((node) => [keyOf(node), node]));
  const all = [
    ...pendingOfLeaving(ring, replication, now, left),
    ...pendingOfJoining(left, replication),
    ...pendingOfMoving(ring, replication, now, left),
  ].map((replica) => ({ ...replica, node: asInRing.get(keyOf(replica.node)) ?? replica.node }));
  return distinct(ring.partitioner, all);
};
