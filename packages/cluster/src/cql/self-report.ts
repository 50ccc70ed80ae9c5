// Control plane. What one node tells of itself in its virtual tables, which are its own and nobody else's. Called by Cluster.selfReport().
// Every part stands alone: a table that the release lacks, or that the login may not read, is undefined and the rest goes on.
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ClusterError } from '../errors.ts';
import { type NodeSettings, nodeSettingsOf } from './node-settings.ts';
import {
  type PendingHints,
  pendingHints,
  type RunningStream,
  type RunningTask,
  runningStreams,
  runningTasks,
  type ThreadPool,
  threadPools,
  usedBytes,
} from './node-work.ts';
import { type Row, reading, timestampMs } from './row.ts';

/** See the head of this file. */
export interface SelfReport {
  readonly settings: NodeSettings | undefined;
  /** Undefined before 4.1. */
  readonly streams: readonly RunningStream[] | undefined;
  readonly tasks: readonly RunningTask[] | undefined;
  /** Undefined before 4.1. */
  readonly hints: readonly PendingHints[] | undefined;
  readonly pools: readonly ThreadPool[] | undefined;
  /** Of all tables, to the mebibyte. Nodes do not say how much is free. */
  readonly usedBytes: number | undefined;
  /** Why a table could not be read, where it was there. */
  readonly unread: readonly string[];
}

/** Runs a query at the node. */
export type AskRows = (query: string) => Promise<Either<ClusterError, readonly Row[]>>;

const KNOWN = 'SELECT keyspace_name, table_name FROM system_virtual_schema.tables';

/** Asks for what there is. Left: the list of virtual tables could not be read. */
export const selfReportOf = async (ask: AskRows): Promise<Either<ClusterError, SelfReport>> => {
  const listed = await ask(KNOWN);
  if (isLeft(listed)) return listed;
  const known = new Set(
    listed.right.map((row) => `${String(row['keyspace_name'])}.${String(row['table_name'])}`),
  );
  const unread: string[] = [];
  const read = async <T>(
    table: string,
    columns: string,
    make: (rows: readonly Row[]) => Either<ClusterError, T>,
  ): Promise<T | undefined> => {
    if (!known.has(`system_views.${table}`)) return undefined;
    const rows = await ask(`SELECT ${columns} FROM system_views.${table}`);
    const made = isLeft(rows) ? rows : make(rows.right);
    if (!isLeft(made)) return made.right;
    unread.push(`${table}: ${made.left.message}`);
    return undefined;
  };
  const settings = await read('settings', 'name, value', (rows) => right(nodeSettingsOf(rows)));
  const streams = await read(
    'streaming',
    'id, operation, peers, status, progress_percentage',
    runningStreams,
  );
  const tasks = await read('sstable_tasks', '*', runningTasks);
  const hints = await read('pending_hints', 'host_id, address, files', pendingHints);
  const pools = await read('thread_pools', 'name, active_tasks, pending_tasks', threadPools);
  const used = await read('disk_usage', 'mebibytes', usedBytes);
  return right({ settings, streams, tasks, hints, pools, usedBytes: used, unread });
};

/** What the node's clock shows, milliseconds since the epoch. The coordinator of the query is the node itself. */
export const nodeTimeOf = async (ask: AskRows): Promise<Either<ClusterError, number>> => {
  const rows = await ask('SELECT toTimestamp(now()) AS now FROM system.local');
  return isLeft(rows)
    ? rows
    : reading('system.local', () => timestampMs(rows.right[0] ?? {}, 'now'));
};
