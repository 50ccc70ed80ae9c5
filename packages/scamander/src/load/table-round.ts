// Control plane. One round of a table: plan, then send to every replica or to some. Called by load-table, a second time where an SSTable
// turned out bad while it was being sent. Emits the plan; a table that can't be planned is one problem.
import { type BulkLoadPlan, bulkLoad, planErrorMessage } from '@scamander/planner';
import { makeRing, type RingNode, type RingState } from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import type { Delivery } from '../receipt/receipt.ts';
import type { Probe } from '../target/probe.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import { type AssignInput, assignFiles, type Impassable, plannerSSTables } from './assign.ts';
import type { LoadContext } from './load-context.ts';
import type { PlannedReplica, PlannedTable } from './plan-view.ts';
import { badData, type SourceSSTable } from './sources.ts';
import { type Assignment, transferTable } from './transfer.ts';

/** What came of a round. */
export interface TableRound {
  readonly plan: BulkLoadPlan;
  readonly view: PlannedTable;
  readonly assignments: readonly Assignment[];
  readonly planId: string | undefined;
  /** Of what was sent, and of what can't be taken. */
  readonly deliveries: readonly Delivery[];
  /** What replicas can't take. */
  readonly problems: readonly ScamanderErrorType[];
}

/** Nodes that did not answer count as down: the planner passes over them and says what they miss. */
const ringOfTheReachable = (
  ring: RingState,
  probes: ReadonlyMap<string, Probe>,
): Either<unknown, RingState> =>
  makeRing(
    ring.partitioner,
    ring.nodes.map((node): RingNode => {
      const probe = probes.get(endpointText(node.endpoint));
      return { ...node, alive: probe === undefined ? node.alive : probe.version !== undefined };
    }),
  );

const plannedReplica = (
  node: TargetNode,
  assignments: readonly Assignment[],
  probe: Probe | undefined,
  skipped: string | undefined,
): PlannedReplica => {
  const transfers = assignments
    .filter((assignment) => assignment.node === node)
    .map(({ sstable, mode, modeReason, files }) => ({
      sstable,
      mode,
      modeReason,
      bytes: files.reduce((sum, file) => sum + Number(file.transferSizeBytes), 0),
      pieces: files.length,
    }));
  return {
    replica: endpointText(node.endpoint),
    dc: node.dc,
    rack: node.rack,
    status: node.status,
    release: node.releaseVersion,
    streamingVersion: probe?.version,
    skipped,
    transfers,
    bytes: transfers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};

const skippedDelivery = (
  table: ResolvedTable,
  sstable: string,
  node: TargetNode,
  reason: string,
): Delivery => ({
  sstable,
  keyspace: table.keyspace,
  table: table.table,
  replica: endpointText(node.endpoint),
  mode: 'sections',
  modeReason: undefined,
  status: 'skipped',
  ranges: [],
  bytes: 0,
  protocolVersion: undefined,
  planId: undefined,
  earlierRun: undefined,
  startedAt: undefined,
  finishedAt: undefined,
  reason,
});

const impassableProblem = ({ sstable, node, reason }: Impassable): ScamanderErrorType =>
  refusal(
    'SCM_LOAD_VERSION',
    `${endpointText(node.endpoint)} can't take the SSTable: ${reason}`,
    sstable,
    'upgrade the SSTable, or load it into a release that reads it',
  );

const planTable = async (table: ResolvedTable, input: AssignInput, context: LoadContext) => {
  const ring = ringOfTheReachable(context.target.ring, input.probes);
  const { dc, rack, only, ignore, primaryOnly } = context.options;
  const plan = bulkLoad({
    ring: isLeft(ring) ? context.target.ring : ring.right,
    replication: table.replication,
    sstables: plannerSSTables(input),
    filters: {
      ...(dc === undefined ? {} : { dcs: dc.split(',') }),
      ...(rack === undefined ? {} : { racks: rack.split(',') }),
      ...(only === undefined ? {} : { only }),
      ...(ignore === undefined ? {} : { ignore }),
      ...(primaryOnly === true ? { primaryOnly } : {}),
      ...(context.ranges === undefined ? {} : { ranges: context.ranges }),
    },
  });
  if (isLeft(plan)) {
    return left(
      refusal(
        plan.left.code,
        planErrorMessage(plan.left),
        `${table.keyspace}.${table.table}`,
        'see the replication of the keyspace and the flags that choose replicas',
      ),
    );
  }
  const assigned = await assignFiles(plan.right, input);
  return isLeft(assigned)
    ? left(badData(assigned.left))
    : right({ plan: plan.right, ...assigned.right });
};

/** One line for each replica that gets something, or would if it were up. */
const viewOf = (
  table: ResolvedTable,
  plan: BulkLoadPlan,
  assignments: readonly Assignment[],
  context: LoadContext,
): PlannedTable => {
  const downBy = new Map(
    plan.excluded.map(({ node, reason }) => [endpointText(node.endpoint), reason]),
  );
  const isAssigned = (node: TargetNode): boolean =>
    assignments.some((assignment) => assignment.node === node);
  const replicas = context.target.nodes
    .filter((node) => isAssigned(node) || downBy.has(endpointText(node.endpoint)))
    .map((node) => {
      const id = endpointText(node.endpoint);
      const probe = context.probes.get(id);
      const reason = downBy.get(id);
      const skipped =
        reason === 'down'
          ? (probe?.error?.message ?? reason)
          : isAssigned(node)
            ? undefined
            : reason;
      return plannedReplica(node, assignments, probe, skipped);
    });
  return { keyspace: table.keyspace, table: table.table, tableId: table.tableId, replicas };
};

/** Plans the SSTables and sends them, to the replicas in `only` where that is given. */
export const tableRound = async (
  table: ResolvedTable,
  sources: readonly SourceSSTable[],
  context: LoadContext,
  only?: ReadonlySet<TargetNode>,
): Promise<Either<ScamanderErrorType, TableRound>> => {
  const input: AssignInput = {
    table,
    sources,
    nodes: context.target.nodes,
    probes: context.probes,
    entire: context.options.entire ?? 'auto',
  };
  const planned = await planTable(table, input, context);
  if (isLeft(planned)) return planned;
  const { plan, assignments, impassable } = planned.right;
  const view = viewOf(table, plan, assignments, context);
  context.planned(view);
  const sent = only === undefined ? assignments : assignments.filter(({ node }) => only.has(node));
  const run =
    context.options.dryRun === true || sent.length === 0
      ? { planId: undefined, deliveries: [] }
      : await transferTable(
          {
            ...context.transferParts,
            keyspace: table.keyspace,
            table: table.table,
            assignments: sent,
            target: context.target,
            signal: context.signal,
            emit: context.emit,
          },
          context.parts,
        );
  const skipped = impassable.map(({ sstable, node, reason }) =>
    skippedDelivery(table, sstable, node, reason),
  );
  return right({
    plan,
    view,
    assignments,
    planId: run.planId,
    deliveries: [...run.deliveries, ...skipped],
    problems: impassable.map(impassableProblem),
  });
};
