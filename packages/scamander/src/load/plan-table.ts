// Control plane. The plan of one table as the ring stands now, less what was acknowledged before. Called by load-table, once for each ring it
// meets. Sends nothing.
import { type BulkLoadPlan, bulkLoad, planErrorMessage } from '@scamander/planner';
import { type RingNode, type RingState, ringEndpointText, sameTokens } from '@scamander/ring';
import { endpointText, sameEndpoint } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import { rangeTexts } from '../jobs/ranges.ts';
import type { Delivery } from '../receipt/receipt.ts';
import { replicaFilters, ringAs } from '../target/plan-input.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { ReplicaId } from './acknowledged.ts';
import { type AssignInput, assignFiles, type Impassable, plannerSSTables } from './assign.ts';
import type { LoadContext } from './load-context.ts';
import { badData } from './source-problems.ts';
import type { SourceSSTable } from './sources.ts';
import type { Assignment } from './transfer.ts';

/** What is to be done for one table. */
export interface TablePlan {
  /** Of everything, also of what arrived before. */
  readonly plan: BulkLoadPlan;
  readonly missing: readonly Assignment[];
  /** What earlier runs of the ledger delivered of it. */
  readonly earlier: readonly Delivery[];
  readonly impassable: readonly Impassable[];
}

/** What a replica is called in ledgers. */
export const replicaId = ({ endpoint, hostId }: RingNode): ReplicaId => ({
  replica: ringEndpointText(endpoint),
  hostId,
});

/** What a node is called in ledgers. */
export const replicaIdOf = ({ endpoint }: TargetNode, ring: RingState): ReplicaId => ({
  replica: endpointText(endpoint),
  hostId: ring.nodes.find((node) => sameEndpoint(node.endpoint, endpoint))?.hostId,
});

type Sources = ReadonlyMap<string, SourceSSTable>;

const contentOf = (sources: Sources, sstable: string): string =>
  sources.get(sstable)?.content ?? sstable;

/** The same targets with what they have not acknowledged. */
const restOf = (
  plan: BulkLoadPlan,
  sources: Sources,
  { tableId }: ResolvedTable,
  { acknowledged, target }: LoadContext,
): BulkLoadPlan['targets'] =>
  plan.targets.map((one) => ({
    ...one,
    transfers: one.transfers.flatMap((transfer) => {
      const item = { tableId, content: contentOf(sources, transfer.sstable) };
      const ranges = acknowledged.missing(item, replicaId(one.node), transfer.ranges);
      if (ranges.length === 0) return [];
      if (sameTokens(target.partitioner, ranges, transfer.ranges)) return [transfer];
      const whySections = 'the rest of it arrived before';
      return [{ ...transfer, mode: 'sections' as const, ranges, whySections }];
    }),
  }));

const earlierOf = (
  plan: BulkLoadPlan,
  sources: Sources,
  { keyspace, table, tableId }: ResolvedTable,
  { acknowledged, ledger, target }: LoadContext,
): readonly Delivery[] =>
  plan.targets.flatMap(({ node, transfers }) =>
    transfers.flatMap(({ sstable, mode, ranges }) =>
      acknowledged
        .earlier(
          { tableId, content: contentOf(sources, sstable) },
          replicaId(node),
          ranges,
          ledger?.run ?? 1,
        )
        .map(
          (part): Delivery => ({
            ...{ sstable, keyspace, table, replica: ringEndpointText(node.endpoint), mode },
            ...{ modeReason: undefined, status: 'acknowledged', bytes: 0 },
            ranges: rangeTexts(target.partitioner, part.ranges),
            ...{ protocolVersion: undefined, planId: part.planId, earlierRun: part.run },
            ...{ startedAt: undefined, finishedAt: part.at, reason: undefined },
          }),
        ),
    ),
  );

/** Nodes that did not answer count as down: the planner passes over them and says what they miss. */
const planSources = (
  table: ResolvedTable,
  input: AssignInput,
  context: LoadContext,
): Either<ScamanderErrorType, BulkLoadPlan> => {
  const plan = bulkLoad({
    ring: ringAs(context.target.ring, (node) => {
      const probe = input.probes.get(ringEndpointText(node.endpoint));
      return probe === undefined ? node.alive : probe.version !== undefined;
    }),
    replication: table.replication,
    sstables: plannerSSTables(input),
    filters: replicaFilters(context.options, context.ranges),
  });
  return isLeft(plan)
    ? left(
        refusal(
          plan.left.code,
          planErrorMessage(plan.left),
          `${table.keyspace}.${table.table}`,
          'see the replication of the keyspace and the flags that choose replicas',
        ),
      )
    : plan;
};

/** Plans the SSTables for the ring as it is known now; a Left is a table that can't be planned. */
export const planTable = async (
  table: ResolvedTable,
  sources: readonly SourceSSTable[],
  context: LoadContext,
): Promise<Either<ScamanderErrorType, TablePlan>> => {
  const input: AssignInput = {
    table,
    sources,
    nodes: context.target.nodes,
    probes: context.probes.all,
    entire: context.options.entire ?? 'auto',
  };
  const planned = planSources(table, input, context);
  if (isLeft(planned)) return planned;
  const plan = planned.right;
  const byPath = new Map(sources.map((source) => [source.dataPath, source]));
  const assigned = await assignFiles({ targets: restOf(plan, byPath, table, context) }, input);
  if (isLeft(assigned)) return left(badData(assigned.left));
  return right({
    plan,
    missing: assigned.right.assignments,
    earlier: earlierOf(plan, byPath, table, context),
    impassable: assigned.right.impassable,
  });
};
