// Control plane. The plan of one table: both rings laid over each other, and from that what is left to do. Called by the copy of a table, anew
// whenever a ring changed or something failed. Pure.
import { type CopyPlan, type CopyUnit, copyPlan, type PlanErrorType } from '@scamander/planner';
import {
  intersectionOfSets,
  type RingNode,
  type RingState,
  type TokenRange,
} from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { JobNews } from '../jobs/news.ts';
import { rangeTexts } from '../jobs/ranges.ts';
import { replicaFilters, ringAs } from '../target/plan-input.ts';
import type { Probe } from '../target/probe.ts';
import type { Target, TargetNode } from '../target/target.ts';
import type { Copied } from './copied.ts';
import type { CopyContext, WorkUnit } from './copy-unit.ts';
import type { RelayReplica } from './relay/passage.ts';
import { nameOf, type TablePair } from './table-pair.ts';

/** What is known of nodes beside what they answered. */
export interface Doubts {
  /** Source nodes that failed; asked only where nobody else has the ranges. */
  readonly avoided: ReadonlySet<string>;
  /** Replicas of the target that can't take the data at all. */
  readonly hopeless: ReadonlySet<string>;
}

/** A plan and what is left of it. */
export interface PlannedCopy {
  readonly plan: CopyPlan;
  readonly work: readonly WorkUnit[];
}

/** Nodes that did not answer count as down. */
const reachable = (
  ring: RingState,
  probes: ReadonlyMap<string, Probe>,
  avoided: ReadonlySet<string>,
): RingState =>
  ringAs(ring, ({ endpoint }) => {
    const name = endpointText(endpoint);
    return probes.get(name)?.version !== undefined && !avoided.has(name);
  });

const planWith = (
  pair: TablePair,
  { options, source, side }: CopyContext,
  sourceProbes: ReadonlyMap<string, Probe>,
  avoided: ReadonlySet<string>,
): Either<PlanErrorType, CopyPlan> =>
  copyPlan({
    source: {
      ring: reachable(source.target.ring, sourceProbes, avoided),
      replication: pair.source.replication,
      filters: replicaFilters(options, source.ranges),
      allReplicas: options.allReplicas === true,
    },
    target: {
      ring: reachable(side.target.ring, side.probes.all, new Set()),
      replication: pair.target.replication,
      filters: replicaFilters({ dc: options.targetDc }, undefined),
    },
  });

const nodeOf = ({ nodes }: Target, { endpoint }: RingNode): TargetNode | undefined =>
  nodes.find((node) => endpointText(node.endpoint) === endpointText(endpoint));

/** A unit without what its replicas have: one piece for those that miss the same. */
const workOf = (
  unit: CopyUnit,
  pair: TablePair,
  { source, side }: CopyContext,
  copied: Copied,
  { hopeless }: Doubts,
): readonly WorkUnit[] => {
  const { partitioner } = source.target;
  const fromNode = nodeOf(source.target, unit.from);
  if (fromNode === undefined) return [];
  const pieces = new Map<string, { ranges: readonly TokenRange[]; to: WorkUnit['to'][number][] }>();
  for (const ring of unit.to) {
    const node = nodeOf(side.target, ring);
    const version = side.probes.all.get(endpointText(ring.endpoint))?.version;
    if (node === undefined || version === undefined) continue;
    if (hopeless.has(endpointText(ring.endpoint))) continue;
    const ranges = copied.missing(pair, unit.from, ring, unit.ranges);
    if (ranges.length === 0) continue;
    const replica: RelayReplica = { node, version };
    const key = rangeTexts(partitioner, ranges).join(' ');
    const piece = pieces.get(key) ?? { ranges, to: [] };
    pieces.set(key, piece);
    piece.to.push({ ring, replica });
  }
  return [...pieces.values()].map((piece) => ({ pair, from: unit.from, fromNode, ...piece }));
};

/** The plan of a table and the work that is left. A Left is what the planner says of rings and filters. */
export const planCopy = (
  pair: TablePair,
  context: CopyContext,
  sourceProbes: ReadonlyMap<string, Probe>,
  copied: Copied,
  doubts: Doubts,
): Either<PlanErrorType, PlannedCopy> => {
  // Who is asked beside all others has nobody to be avoided for.
  const avoided = context.options.allReplicas === true ? new Set<string>() : doubts.avoided;
  const careful = planWith(pair, context, sourceProbes, avoided);
  if (isLeft(careful)) return careful;
  const hasGaps = avoided.size > 0 && careful.right.sourceGaps.length > 0;
  const chosen = hasGaps ? planWith(pair, context, sourceProbes, new Set()) : careful;
  if (isLeft(chosen)) return chosen;
  const work = chosen.right.units.flatMap((unit) => workOf(unit, pair, context, copied, doubts));
  return right({ plan: chosen.right, work });
};

/** What other nodes are asked for now, of what these units failed to bring. */
export const reroutes = (
  failed: readonly { readonly unit: WorkUnit; readonly reason: string }[],
  work: readonly WorkUnit[],
  { source }: CopyContext,
): readonly Extract<JobNews, { type: 'Rerouted' }>[] => {
  const { partitioner } = source.target;
  return failed.flatMap(({ unit, reason }) =>
    work.flatMap((other) => {
      const from = endpointText(unit.from.endpoint);
      const to = endpointText(other.from.endpoint);
      if (from === to) return [];
      const ranges = intersectionOfSets(partitioner, unit.ranges, other.ranges);
      if (ranges.length === 0) return [];
      const texts = rangeTexts(partitioner, ranges);
      const table = nameOf(unit.pair.source);
      return [{ type: 'Rerouted' as const, table, ranges: texts, from, to, reason }];
    }),
  );
};
