// Control plane. From whom to whom when tables are copied from one ring into another: both rings laid over each other. Called by the front door;
// knows tokens and ranges, no files.
import {
  differenceOfSets,
  fullRing,
  intersectionOfSets,
  isPlacedByRing,
  normalize,
  pendingRanges,
  type RingNode,
  replicationText,
  ringEndpointText,
  type TokenRange,
} from '@scamander/ring';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { checkFilters, verdicts } from '../bulk-load/filters.ts';
import { meet, namesOf, type Ranged, type RingCell, ringCells } from '../cells.ts';
import type { PlanErrorType } from '../errors.ts';
import { type HeldCell, heldCells, weightOf } from '../holders.ts';
import { gapsOf } from '../pull/gaps.ts';
import { spread } from '../pull/spread.ts';
import { type GroupPiece, gather } from './gather.ts';
import type { CopyInput, CopyPlan, CopySide, CopyUnit } from './types.ts';

/** Who gets what lies in a cell of the target. */
interface TakenCell extends Ranged, Pick<CopyUnit, 'to' | 'excluded' | 'natural' | 'pending'> {
  /** The same for cells with the same replicas, in whatever order, of which the same may get it. */
  readonly group: string;
}

const sortedNames = (nodes: readonly RingNode[]): string =>
  nodes
    .map((node) => namesOf([node]))
    .sort()
    .join(' ');

const takenCell = (cell: RingCell, target: CopySide): TakenCell => {
  const { natural, pending } = cell;
  const judged = verdicts({ ranges: [], natural, pending }, target.filters ?? {});
  const to = judged.filter(({ reason }) => reason === undefined).map(({ node }) => node);
  return {
    range: cell.range,
    natural,
    pending,
    to,
    excluded: judged.flatMap(({ node, reason }) =>
      reason === undefined ? [] : [{ node, reason }],
    ),
    group: [natural, pending, to].map(sortedNames).join('|'),
  };
};

const checkCells = (target: CopySide, cells: readonly RingCell[]): PlanErrorType | undefined => {
  const replication = replicationText(target.replication);
  if (cells.length === 0 || cells.some(({ natural }) => natural.length === 0))
    return { code: 'SCM_PLAN_NO_REPLICAS', replication };
  const transient = new Set(cells.flatMap((cell) => cell.transient));
  if (transient.size === 0) return undefined;
  const nodes = [...transient].map(({ endpoint }) => ringEndpointText(endpoint)).sort();
  return { code: 'SCM_PLAN_TRANSIENT', replication, nodes };
};

const takenCells = (target: CopySide): Either<PlanErrorType, readonly TakenCell[]> => {
  const { ring, replication, filters = {} } = target;
  if (!isPlacedByRing(replication))
    return left({ code: 'SCM_PLAN_NOT_PLACED', replication: replicationText(replication) });
  const cells = ringCells(ring, replication, pendingRanges(ring, replication));
  const wrong = checkFilters(ring, filters) ?? checkCells(target, cells);
  if (wrong !== undefined) return left(wrong);
  const judged = new Map<string, TakenCell>();
  return right(
    cells.map((cell) => {
      const taken = judged.get(cell.key) ?? takenCell(cell, target);
      judged.set(cell.key, taken);
      return { ...taken, range: cell.range };
    }),
  );
};

interface CopyPiece extends GroupPiece, Ranged {
  readonly taken: TakenCell;
}

const unitsOf = (
  { source }: CopyInput,
  pieces: readonly CopyPiece[],
  chosen: ReadonlyMap<CopyPiece, RingNode>,
): readonly CopyUnit[] => {
  const drafts = new Map<string, { from: RingNode; taken: TakenCell; ranges: TokenRange[] }>();
  for (const piece of pieces) {
    const { taken, group, range } = piece;
    const from = chosen.get(piece) as RingNode;
    const key = `${namesOf([from])}|${group}`;
    const draft = drafts.get(key);
    if (draft === undefined) drafts.set(key, { from, taken, ranges: [range] });
    else draft.ranges.push(range);
  }
  return [...drafts.values()].map(({ from, taken, ranges }) => ({
    from,
    to: taken.to,
    excluded: taken.excluded,
    natural: taken.natural,
    pending: taken.pending,
    ranges: normalize(source.ring.partitioner, ranges),
  }));
};

/** Ranges both sides are asked for. */
const askedOf = ({ source, target }: CopyInput): readonly TokenRange[] => {
  const { partitioner } = source.ring;
  const all = [fullRing(partitioner)];
  return intersectionOfSets(
    partitioner,
    source.filters?.ranges ?? all,
    target.filters?.ranges ?? all,
  );
};

const checkPartitioners = ({ source, target }: CopyInput): PlanErrorType | undefined => {
  const [from, to] = [source.ring.partitioner.className, target.ring.partitioner.className];
  if (from === to) return undefined;
  return { code: 'SCM_PLAN_PARTITIONER', source: from, target: to };
};

interface CrossedCell extends Ranged {
  readonly held: HeldCell;
  readonly taken: TakenCell;
}

const crossed = (
  input: CopyInput,
  rest: readonly TokenRange[],
  held: readonly HeldCell[],
  taken: readonly TakenCell[],
): readonly CrossedCell[] => {
  const { partitioner } = input.source.ring;
  const asked = meet(
    partitioner,
    held,
    rest.map((range) => ({ range })),
  );
  return meet(partitioner, asked, taken).map(({ range, a, b }) => ({
    range,
    held: { ...a.a, range },
    taken: b,
  }));
};

/** One piece that any holder may give, or one for each of them. */
const heldBy = (
  { held: { holders } }: CrossedCell,
  { source: { allReplicas = false } }: CopyInput,
): readonly (readonly RingNode[])[] =>
  allReplicas ? holders.map((holder) => [holder]) : [holders];

/**
 * The plan of a copy. Asked are the replicas that `pullPlan` would ask, about the same share of each or with `allReplicas` every one, and what one of them
 * is asked for in one unit belongs whole to one set of replicas of the target, natural and pending. What goes to the same
 * replicas is asked of as few nodes as that balance allows. Left: as `pullPlan` says of the source and `bulkLoad` of the
 * target, and `SCM_PLAN_PARTITIONER`.
 */
export const copyPlan = (input: CopyInput): Either<PlanErrorType, CopyPlan> => {
  const unlike = checkPartitioners(input);
  if (unlike !== undefined) return left(unlike);
  const held = heldCells(input.source);
  if (isLeft(held)) return held;
  const taken = takenCells(input.target);
  if (isLeft(taken)) return taken;
  const { partitioner } = input.source.ring;
  const asked = askedOf(input);
  const { done = [] } = input;
  const rest = differenceOfSets(partitioner, asked, done);
  const cells = crossed(input, rest, held.right, taken.right);
  const pieces = cells
    .filter((cell) => cell.held.holders.length > 0 && cell.taken.to.length > 0)
    .flatMap((cell) =>
      heldBy(cell, input).map(
        (holders): CopyPiece => ({
          range: cell.range,
          weight: weightOf(partitioner, cell.range),
          holders,
          taken: cell.taken,
          group: cell.taken.group,
        }),
      ),
    );
  const { chosen, loads } = spread(pieces);
  gather(chosen as Map<GroupPiece, RingNode>, loads);
  return right({
    units: unitsOf(input, pieces, chosen),
    sourceGaps: gapsOf(
      partitioner,
      cells.map(({ held: cell }) => cell),
    ),
    targetGaps: gapsOf(
      partitioner,
      cells.map(({ range, taken: { group, to, excluded } }) => ({
        range,
        key: group,
        holders: to,
        passedOver: excluded,
      })),
    ),
    doneRanges: intersectionOfSets(partitioner, asked, done),
  });
};
