// Control plane. What each replica acknowledged of each table, and how it is asked for that. Called by check-replicas.
import { normalize, type Partitioner } from '@scamander/ring';
import { openSSTable, type SSTableFiles } from '@scamander/sstable-io';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { parseRanges } from '../../jobs/ranges.ts';
import type { LoadTarget } from '../../load/options.ts';
import { badData } from '../../load/source-problems.ts';
import type { Target } from '../../target/target.ts';
import type { Delivery } from '../receipt.ts';
import type { AcknowledgedSSTable } from './compare-replica.ts';

/** An SSTable that may be compared. */
export interface ComparableSSTable {
  /** Path of Data.db. */
  readonly path: string;
  readonly files: SSTableFiles;
}

/** What one replica acknowledged of one table. */
export interface ReplicaGroup {
  readonly keyspace: string;
  readonly table: string;
  /** Endpoint text. */
  readonly replica: string;
  readonly sstables: readonly (ComparableSSTable & { readonly ranges: readonly string[] })[];
}

/** What must be known to ask a replica and to judge its answer. */
export interface ReplicaPlace {
  readonly source: LoadTarget;
  /** Hosts; undefined where the source is that node alone. */
  readonly only: readonly string[] | undefined;
  readonly partitioner: Partitioner;
  /** Undefined where nobody compacts and nothing is purged. */
  readonly gcGraceSeconds: number | undefined;
  readonly droppedColumns: ReadonlySet<string>;
}

/** The acknowledged deliveries of these SSTables, which go by the names of the receipt. */
export const groupsOf = (
  deliveries: readonly Delivery[],
  sstables: ReadonlyMap<string, ComparableSSTable>,
): readonly ReplicaGroup[] => {
  const groups = new Map<
    string,
    ReplicaGroup & { readonly sstables: ReplicaGroup['sstables'][number][] }
  >();
  for (const { status, sstable, keyspace, table, replica, ranges } of deliveries) {
    const found = sstables.get(sstable);
    if (status !== 'acknowledged' || found === undefined) continue;
    const key = JSON.stringify([keyspace, table, replica]);
    const group = groups.get(key) ?? { keyspace, table, replica, sstables: [] };
    groups.set(key, group);
    group.sstables.push({ ...found, ranges });
  }
  return [...groups.values()];
};

/** The SSTables of a group, each once, with all of its ranges. */
export const acknowledgedOf = (
  { sstables }: ReplicaGroup,
  partitioner: Partitioner,
): Either<ScamanderErrorType, readonly AcknowledgedSSTable[]> => {
  const byPath = new Map<string, AcknowledgedSSTable>();
  for (const { path, files, ranges } of sstables) {
    const parsed = parseRanges(ranges, partitioner);
    if (isLeft(parsed)) return parsed;
    const before = byPath.get(path)?.ranges ?? [];
    const all = normalize(partitioner, [...before, ...(parsed.right ?? [])]);
    byPath.set(path, { path, files, ranges: all });
  }
  return right([...byPath.values()]);
};

const noReplica = (replica: string, name: string): ScamanderErrorType => ({
  code: 'SCM_VERIFY_NO_REPLICA',
  kind: 'refused',
  message: `${replica}, which acknowledged SSTables, is no node of ${name}`,
  where: replica,
  lost: 'nothing; what it took is not checked',
  advice:
    'name the cluster that was loaded; where the node was replaced, a repair makes up for what it took with it',
  retryable: false,
});

/** Embedded nodes do not tell it; every SSTable does. */
const partitionerOf = async ({
  sstables,
}: ReplicaGroup): Promise<Either<ScamanderErrorType, Partitioner | undefined>> => {
  const [first] = sstables;
  if (first === undefined) return right(undefined);
  const opened = await openSSTable(first.files);
  if (isLeft(opened)) return left(badData(opened.left));
  const { partitioner } = opened.right;
  await opened.right.close();
  return right(partitioner);
};

const directPlace = async (
  group: ReplicaGroup,
  { nodes }: Extract<LoadTarget, { kind: 'direct' }>,
): Promise<Either<ScamanderErrorType, ReplicaPlace>> => {
  const node = nodes.find((endpoint) => endpointText(endpoint) === group.replica);
  const partitioner = await partitionerOf(group);
  if (isLeft(partitioner)) return partitioner;
  if (node === undefined || partitioner.right === undefined)
    return left(noReplica(group.replica, 'those that are named'));
  return right({
    source: { kind: 'direct', nodes: [node] },
    only: undefined,
    partitioner: partitioner.right,
    gcGraceSeconds: undefined,
    droppedColumns: new Set(),
  });
};

/** Finds the replica of a group; `target` is the cluster where the source is one. */
export const placeOf = async (
  group: ReplicaGroup,
  source: LoadTarget,
  target: Target | undefined,
): Promise<Either<ScamanderErrorType, ReplicaPlace>> => {
  if (source.kind === 'direct' || target === undefined)
    return source.kind === 'direct'
      ? directPlace(group, source)
      : left(noReplica(group.replica, 'a cluster'));
  const { keyspace, table, replica } = group;
  const node = target.nodes.find(({ endpoint }) => endpointText(endpoint) === replica);
  if (node === undefined) return left(noReplica(replica, target.name));
  const resolved = await target.table(keyspace, table);
  if (isLeft(resolved)) return resolved;
  return right({
    source,
    only: [node.endpoint.host],
    partitioner: target.partitioner,
    gcGraceSeconds: resolved.right.gcGraceSeconds,
    droppedColumns: resolved.right.schema?.droppedColumns ?? new Set(),
  });
};
