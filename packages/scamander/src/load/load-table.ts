// Control plane. One table of a load: resolve, check, plan, send. Called by load for each table found; emits news on the way.
// A table that can't be loaded is a list of problems, and the next one goes on.
import { bulkLoad, planErrorMessage } from '@scamander/planner';
import { makeRing, type RingNode, type RingState } from '@scamander/ring';
import { type DiscoveredTable, isSystemKeyspace } from '@scamander/sstable-io';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import { type AssignInput, assignFiles, type Impassable, plannerSSTables } from './assign.ts';
import type { LoadContext } from './load-context.ts';
import type { PlannedReplica, PlannedTable } from './plan-view.ts';
import type { Probe } from './probe.ts';
import type { Delivery, SourceRecord } from './receipt.ts';
import { type TableOutcome, tableOutcome } from './report.ts';
import { badData, checkSources } from './sources.ts';
import { type Assignment, transferTable } from './transfer.ts';

/** What one table came to. */
export interface TableResult {
  readonly planned: PlannedTable | undefined;
  readonly outcome: TableOutcome | undefined;
  readonly planId: string | undefined;
  readonly records: readonly SourceRecord[];
  readonly problems: readonly ScamanderErrorType[];
}

const resolve = async (
  source: DiscoveredTable,
  context: LoadContext,
): Promise<Either<ScamanderErrorType, ResolvedTable>> => {
  const keyspace = context.options.keyspace ?? source.keyspace;
  const table = context.options.table ?? source.table;
  if (isSystemKeyspace(keyspace)) {
    return left(
      refusal(
        'SCM_LOAD_SYSTEM_KEYSPACE',
        `${keyspace} is a system keyspace`,
        source.directories.join(', '),
        'load application tables; a node keeps its system tables itself',
      ),
    );
  }
  return context.target.table(source, keyspace, table);
};

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
  bytes: 0,
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

const nothing = (
  problems: readonly ScamanderErrorType[],
  records: readonly SourceRecord[] = [],
): TableResult => ({
  planned: undefined,
  outcome: undefined,
  planId: undefined,
  records,
  problems,
});

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

/** Loads one table. */
export const loadTable = async (
  source: DiscoveredTable,
  context: LoadContext,
): Promise<TableResult> => {
  const table = await resolve(source, context);
  if (isLeft(table)) {
    context.emit({ type: 'Problem', error: table.left });
    return nothing([table.left]);
  }
  const checked = await checkSources(source, {
    target: table.right.schema,
    level: context.options.verify ?? 'auto',
    emit: context.emit,
    signal: context.signal,
  });
  if (checked.sound.length === 0 || context.signal.aborted)
    return nothing(checked.problems, checked.records);
  const input: AssignInput = {
    table: table.right,
    sources: checked.sound,
    nodes: context.target.nodes,
    probes: context.probes,
    entire: context.options.entire ?? 'auto',
  };
  const planned = await planTable(table.right, input, context);
  if (isLeft(planned)) {
    context.emit({ type: 'Problem', error: planned.left });
    return nothing([...checked.problems, planned.left], checked.records);
  }
  const { plan, assignments, impassable } = planned.right;
  const downBy = new Map(
    plan.excluded.map(({ node, reason }) => [endpointText(node.endpoint), reason]),
  );
  const replicas = context.target.nodes
    .filter(
      (node) =>
        assignments.some((assignment) => assignment.node === node) ||
        downBy.has(endpointText(node.endpoint)),
    )
    .map((node) => {
      const id = endpointText(node.endpoint);
      const probe = context.probes.get(id);
      const reason = downBy.get(id);
      return plannedReplica(
        node,
        assignments,
        probe,
        reason === 'down'
          ? (probe?.error?.message ?? reason)
          : assignments.some((assignment) => assignment.node === node)
            ? undefined
            : reason,
      );
    });
  const view: PlannedTable = {
    keyspace: table.right.keyspace,
    table: table.right.table,
    tableId: table.right.tableId,
    replicas,
  };
  context.planned(view);
  const impossible = impassable.map(impassableProblem);
  for (const error of impossible) context.emit({ type: 'Problem', error });
  const problems = [...checked.problems, ...impossible];
  const skipped = impassable.map(({ sstable, node, reason }) =>
    skippedDelivery(table.right, sstable, node, reason),
  );
  const run =
    context.options.dryRun === true || assignments.length === 0
      ? { planId: undefined, deliveries: [] }
      : await transferTable(
          {
            ...context.transferParts,
            keyspace: table.right.keyspace,
            table: table.right.table,
            assignments,
            target: context.target,
            signal: context.signal,
            emit: context.emit,
          },
          context.parts,
        );
  const outcome = tableOutcome(
    table.right,
    plan,
    [...run.deliveries, ...skipped],
    context.options.consistency ?? 'QUORUM',
    context.target.localDc,
  );
  return {
    planned: view,
    outcome: { ...outcome, keyspace: table.right.keyspace, table: table.right.table },
    planId: run.planId,
    records: checked.records,
    problems,
  };
};
