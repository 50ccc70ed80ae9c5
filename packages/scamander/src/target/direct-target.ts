// Control plane. Embedded nodes as a target: no CQL, no gossip, no schema; each gets everything. Called by openTarget for `direct` targets.
import { makeRing, type Partitioner, type RingNode } from '@scamander/ring';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { ResolvedTable, Target, TargetNode } from './target.ts';

const DC = 'embedded';

const ringNode = (partitioner: Partitioner, endpoint: Endpoint, index: number): RingNode => ({
  endpoint,
  hostId: undefined,
  dc: DC,
  rack: DC,
  // Any distinct tokens serve: with every node a replica of everything, they place nothing.
  tokens: [partitioner.tokenOf(Buffer.from(`${endpointText(endpoint)}#${index}`))],
  status: 'normal',
  alive: undefined,
});

const noTableId = (where: string): ScamanderErrorType => ({
  code: 'SCM_LOAD_NO_TABLE_ID',
  kind: 'refused',
  message: 'the folder’s name holds no table id, and an embedded node knows tables by id only',
  where,
  lost: 'nothing',
  advice: 'name the folder <table>-<32 hex digits>, as Cassandra does',
  retryable: false,
});

const noSchema = (where: string): ScamanderErrorType => ({
  code: 'SCM_DIRECT_NO_SCHEMA',
  kind: 'usage',
  message: 'embedded nodes have no schema, so the tables of a keyspace are not known',
  where,
  lost: 'nothing',
  advice: 'name each table: KEYSPACE.TABLE',
  retryable: false,
});

/** A target of embedded nodes. */
export const directTarget = (
  nodes: readonly Endpoint[],
  partitioner: Partitioner,
): Either<ScamanderErrorType, Target> => {
  const ring = makeRing(
    partitioner,
    nodes.map((endpoint, index) => ringNode(partitioner, endpoint, index)),
  );
  if (isLeft(ring)) {
    return left({
      code: ring.left.code,
      kind: 'usage',
      message: 'the same node is named twice',
      where: nodes.map(endpointText).join(', '),
      lost: 'nothing',
      advice: 'name each node once',
      retryable: false,
    });
  }
  const targetNodes: TargetNode[] = nodes.map((endpoint) => ({
    endpoint,
    dial: endpoint,
    dc: DC,
    rack: DC,
    status: 'normal',
    releaseVersion: undefined,
  }));
  return right({
    name: 'embedded',
    partitioner,
    ring: ring.right,
    nodes: targetNodes,
    localDc: DC,
    look: async () => right(false),
    tablesOf: async (keyspace) => left(noSchema(keyspace)),
    schemaText: async () => right(undefined),
    table: async (keyspace, table, source): Promise<Either<ScamanderErrorType, ResolvedTable>> =>
      source?.tableId === undefined
        ? left(noTableId(source?.directories.join(', ') ?? `${keyspace}.${table}`))
        : right({
            keyspace,
            table,
            tableId: source.tableId,
            schema: undefined,
            indexes: { sai: [], other: [] },
            replication: { strategy: 'EverywhereStrategy' },
          }),
    close: () => Promise.resolve(),
  });
};
