// Control plane. Makes the units of a copy few: what goes to the same replicas is asked of as few nodes as their loads allow. Called by copyPlan.
import type { RingNode } from '@scamander/ring';
import { addLoad, type Loads, type Piece } from '../pull/spread.ts';

/** A piece that goes to one group of replicas. */
export interface GroupPiece extends Piece {
  /** The same for pieces that go to the same replicas. */
  readonly group: string;
}

/** What one node gives to one group. */
interface Part {
  readonly pieces: readonly GroupPiece[];
  readonly weight: bigint;
}

interface Spread {
  readonly chosen: Map<GroupPiece, RingNode>;
  readonly loads: Loads;
  /** What no node may exceed. */
  readonly cap: bigint;
}

/** A node may get a quarter more than the most loaded one has when only the balance counts. */
const SLACK = 4n;

const room = ({ loads, cap }: Spread, node: RingNode): bigint => cap - (loads.get(node) ?? 0n);

const move = (spread: Spread, piece: GroupPiece, to: RingNode): void => {
  addLoad(spread.loads, spread.chosen.get(piece) as RingNode, -piece.weight);
  addLoad(spread.loads, to, piece.weight);
  spread.chosen.set(piece, to);
};

/** The lightest first. */
const partsOf = (
  { chosen }: Spread,
  pieces: readonly GroupPiece[],
): readonly (readonly [RingNode, Part])[] => {
  const parts = new Map<RingNode, { pieces: GroupPiece[]; weight: bigint }>();
  for (const piece of pieces) {
    const node = chosen.get(piece) as RingNode;
    const part = parts.get(node) ?? { pieces: [], weight: 0n };
    parts.set(node, part);
    part.pieces.push(piece);
    part.weight += piece.weight;
  }
  return [...parts].sort(([, a], [, b]) =>
    a.weight < b.weight ? -1 : a.weight > b.weight ? 1 : 0,
  );
};

/** Gives the pieces of one part to nodes that have a part already; false, and nothing done, where one finds no place. */
const dissolve = (
  spread: Spread,
  [from, { pieces }]: readonly [RingNode, Part],
  others: readonly RingNode[],
): boolean => {
  const free = new Map(others.map((node) => [node, room(spread, node)]));
  const places: [GroupPiece, RingNode][] = [];
  for (const piece of pieces) {
    const place = piece.holders.find(
      (node) => node !== from && (free.get(node) ?? -1n) >= piece.weight,
    );
    if (place === undefined) return false;
    free.set(place, (free.get(place) as bigint) - piece.weight);
    places.push([piece, place]);
  }
  for (const [piece, place] of places) move(spread, piece, place);
  return true;
};

/** Gives several parts to one more node, where more than one part goes so. */
const unite = (spread: Spread, parts: readonly (readonly [RingNode, Part])[]): boolean => {
  const givers = new Set(parts.map(([node]) => node));
  const takers = new Set(parts.flatMap(([, { pieces }]) => pieces.flatMap((one) => one.holders)));
  for (const taker of takers) {
    if (givers.has(taker)) continue;
    let free = room(spread, taker);
    const taken: Part[] = [];
    for (const [, part] of parts) {
      if (part.weight > free || !part.pieces.every((one) => one.holders.includes(taker))) continue;
      free -= part.weight;
      taken.push(part);
    }
    if (taken.length < 2) continue;
    for (const piece of taken.flatMap(({ pieces }) => pieces)) move(spread, piece, taker);
    return true;
  }
  return false;
};

const gatherGroup = (spread: Spread, pieces: readonly GroupPiece[]): void => {
  // every round takes at least one part away, so this ends
  for (;;) {
    const parts = partsOf(spread, pieces);
    if (parts.length < 2) return;
    const nodes = parts.map(([node]) => node);
    if (parts.some((part) => dissolve(spread, part, nodes))) continue;
    if (!unite(spread, parts)) return;
  }
};

/** Changes who is asked for which piece, so that each group is served by few nodes; no node gets more than the cap. */
export const gather = (chosen: Map<GroupPiece, RingNode>, loads: Loads): void => {
  let most = 0n;
  for (const load of loads.values()) if (load > most) most = load;
  const groups = new Map<string, GroupPiece[]>();
  for (const piece of chosen.keys()) {
    const group = groups.get(piece.group);
    if (group === undefined) groups.set(piece.group, [piece]);
    else group.push(piece);
  }
  const spread = { chosen, loads, cap: most + most / SLACK };
  for (const pieces of groups.values()) gatherGroup(spread, pieces);
};
