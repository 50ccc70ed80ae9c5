// Control plane. What a node is busy with, out of its virtual tables: streams, compactions, hints, bytes on disk. Called by
// Cluster.selfReport(); pure. A table that a release does not have is undefined.
import type { Either } from 'fp-ts/lib/Either.js';
import type { ClusterError } from '../errors.ts';
import { optionalText, type Row, reading, text, texts, wholeNumber } from './row.ts';

/** A stream that is running (spec: management §4.8). */
export interface RunningStream {
  readonly planId: string;
  readonly operation: string;
  /** As the node writes them, `/10.0.0.2:7000`. */
  readonly peers: readonly string[];
  /** 0 to 100. */
  readonly progressPercent: number;
}

/** A compaction, cleanup, validation, … that is running. */
export interface RunningTask {
  readonly kind: string;
  /** `keyspace.table` */
  readonly table: string;
  readonly progress: number;
  readonly total: number;
  readonly unit: string;
}

/** Hints that wait for one node. */
export interface PendingHints {
  readonly hostId: string;
  readonly address: string | undefined;
  readonly files: number;
}

/** Work that waits for a thread. */
export interface ThreadPool {
  readonly name: string;
  readonly active: number;
  readonly pending: number;
}

const ENDED = new Set(['success', 'failure']);

const percentOf = (row: Row): number => {
  const value = Number(row['progress_percentage'] ?? 0);
  return Number.isFinite(value) ? value : 0;
};

/** Rows of system_views.streaming (4.1 and later) that did not end. */
export const runningStreams = (rows: readonly Row[]): Either<ClusterError, RunningStream[]> =>
  reading('system_views.streaming', () =>
    rows
      .filter((row) => !ENDED.has(text(row, 'status').toLowerCase()))
      .map((row) => ({
        planId: text(row, 'id'),
        operation: text(row, 'operation'),
        peers: texts(row, 'peers'),
        progressPercent: percentOf(row),
      })),
  );

/** Rows of system_views.sstable_tasks. */
export const runningTasks = (rows: readonly Row[]): Either<ClusterError, RunningTask[]> =>
  reading('system_views.sstable_tasks', () =>
    rows.map((row) => ({
      kind: text(row, 'kind').toLowerCase(),
      table: `${text(row, 'keyspace_name')}.${text(row, 'table_name')}`,
      progress: wholeNumber(row, 'progress'),
      total: wholeNumber(row, 'total'),
      unit: text(row, 'unit'),
    })),
  );

/** Rows of system_views.pending_hints (4.1 and later). */
export const pendingHints = (rows: readonly Row[]): Either<ClusterError, PendingHints[]> =>
  reading('system_views.pending_hints', () =>
    rows.map((row) => ({
      hostId: text(row, 'host_id'),
      address: optionalText(row, 'address'),
      files: wholeNumber(row, 'files'),
    })),
  );

/** Rows of system_views.thread_pools. */
export const threadPools = (rows: readonly Row[]): Either<ClusterError, ThreadPool[]> =>
  reading('system_views.thread_pools', () =>
    rows.map((row) => ({
      name: text(row, 'name'),
      active: wholeNumber(row, 'active_tasks'),
      pending: wholeNumber(row, 'pending_tasks'),
    })),
  );

const MIB = 1024 ** 2;

/** Bytes of all tables, to the mebibyte: rows of system_views.disk_usage. */
export const usedBytes = (rows: readonly Row[]): Either<ClusterError, number> =>
  reading('system_views.disk_usage', () =>
    rows.reduce((sum, row) => sum + wholeNumber(row, 'mebibytes') * MIB, 0),
  );
