// Control plane. A unit of work: one table's ranges from one node, asked for in one session and done with as a whole. Called by the rest of pull.
// Types and helpers.
import type { Partitioner, TokenRange } from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import { rangeTexts } from '../../jobs/ranges.ts';
import type { UnitId } from '../../ledger/records.ts';
import type { TargetNode } from '../../target/target.ts';
import type { PlannedUnit } from '../plan-view.ts';
import { type PulledTable, tableName } from '../tables.ts';

/** What one session asks for. */
export interface Unit {
  readonly table: PulledTable;
  readonly node: TargetNode;
  /** Normalized. */
  readonly ranges: readonly TokenRange[];
  /** What the node says it would send; undefined where it was not asked. */
  readonly bytes: number | undefined;
  readonly files: number | undefined;
}

/** Endpoint text of its node. */
export const replicaOf = ({ node }: Unit): string => endpointText(node.endpoint);

/** Which table at which node. */
export const pairOf = (unit: Unit): string => `${tableName(unit.table)} ${replicaOf(unit)}`;

/** As the ledger knows it. */
export const unitId = (unit: Unit, partitioner: Partitioner): UnitId => ({
  keyspace: unit.table.resolved.keyspace,
  table: unit.table.resolved.table,
  tableId: unit.table.resolved.tableId,
  replica: replicaOf(unit),
  ranges: rangeTexts(partitioner, unit.ranges),
});

/** As people see it. */
export const unitView = (unit: Unit, partitioner: Partitioner): PlannedUnit => ({
  keyspace: unit.table.resolved.keyspace,
  table: unit.table.resolved.table,
  replica: replicaOf(unit),
  ranges: rangeTexts(partitioner, unit.ranges),
  bytes: unit.bytes,
  files: unit.files,
});
