// Control plane. Who is asked for which ranges when SSTables are pulled out of a live ring. Called by the front door (pull, du); knows tokens
// and ranges, no files.
import {
  differenceOfSets,
  fullRing,
  intersectionOfSets,
  normalize,
  type RingNode,
  type RingState,
  type TokenRange,
} from '@scamander/ring';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ExclusionReason, LoadExclusion } from '../bulk-load/types.ts';
import { meet, namesOf } from '../cells.ts';
import type { PlanErrorType } from '../errors.ts';
import { type HeldCell, heldCells, weightOf } from '../holders.ts';
import { gapsOf, listOf } from './gaps.ts';
import { spread } from './spread.ts';
import type { PullAssignment, PullInput, PullPlan } from './types.ts';

/** Ranges by node, in the order of the ring's nodes. */
const assignmentsOf = (
  ring: RingState,
  ranges: ReadonlyMap<RingNode, readonly TokenRange[]>,
): readonly PullAssignment[] =>
  ring.nodes.flatMap((node) => {
    const normalized = normalize(ring.partitioner, ranges.get(node) ?? []);
    return normalized.length === 0 ? [] : [{ node, ranges: normalized }];
  });

const excludedOf = (ring: RingState, cells: readonly HeldCell[]): readonly LoadExclusion[] => {
  const ranges = new Map<RingNode, Map<ExclusionReason, TokenRange[]>>();
  for (const { range, passedOver } of cells) {
    for (const { node, reason } of passedOver) {
      const byReason = ranges.get(node) ?? new Map<ExclusionReason, TokenRange[]>();
      ranges.set(node, byReason);
      listOf(byReason, reason).push(range);
    }
  }
  return ring.nodes.flatMap((node) =>
    [...(ranges.get(node) ?? [])].map(([reason, found]) => ({
      node,
      reason,
      ranges: normalize(ring.partitioner, found),
    })),
  );
};

const oneOfEach = (ring: RingState, cells: readonly HeldCell[]): readonly PullAssignment[] => {
  const pieces = cells
    .filter(({ holders }) => holders.length > 0)
    .map((cell) => ({ ...cell, weight: weightOf(ring.partitioner, cell.range) }));
  const ranges = new Map<RingNode, TokenRange[]>();
  for (const [piece, node] of spread(pieces).chosen) listOf(ranges, node).push(piece.range);
  return assignmentsOf(ring, ranges);
};

type Done = NonNullable<PullInput['done']>;

const rangesOf = (done: Done): readonly TokenRange[] => done.flatMap(({ ranges }) => [...ranges]);

const allOfEach = (
  ring: RingState,
  cells: readonly HeldCell[],
  done: Done,
): { readonly assignments: readonly PullAssignment[]; readonly leftOut: readonly TokenRange[] } => {
  const held = new Map<RingNode, TokenRange[]>();
  for (const { range, holders } of cells)
    for (const node of holders) listOf(held, node).push(range);
  const leftOut: TokenRange[] = [];
  const rest = [...held].map(([node, ranges]): [RingNode, readonly TokenRange[]] => {
    // by name: what is done may be of an older look at the ring
    const name = namesOf([node]);
    const doneHere = rangesOf(
      done.filter((one) => one.node !== undefined && namesOf([one.node]) === name),
    );
    for (const range of intersectionOfSets(ring.partitioner, ranges, doneHere)) leftOut.push(range);
    return [node, differenceOfSets(ring.partitioner, ranges, doneHere)];
  });
  return { assignments: assignmentsOf(ring, new Map(rest)), leftOut };
};

/**
 * The plan of a pull. Asked are full replicas that own their ranges now (leaving and moving nodes too, joining ones never),
 * are not known to be down and pass the filters: of each range one, so that all nodes give about the same share of the
 * tokens, or with `allReplicas` every one. Ranges that nobody who may be asked holds are gaps. A keyspace of LocalStrategy,
 * whose data are each node's own, needs a single node or `allReplicas`. Left: `SCM_PLAN_LOCAL`, `SCM_PLAN_NOT_PLACED`,
 * `SCM_PLAN_NO_REPLICAS`, `SCM_PLAN_UNKNOWN_NAME`.
 */
export const pullPlan = (input: PullInput): Either<PlanErrorType, PullPlan> => {
  const held = heldCells(input);
  if (isLeft(held)) return held;
  const { ring, filters = {}, allReplicas = false, done = [] } = input;
  const { partitioner } = ring;
  const asked = normalize(partitioner, filters.ranges ?? [fullRing(partitioner)]);
  const doneByAll = rangesOf(allReplicas ? done.filter(({ node }) => node === undefined) : done);
  const rest = differenceOfSets(partitioner, asked, doneByAll);
  const cells = meet(
    partitioner,
    held.right,
    rest.map((range) => ({ range })),
  ).map(({ a, range }) => ({ ...a, range }));
  const chosen = allReplicas
    ? allOfEach(ring, cells, done)
    : { assignments: oneOfEach(ring, cells), leftOut: [] };
  return right({
    assignments: chosen.assignments,
    gaps: gapsOf(partitioner, cells),
    excluded: excludedOf(ring, cells),
    doneRanges: normalize(partitioner, [
      ...intersectionOfSets(partitioner, asked, doneByAll),
      ...chosen.leftOut,
    ]),
  });
};
