// Control plane. A keyspace as system_schema.keyspaces and its neighbours describe it. Pure; called by Cluster.keyspace().
import { parseReplication, type Replication } from '@scamander/ring';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ClusterError } from '../errors.ts';
import { flag, type Row, reading, text, textMap } from './row.ts';

/** A keyspace. */
export interface KeyspaceInfo {
  readonly name: string;
  readonly replication: Replication;
  readonly durableWrites: boolean;
  readonly tables: readonly string[];
  readonly views: readonly string[];
}

/** Rows of one keyspace. Left: `SCM_CLUSTER_BAD_ROW`, `SCM_CLUSTER_RING` (a strategy nobody knows). */
export const keyspaceOf = (
  row: Row,
  tables: readonly Row[],
  views: readonly Row[],
): Either<ClusterError, KeyspaceInfo> => {
  const read = reading('system_schema.keyspaces', () => ({
    name: text(row, 'keyspace_name'),
    options: textMap(row, 'replication'),
    durableWrites: flag(row, 'durable_writes'),
    tables: tables.map((table) => text(table, 'table_name')),
    views: views.map((view) => text(view, 'view_name')),
  }));
  if (isLeft(read)) return read;
  const { options, ...rest } = read.right;
  const replication = parseReplication(options);
  return isLeft(replication)
    ? left(new ClusterError({ code: 'SCM_CLUSTER_RING', cause: replication.left }))
    : right({ ...rest, replication: replication.right });
};
