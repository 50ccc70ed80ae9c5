// Control plane. How much a load will move in all, while only some of its tables are planned. Called by the load command. Pure.
import type { LoadEvent, LoadPlanView } from '@scamander/scamander';

type Discovered = (LoadEvent & { readonly type: 'Discovered' })['tables'];

/** Names that the tables get at the target. */
export interface Renamed {
  readonly keyspace?: string | undefined;
  readonly table?: string | undefined;
}

/**
 * The bytes of the tables that are planned, and for those that come after them as many in proportion to their SSTables. A table before the last
 * planned one that is not planned itself was refused.
 */
export const expectedBytes = (
  found: Discovered,
  plan: LoadPlanView,
  renamed: Renamed = {},
): number => {
  const planned = new Set(plan.tables.map(({ keyspace, table }) => `${keyspace}.${table}`));
  const isPlanned = (one: Discovered[number]): boolean =>
    planned.has(`${renamed.keyspace ?? one.keyspace}.${renamed.table ?? one.table}`);
  const last = found.findLastIndex(isPlanned);
  const sum = (tables: Discovered): number => tables.reduce((all, { bytes }) => all + bytes, 0);
  const plannedBytes = sum(found.filter(isPlanned));
  if (plannedBytes === 0) return plan.bytes;
  return Math.round((plan.bytes * (plannedBytes + sum(found.slice(last + 1)))) / plannedBytes);
};
