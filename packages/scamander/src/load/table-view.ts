// Control plane. One table's plan for people and --json. Called by load-table; pure.
import type { BulkLoadPlan } from '@scamander/planner';
import { endpointText } from '@scamander/wire-codec';
import type { Probe } from '../target/probe.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { LoadContext } from './load-context.ts';
import type { PlannedReplica, PlannedTable } from './plan-view.ts';
import type { Assignment } from './transfer.ts';

const isOf = (assignment: Assignment, node: TargetNode): boolean =>
  endpointText(assignment.node.endpoint) === endpointText(node.endpoint);

const plannedReplica = (
  node: TargetNode,
  assignments: readonly Assignment[],
  probe: Probe | undefined,
  skipped: string | undefined,
): PlannedReplica => {
  const transfers = assignments
    .filter((assignment) => isOf(assignment, node))
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
  const isAssigned = (node: TargetNode): boolean =>
    assignments.some((assignment) => isOf(assignment, node));
  const replicas = context.target.nodes
    .filter((node) => isAssigned(node) || downBy.has(endpointText(node.endpoint)))
    .map((node) => {
      const reason = downBy.get(endpointText(node.endpoint));
      const probe = context.probes.of(node);
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
