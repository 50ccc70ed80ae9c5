// Control plane. Chooses one holder for each piece so that all have about the same to do. Called by the plans of pull and copy.
import type { RingNode } from '@scamander/ring';

/** Something that one of its holders is asked for. */
export interface Piece {
  readonly weight: bigint;
  /** Never empty; the first is preferred where all else is equal. */
  readonly holders: readonly RingNode[];
}

/** How much each node has to do. */
export type Loads = Map<RingNode, bigint>;

/** A bound for what no ring needs: every pass lessens the imbalance, and a few are enough. */
const PASSES_MAX = 32;

const loadOf = (loads: Loads, node: RingNode): bigint => loads.get(node) ?? 0n;

/** Adds to a node's load. */
export const addLoad = (loads: Loads, node: RingNode, weight: bigint): void => {
  loads.set(node, loadOf(loads, node) + weight);
};

const leastLoaded = (loads: Loads, holders: readonly RingNode[]): RingNode =>
  holders.reduce((best, node) => (loadOf(loads, node) < loadOf(loads, best) ? node : best));

/** Moves single pieces as long as one finds a holder that has less to do with it than its node has now. */
const settle = (pieces: readonly Piece[], chosen: Map<Piece, RingNode>, loads: Loads): void => {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    let moved = false;
    for (const piece of pieces) {
      const from = chosen.get(piece) as RingNode;
      const to = leastLoaded(loads, piece.holders);
      if (loadOf(loads, to) + piece.weight >= loadOf(loads, from)) continue;
      addLoad(loads, from, -piece.weight);
      addLoad(loads, to, piece.weight);
      chosen.set(piece, to);
      moved = true;
    }
    if (!moved) return;
  }
};

/**
 * Who is asked for each piece. The heaviest first, each to the holder with the least to do; then, as long as that helps,
 * pieces change their holder. So no piece could go to another of its holders without that one getting more than its node has.
 */
export const spread = <P extends Piece>(
  pieces: readonly P[],
): { readonly chosen: Map<P, RingNode>; readonly loads: Loads } => {
  const chosen = new Map<P, RingNode>();
  const loads: Loads = new Map();
  const heaviestFirst = [...pieces].sort((a, b) =>
    a.weight < b.weight ? 1 : a.weight > b.weight ? -1 : 0,
  );
  for (const piece of heaviestFirst) {
    const node = leastLoaded(loads, piece.holders);
    addLoad(loads, node, piece.weight);
    chosen.set(piece, node);
  }
  settle(heaviestFirst, chosen as Map<Piece, RingNode>, loads);
  return { chosen, loads };
};
