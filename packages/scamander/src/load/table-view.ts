// Control plane. One table's plan for people and --json. Called by load-table; pure.
import type { BulkLoadPlan } from '@scamander/planner';
import { endpointText } from '@scamander/wire-codec';
import type { Probe } from '../target/probe.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { LoadContext } from './load-context.ts';
import type { PlannedReplica, PlannedTable } from './plan-view.ts';
import type { Assignment } from './transfer.ts';

const byReplica = (assignments: readonly Assignment[]): ReadonlyMap<string, Assignment[]> => {
  const groups = new Map<string, Assignment[]>();
  for (const assignment of assignments) {
    const replica = endpointText(assignment.node.endpoint);
    const group = groups.get(replica) ?? [];
    groups.set(replica, group);
    group.push(assignment);
  }
  return groups;
};

const plannedReplica = (
  node: TargetNode,
  assignments: readonly Assignment[],
  probe: Probe | undefined,
  skipped: string | undefined,
): PlannedReplica => {
  const transfers = assignments.map(({ sstable, mode, modeReason, files }) => ({
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

/** One line for each replica that gets something, or would if it were up. */
export const tableView = (
  table: ResolvedTable,
  plan: BulkLoadPlan,
  assignments: readonly Assignment[],
  context: LoadContext,
): PlannedTable => {
  const downBy = new Map(
    plan.excluded.map(({ node, reason }) => [endpointText(node.endpoint), reason]),
  );
  const assigned = byReplica(assignments);
  const replicas = context.target.nodes.flatMap((node): readonly PlannedReplica[] => {
    const own = assigned.get(endpointText(node.endpoint)) ?? [];
    const reason = downBy.get(endpointText(node.endpoint));
    if (own.length === 0 && reason === undefined) return [];
    const probe = context.probes.of(node);
    const passedOver = own.length > 0 ? undefined : reason;
    const skipped = reason === 'down' ? (probe?.error?.message ?? reason) : passedOver;
    return [plannedReplica(node, own, probe, skipped)];
  });
  return { keyspace: table.keyspace, table: table.table, tableId: table.tableId, replicas };
};
