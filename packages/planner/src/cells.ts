// Control plane. The ring cut wherever the set of replicas changes, as a list of neighbouring cells, and lists laid over each other. Called by
// every planner here.
import {
  naturalReplicasFinder,
  type Partitioner,
  type Replica,
  type Replication,
  type RingNode,
  type RingState,
  ringEndpointText,
  type Token,
  type TokenRange,
  unwrap,
} from '@scamander/ring';

/** A range that does not pass the end of the ring, all of it with the same replicas. */
export interface RingCell {
  readonly range: TokenRange;
  /** In ring order, the primary first; transient ones among them. */
  readonly natural: readonly RingNode[];
  /** Will keep the range, and do not yet. */
  readonly pending: readonly RingNode[];
  /** Those of both that are transient. */
  readonly transient: readonly RingNode[];
  /** The same for cells with the same replicas in the same order. */
  readonly key: string;
}

/** Endpoint texts, as one key. */
export const namesOf = (nodes: readonly RingNode[]): string =>
  nodes.map(({ endpoint }) => ringEndpointText(endpoint)).join(' ');

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

const cellOf = (
  range: TokenRange,
  natural: readonly Replica[],
  pending: readonly Replica[],
): RingCell => {
  const now = natural.map(({ node }) => node);
  const coming = distinctNodes(pending, natural);
  const then = coming.map(({ node }) => node);
  return {
    range,
    natural: now,
    pending: then,
    transient: [...natural, ...coming].filter(({ full }) => !full).map(({ node }) => node),
    key: `${namesOf(now)}|${namesOf(then)}`,
  };
};

/** The cells of a ring, ascending, without those that nobody wants; none where no node owns a token. */
export const ringCells = (
  ring: RingState,
  replication: Replication,
  pending: readonly Replica[],
  wanted: (range: TokenRange) => boolean = () => true,
): readonly RingCell[] => {
  const { partitioner } = ring;
  const naturalAt = naturalReplicasFinder(ring, replication);
  const cuts = boundaries(ring, pending);
  const pendingAt = pendingByCut(ring, cuts, pending);
  const cells: RingCell[] = [];
  for (const [index, right] of cuts.entries()) {
    const pieces = unwrap(partitioner, { left: cuts.at(index - 1) as Token, right }).filter(wanted);
    if (pieces.length === 0) continue;
    const natural = naturalAt(right);
    const coming = pendingAt.get(index) ?? [];
    for (const piece of pieces) cells.push(cellOf(piece, natural, coming));
  }
  return cells.sort((a, b) => partitioner.compare(a.range.left, b.range.left));
};

/** Something that holds for a range. */
export interface Ranged {
  readonly range: TokenRange;
}

/** Where elements of two lists meet. Both ascend, their ranges neither overlap nor pass the end of the ring; so does the answer. */
export const meet = <A extends Ranged, B extends Ranged>(
  { compare, minimumToken: min }: Partitioner,
  as: readonly A[],
  bs: readonly B[],
): readonly { readonly range: TokenRange; readonly a: A; readonly b: B }[] => {
  const endsFirst = (x: Token, y: Token) =>
    compare(x, min) !== 0 && (compare(y, min) === 0 || compare(x, y) <= 0);
  const met: { range: TokenRange; a: A; b: B }[] = [];
  for (let i = 0, j = 0; i < as.length && j < bs.length; ) {
    const a = as[i] as A;
    const b = bs[j] as B;
    const left = compare(a.range.left, b.range.left) >= 0 ? a.range.left : b.range.left;
    const aEndsFirst = endsFirst(a.range.right, b.range.right);
    const right = aEndsFirst ? a.range.right : b.range.right;
    if (compare(right, min) === 0 || compare(left, right) < 0)
      met.push({ range: { left, right }, a, b });
    if (aEndsFirst) i++;
    else j++;
  }
  return met;
};
