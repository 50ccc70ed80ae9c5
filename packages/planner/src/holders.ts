// Control plane. Who may be asked for a range, and who may not and why. Called by the plans of pull and copy.
import {
  fullRing,
  isPlacedByRing,
  type Partitioner,
  type Replication,
  type RingNode,
  type RingState,
  rangeWidth,
  replicationText,
  ringEndpointText,
  type TokenRange,
} from '@scamander/ring';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { checkFilters, exclusionOf, verdicts } from './bulk-load/filters.ts';
import type { LoadFilters } from './bulk-load/types.ts';
import { type Ranged, type RingCell, ringCells } from './cells.ts';
import type { PlanErrorType } from './errors.ts';
import type { PullGap } from './pull/types.ts';

/** What is to be read, and from which replicas. */
export interface HoldersInput {
  readonly ring: RingState;
  readonly replication: Replication;
  readonly filters?: LoadFilters;
  /** Every replica is wanted, not one of each range. */
  readonly allReplicas?: boolean;
}

/** Who has the data of a cell. */
export interface HeldCell extends Ranged {
  /** May be asked: full replicas that are up and pass the filters, in ring order. */
  readonly holders: readonly RingNode[];
  readonly passedOver: PullGap['replicas'];
  /** The same for cells with the same replicas. */
  readonly key: string;
}

/** Never a node that joins: it does not have its ranges yet. */
const heldCell = (cell: RingCell, filters: LoadFilters): HeldCell => {
  const full = cell.natural.filter((node) => !cell.transient.includes(node));
  const judged = verdicts({ ranges: [], natural: full, pending: [] }, filters);
  return {
    range: cell.range,
    key: cell.key,
    holders: judged.filter(({ reason }) => reason === undefined).map(({ node }) => node),
    passedOver: [
      ...judged.flatMap(({ node, reason }) => (reason === undefined ? [] : [{ node, reason }])),
      ...cell.transient.map((node) => ({ node, reason: 'transient replica' as const })),
    ],
  };
};

/** Every node has its own data under LocalStrategy, so one node's are not another's. */
const ownCell = (input: HoldersInput): Either<PlanErrorType, readonly RingCell[]> => {
  const { ring, replication, filters = {}, allReplicas = false } = input;
  const asked = ring.members.filter((node) => exclusionOf(node, filters) === undefined);
  if (asked.length > 1 && !allReplicas) {
    const nodes = asked.map(({ endpoint }) => ringEndpointText(endpoint));
    return left({ code: 'SCM_PLAN_LOCAL', replication: replicationText(replication), nodes });
  }
  return right([
    {
      range: fullRing(ring.partitioner),
      natural: ring.members,
      pending: [],
      transient: [],
      key: '',
    },
  ]);
};

/** The ring's cells with who may be asked for each, ascending; they cover the whole ring. */
export const heldCells = (input: HoldersInput): Either<PlanErrorType, readonly HeldCell[]> => {
  const { ring, replication, filters = {} } = input;
  const wrong = checkFilters(ring, filters);
  if (wrong !== undefined) return left(wrong);
  const named = replicationText(replication);
  const local = replication.strategy === 'LocalStrategy';
  if (!local && !isPlacedByRing(replication))
    return left({ code: 'SCM_PLAN_NOT_PLACED', replication: named });
  const cells = local ? ownCell(input) : right(ringCells(ring, replication, []));
  if (cells._tag === 'Left') return cells;
  if (cells.right.length === 0 || cells.right.some(({ natural }) => natural.length === 0))
    return left({ code: 'SCM_PLAN_NO_REPLICAS', replication: named });
  const judged = new Map<string, HeldCell>();
  return right(
    cells.right.map((cell) => {
      const held = judged.get(cell.key) ?? heldCell(cell, filters);
      judged.set(cell.key, held);
      return { ...held, range: cell.range };
    }),
  );
};

/** How much a range counts: its share of the tokens, or 1 where tokens have no distance. */
export const weightOf = (partitioner: Partitioner, range: TokenRange): bigint =>
  rangeWidth(partitioner, range) ?? 1n;
