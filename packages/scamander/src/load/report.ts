// Control plane. What a load came to: the verdict that decides the exit code, the receipt, and the consistency in words. Called by load; pure.
import {
  type BulkLoadPlan,
  type ConsistencyLevel,
  type LevelResult,
  reached,
} from '@scamander/planner';
import {
  intersectionOfSets,
  parseRange,
  type RingNode,
  ringEndpointText,
  type TokenRange,
} from '@scamander/ring';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { Delivery, Receipt } from '../receipt/receipt.ts';
import type { LoadConsistency } from './options.ts';
import type { LoadPlanView } from './plan-view.ts';
import { repairCommands } from './repair-commands.ts';

/**
 * - `complete`: every replica acknowledged everything, and no SSTable was refused;
 * - `partial`: the asked consistency is reached, some replicas are missing;
 * - `bad-data`: an SSTable was refused for what it is (the others were loaded);
 * - `refused`: nothing was sent, because the cluster or its table refuses;
 * - `failed`: anything else.
 */
export type LoadVerdict = 'complete' | 'partial' | 'bad-data' | 'refused' | 'failed';

/** The end of a load. */
export interface LoadReport {
  readonly verdict: LoadVerdict;
  readonly dryRun: boolean;
  readonly plan: LoadPlanView;
  readonly receipt: Receipt;
  readonly problems: readonly ScamanderErrorType[];
  /** One sentence on the asked consistency; undefined where nothing was sent. */
  readonly consistency: string | undefined;
  /** What gives replicas the data that they miss and others have; empty where none misses anything. */
  readonly repairCommands: readonly string[];
  readonly acknowledgedBytes: number;
  readonly elapsedMs: number;
}

/** One table's part of the end. */
export interface TableOutcome {
  readonly keyspace: string;
  readonly table: string;
  readonly plan: BulkLoadPlan;
  readonly deliveries: readonly Delivery[];
  readonly level: LevelResult;
}

const levelOf = (asked: LoadConsistency, localDc: string): ConsistencyLevel =>
  asked === 'LOCAL_QUORUM' ? { level: asked, dc: localDc } : { level: asked };

/** Nodes that have everything the plan gives them. */
const acknowledgedBy = (
  plan: BulkLoadPlan,
  deliveries: readonly Delivery[],
): ReadonlySet<string> => {
  const all = new Set(plan.targets.map(({ node }) => ringEndpointText(node.endpoint)));
  for (const { replica, status } of deliveries) if (status !== 'acknowledged') all.delete(replica);
  return all;
};

/** Whether the asked consistency is reached for the ranges of one table that have data. */
export const tableOutcome = (
  names: { readonly keyspace: string; readonly table: string },
  plan: BulkLoadPlan,
  deliveries: readonly Delivery[],
  asked: LoadConsistency,
  localDc: string,
): TableOutcome => {
  const level = reached(plan, acknowledgedBy(plan, deliveries), levelOf(asked, localDc));
  return { ...names, plan, deliveries, level };
};

/** Of the ranges that a replica misses those that another one has. */
const repairable = (
  node: RingNode,
  missed: readonly TokenRange[],
  plan: BulkLoadPlan,
  acknowledged: ReadonlySet<string>,
): readonly TokenRange[] => {
  const elsewhere = plan.groups
    .filter(({ natural, pending }) =>
      [...natural, ...pending].some(
        (one) => one !== node && acknowledged.has(ringEndpointText(one.endpoint)),
      ),
    )
    .flatMap(({ ranges }) => ranges);
  return intersectionOfSets(plan.ring.partitioner, missed, elsewhere);
};

/** Commands for one table: of replicas that were down, and of those that did not acknowledge everything. */
const tableRepairs = ({ keyspace, table, plan, deliveries }: TableOutcome): readonly string[] => {
  const { partitioner } = plan.ring;
  const acknowledged = acknowledgedBy(plan, deliveries);
  const missedBy = (node: RingNode): readonly TokenRange[] =>
    deliveries
      .filter(
        ({ replica, status }) =>
          status !== 'acknowledged' && replica === ringEndpointText(node.endpoint),
      )
      .flatMap(({ ranges }) => ranges)
      .flatMap((text) => {
        const range = parseRange(partitioner, text);
        return isLeft(range) ? [] : [range.right];
      });
  const misses = [
    ...plan.targets.map(({ node, ranges }) => ({ node, owed: ranges, missed: missedBy(node) })),
    ...plan.excluded
      .filter(({ reason }) => reason === 'down')
      .map(({ node, ranges }) => ({ node, owed: ranges, missed: ranges })),
  ];
  return misses.flatMap(({ node, owed, missed }) =>
    repairCommands(
      {
        ...{ keyspace, table, endpoint: node.endpoint, owed },
        missed: repairable(node, missed, plan, acknowledged),
      },
      plan.ring,
    ),
  );
};

/** Commands for every table, each once. */
export const repairsOf = (outcomes: readonly TableOutcome[]): readonly string[] => [
  ...new Set(outcomes.flatMap(tableRepairs)),
];

const missingText = ({ keyspace, table, level }: TableOutcome): string => {
  const names = [
    ...new Set(
      level.missing.flatMap(({ missing }) =>
        missing.map(({ endpoint }) => ringEndpointText(endpoint)),
      ),
    ),
  ];
  const ranges = level.missing.reduce((sum, one) => sum + one.ranges.length, 0);
  return `${keyspace}.${table}: ${level.level.level} is not reached in ${ranges} ranges; missing: ${names.join(', ')}`;
};

/** One sentence for people. */
export const consistencyText = (
  outcomes: readonly TableOutcome[],
  asked: LoadConsistency,
): string | undefined => {
  if (outcomes.length === 0) return undefined;
  const short = outcomes.filter(({ level }) => !level.reached);
  if (short.length > 0) return short.map(missingText).join('\n');
  const passedOver = outcomes.flatMap(({ plan }) => plan.excluded);
  const note =
    passedOver.length === 0
      ? ''
      : `; passed over: ${[...new Set(passedOver.map(({ node, reason }) => `${ringEndpointText(node.endpoint)} (${reason})`))].join(', ')}`;
  return `consistency ${asked} is reached${note}`;
};

/** What decides the verdict. */
export interface VerdictInput {
  readonly outcomes: readonly TableOutcome[];
  readonly problems: readonly ScamanderErrorType[];
  readonly dryRun: boolean;
  readonly aborted: boolean;
}

/** The first rule that fits, worst first. */
export const verdictOf = ({ outcomes, problems, dryRun, aborted }: VerdictInput): LoadVerdict => {
  const deliveries = outcomes.flatMap((outcome) => outcome.deliveries);
  if (aborted) return 'failed';
  const kinds = new Set(problems.map(({ kind }) => kind));
  if (!dryRun && outcomes.some(({ level }) => !level.reached)) {
    const nothing = deliveries.every(({ status }) => status === 'skipped' || status === 'failed');
    return nothing && kinds.has('refused') && deliveries.every(({ status }) => status === 'skipped')
      ? 'refused'
      : 'failed';
  }
  if (kinds.has('bad-data')) return 'bad-data';
  if (kinds.has('failed')) return 'failed';
  if (outcomes.length === 0 || (dryRun && kinds.has('refused')))
    return kinds.has('refused') ? 'refused' : 'failed';
  if (kinds.has('refused')) return 'failed';
  const missing =
    deliveries.some(({ status }) => status !== 'acknowledged') ||
    outcomes.some(({ plan }) => plan.excluded.some(({ reason }) => reason === 'down'));
  return !dryRun && missing ? 'partial' : 'complete';
};
