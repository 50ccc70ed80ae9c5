// Control plane. One table of a pull: what it is at the source, and where it goes. Called by the rest of this folder. Types and a helper.
import type { KnownTable } from '../serve/table-registry.ts';
import type { ResolvedTable } from '../target/target.ts';

/** A table that is pulled. */
export interface PulledTable {
  readonly resolved: ResolvedTable;
  /** Its folder; undefined in a dry run. */
  readonly known: KnownTable | undefined;
  /** Names of the folder, where they are others than the source's. */
  readonly keyspace: string;
  readonly table: string;
}

/** `keyspace.table`, as the source calls it. */
export const tableName = ({ resolved }: PulledTable): string =>
  `${resolved.keyspace}.${resolved.table}`;
