// Control plane. Cuts the ring wherever the set of replicas changes, and gathers ranges with the same replicas. Called by bulkLoad.
import {
  intersectionOfSets,
  naturalReplicasFinder,
  type Replica,
  type Replication,
  type RingNode,
  type RingState,
  ringEndpointText,
  type Token,
  type TokenRange,
  unwrap,
} from '@scamander/ring';
import { meetsSpans, type TokenSpan } from './spans.ts';
import type { ReplicaGroup } from './types.ts';

/** Tokens at which replicas may change, ascending, each once. */
const boundaries = (ring: RingState, pending: readonly Replica[]): readonly Token[] => {
  const { compare } = ring.partitioner;
  const sorted = [
    ...ring.owners.map(({ token }) => token),
    ...pending.flatMap(({ range }) => [range.left, range.right]),
  ].sort(compare);
  return sorted.filter(
    (token, index) => index === 0 || compare(sorted[index - 1] as Token, token) !== 0,
  );
};

/** A group that still knows full from transient. */
export interface MarkedGroup extends ReplicaGroup {
  readonly transient: readonly RingNode[];
}

interface Draft {
  readonly natural: readonly RingNode[];
  readonly pending: readonly RingNode[];
  readonly transient: readonly RingNode[];
  readonly ranges: TokenRange[];
}

const names = (nodes: readonly RingNode[]): string =>
  nodes.map(({ endpoint }) => ringEndpointText(endpoint)).join(' ');

/** Which pending replicas hold each cut, by the cut's index; the bounds of pending ranges are cuts themselves. */
const pendingByCut = (
  ring: RingState,
  cuts: readonly Token[],
  pending: readonly Replica[],
): ReadonlyMap<number, readonly Replica[]> => {
  const { tokenToText } = ring.partitioner;
  const indexOf = new Map(cuts.map((token, index) => [tokenToText(token), index]));
  const found = new Map<number, Replica[]>();
  for (const replica of pending) {
    const from = indexOf.get(tokenToText(replica.range.left)) as number;
    const to = indexOf.get(tokenToText(replica.range.right)) as number;
    const count = (to - from + cuts.length - 1) % cuts.length;
    for (let step = 0; step <= count; step++) {
      const index = (from + 1 + step) % cuts.length;
      const here = found.get(index);
      if (here === undefined) found.set(index, [replica]);
      else here.push(replica);
    }
  }
  return found;
};

const distinctNodes = (replicas: readonly Replica[], natural: readonly Replica[]) => {
  const seen = new Set(natural.map(({ node }) => node));
  return replicas.filter(({ node }) => {
    if (seen.has(node)) return false;
    seen.add(node);
    return true;
  });
};

/**
 * Groups of ranges with equal replicas, cut to the asked ranges and to where there is data.
 * Within a group the natural replicas stand in ring order, so the first is the primary.
 */
export const replicaGroups = (
  ring: RingState,
  replication: Replication,
  pending: readonly Replica[],
  asked: readonly TokenRange[],
  data: readonly TokenSpan[],
): readonly MarkedGroup[] => {
  const { partitioner } = ring;
  const naturalAt = naturalReplicasFinder(ring, replication);
  const cuts = boundaries(ring, pending);
  const pendingAt = pendingByCut(ring, cuts, pending);
  const drafts = new Map<string, Draft>();
  for (const [index, right] of cuts.entries()) {
    const pieces = unwrap(partitioner, { left: cuts.at(index - 1) as Token, right });
    const withData = pieces.filter((piece) => meetsSpans(partitioner, piece, data));
    if (withData.length === 0) continue;
    const natural = naturalAt(right);
    const coming = distinctNodes(pendingAt.get(index) ?? [], natural);
    const draft: Draft = {
      natural: natural.map(({ node }) => node),
      pending: coming.map(({ node }) => node),
      transient: [...natural, ...coming].filter(({ full }) => !full).map(({ node }) => node),
      ranges: [],
    };
    const key = `${names(draft.natural)}|${names(draft.pending)}`;
    const known = drafts.get(key) ?? draft;
    drafts.set(key, known);
    for (const piece of withData) known.ranges.push(piece);
  }
  return [...drafts.values()]
    .map((draft) => ({
      ...draft,
      ranges: intersectionOfSets(partitioner, draft.ranges, asked),
    }))
    .filter(({ ranges }) => ranges.some((range) => meetsSpans(partitioner, range, data)));
};
