// Control plane. Who is asked for which ranges of one table, from what is done and who can't be asked. Called at the beginning of a pull and whenever
// something changed: a node failed, or the ring is another. Pure.
import { planErrorMessage, pullPlan } from '@scamander/planner';
import { differenceOfSets, type RingNode, type TokenRange } from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../../errors.ts';
import { replicaFilters, ringAs } from '../../target/plan-input.ts';
import type { Source } from '../source/source.ts';
import { type PulledTable, tableName } from '../tables.ts';
import type { Unit } from './units.ts';

/** Ranges that are here, or on their way, and of which node they are. */
export interface DoneRanges {
  /** Endpoint text. */
  readonly replica: string;
  readonly ranges: readonly TokenRange[];
}

/** Ranges that nobody gives, and why. */
export interface MissingRanges {
  readonly ranges: readonly TokenRange[];
  readonly reason: string;
}

/** The plan of one table. */
export interface TablePlan {
  readonly units: readonly Unit[];
  readonly missing: readonly MissingRanges[];
  /** Endpoint texts of replicas that hold some of the ranges and can't be asked, whether or not others are. */
  readonly unasked: readonly string[];
}

/** What is known of the nodes. */
export interface PlanInput {
  readonly source: Source;
  readonly done: readonly DoneRanges[];
  /** Why a node can't be asked; undefined where it can. */
  readonly obstacle: (replica: string) => string | undefined;
}

const whyNot = (
  { node, reason }: { readonly node: RingNode; readonly reason: string },
  obstacle: PlanInput['obstacle'],
): string => {
  const replica = endpointText(node.endpoint);
  return `${replica}: ${reason === 'down' ? (obstacle(replica) ?? reason) : reason}`;
};

/** Plans what is left of a table. Left: the ring, the keyspace's replication or the flags do not allow it. */
export const planTable = (
  table: PulledTable,
  { source, done, obstacle }: PlanInput,
): Either<ScamanderErrorType, TablePlan> => {
  const { target, options } = source;
  const isAll = options.allReplicas === true;
  const nodeNamed = (replica: string) =>
    target.ring.nodes.find(({ endpoint }) => endpointText(endpoint) === replica);
  const plan = pullPlan({
    ring: ringAs(target.ring, ({ endpoint }) => obstacle(endpointText(endpoint)) === undefined),
    replication: table.resolved.replication,
    filters: replicaFilters(options, source.ranges),
    allReplicas: isAll,
    // Of a node that has left, what came is nobody's any more, and everybody else is asked as if it had not been.
    done: done.flatMap(({ replica, ranges }) => {
      const node = isAll ? nodeNamed(replica) : undefined;
      return isAll && node === undefined ? [] : [{ node, ranges }];
    }),
  });
  if (isLeft(plan))
    return left(
      refusal(
        plan.left.code,
        planErrorMessage(plan.left),
        tableName(table),
        'see the replication of the keyspace and the flags that choose replicas',
      ),
    );
  const units = plan.right.assignments.flatMap(({ node, ranges }): Unit[] => {
    const found = source.node(node.endpoint);
    return found === undefined
      ? []
      : [{ table, node: found, ranges, bytes: undefined, files: undefined }];
  });
  const isDown = ({ reason }: { readonly reason: string }): boolean => reason === 'down';
  const gaps = plan.right.gaps
    .filter(({ replicas }) => !isAll || !replicas.some(isDown))
    .map(({ ranges, replicas }) => ({
      ranges,
      reason: `no replica can be asked: ${replicas.map((one) => whyNot(one, obstacle)).join('; ')}`,
    }));
  // Every replica is asked for: one that is down is missed, whatever others have.
  const down = plan.right.excluded.filter(isDown);
  const missed = isAll ? down : [];
  const hereOf = (node: RingNode): readonly TokenRange[] =>
    done.flatMap(({ replica, ranges }) =>
      replica === endpointText(node.endpoint) ? [...ranges] : [],
    );
  const missing = [
    ...gaps,
    ...missed.map((one) => ({
      ranges: differenceOfSets(target.partitioner, one.ranges, hereOf(one.node)),
      reason: whyNot(one, obstacle),
    })),
  ];
  return right({
    units,
    missing: missing.filter(({ ranges }) => ranges.length > 0),
    unasked: down.map(({ node }) => endpointText(node.endpoint)),
  });
};
