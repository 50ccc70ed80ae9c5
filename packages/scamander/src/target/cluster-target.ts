// Control plane. A live cluster as a target: schema and members over CQL, joining, moving and leaving nodes over gossip.
// Called by load for `cluster` targets. Reads only; leaves no trace on the nodes.
import {
  askGossip,
  type Cluster,
  type ClusterError,
  connectCluster,
  type GossipState,
  gossipErrorMessage,
  type NodeInfo,
  ringState,
  type TableSchema,
} from '@scamander/cluster';
import { type RingState, ringErrorMessage } from '@scamander/ring';
import { endpointText, sameEndpoint } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import type { LoadEvent } from '../load/events.ts';
import type { LoadOptions, LoadTarget } from '../load/options.ts';
import type { FrontDoorParts } from '../parts.ts';
import { attachedIndexes, targetTable } from './cluster-schema.ts';
import { mappedTransport, reachable } from './mapped-transport.ts';
import type { ResolvedTable, Target, TargetNode } from './target.ts';

type ClusterOptions = Extract<LoadTarget, { kind: 'cluster' }>;

const ADVICE: Partial<Record<ClusterError['code'], string>> = {
  SCM_CLUSTER_UNREACHABLE:
    'check --to, the CQL port and the firewall; an embedded node without CQL needs --no-cql',
  SCM_CLUSTER_LOGIN: 'give --user, and the password in --password-file or SCAMANDER_PASSWORD',
  SCM_CLUSTER_TLS: 'give --cql-tls and --cql-tls-ca',
  SCM_CLUSTER_UNKNOWN_KEYSPACE:
    'create the keyspace and its table first, or name another with --keyspace',
  SCM_CLUSTER_UNKNOWN_TABLE: 'create the table first, or name another with --table',
};

const clusterRefused = (error: ClusterError, where: string): ScamanderErrorType =>
  refusal(error.code, error.message, where, ADVICE[error.code] ?? 'look at the node’s log');

const releaseOf = (
  node: { readonly host: string; readonly port: number },
  infos: readonly NodeInfo[],
  states: readonly GossipState[],
) =>
  infos.find(({ endpoint }) => sameEndpoint(endpoint, node))?.releaseVersion ??
  states.find(({ endpoint }) => sameEndpoint(endpoint, node))?.releaseVersion;

const askedStates = async (
  cluster: Cluster,
  infos: readonly NodeInfo[],
  options: LoadOptions,
  parts: FrontDoorParts,
  emit: (event: LoadEvent) => void,
): Promise<readonly GossipState[]> => {
  if (options.gossip === false) return [];
  const problems: string[] = [];
  for (const info of infos) {
    const dial = reachable(info.endpoint, options.addressMap);
    const answer = await askGossip(
      {
        transport: mappedTransport(
          parts.transport(options.tls),
          new Map([[endpointText(info.endpoint), dial]]),
        ),
        clock: parts.clock,
        unixMs: parts.unixMs,
        random: parts.random,
      },
      { node: info.endpoint, clusterName: cluster.name, partitioner: cluster.partitioner },
    );
    if (!isLeft(answer)) return answer.right;
    problems.push(gossipErrorMessage(answer.left.detail));
    // Another node helps when this one is down or still starting, not when nobody can reach us back.
    if (answer.left.code !== 'SCM_GOSSIP_UNREACHABLE' && answer.left.code !== 'SCM_GOSSIP_STARTING')
      break;
  }
  emit({
    type: 'Warning',
    message: `no node tells by gossip who joins, moves or leaves (${problems.join('; ')}); nodes that are not yet members would miss the data until they are repaired`,
  });
  return [];
};

const resolved = async (
  cluster: Cluster,
  keyspace: string,
  table: string,
): Promise<Either<ScamanderErrorType, ResolvedTable>> => {
  const where = `${keyspace}.${table}`;
  const holder = await cluster.keyspace(keyspace);
  if (isLeft(holder)) return left(clusterRefused(holder.left, where));
  const found = await cluster.table(keyspace, table);
  if (isLeft(found)) return left(clusterRefused(found.left, where));
  const schema: TableSchema = found.right;
  if (schema.kind === 'view') {
    return left(
      refusal(
        'SCM_LOAD_VIEW',
        `${where} is a materialized view; nodes make its data themselves`,
        where,
        'load its base table',
      ),
    );
  }
  const target = targetTable(schema, cluster.partitioner.className);
  if (isLeft(target)) {
    return left(
      refusal(
        'SCM_LOAD_SCHEMA',
        `the table has a type that can’t be read: ${target.left.message}`,
        where,
        'please report this type',
      ),
    );
  }
  return right({
    keyspace,
    table,
    tableId: schema.id,
    schema: target.right,
    indexes: attachedIndexes(schema),
    replication: holder.right.replication,
  });
};

const targetNodes = (
  ring: RingState,
  infos: readonly NodeInfo[],
  states: readonly GossipState[],
  options: LoadOptions,
  target: ClusterOptions,
): readonly TargetNode[] =>
  ring.nodes.map((node) => {
    const dial = reachable(node.endpoint, options.addressMap);
    const isMapped = dial.host !== node.endpoint.host || dial.port !== node.endpoint.port;
    return {
      endpoint: node.endpoint,
      dial:
        isMapped || target.storagePort === undefined
          ? dial
          : { host: dial.host, port: target.storagePort },
      dc: node.dc,
      rack: node.rack,
      status: node.status,
      releaseVersion: releaseOf(node.endpoint, infos, states) ?? '0',
    };
  });

/** Connects, asks, and keeps the connection for the tables to come. */
export const clusterTarget = async (
  options: LoadOptions,
  target: ClusterOptions,
  parts: FrontDoorParts,
  emit: (event: LoadEvent) => void,
): Promise<Either<ScamanderErrorType, Target>> => {
  const where = target.contactPoints.map(endpointText).join(', ');
  const connected = await connectCluster({
    contactPoints: target.contactPoints,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.cqlTls === undefined ? {} : { tls: target.cqlTls }),
  });
  if (isLeft(connected)) return left(clusterRefused(connected.left, where));
  const cluster = connected.right;
  const giveUp = async (error: ScamanderErrorType): Promise<Either<ScamanderErrorType, Target>> => {
    await cluster.close();
    return left(error);
  };
  const infos = await cluster.nodes();
  if (isLeft(infos)) return giveUp(clusterRefused(infos.left, where));
  const states = await askedStates(cluster, infos.right, options, parts, emit);
  const ring = ringState(cluster.partitioner, infos.right, states);
  if (isLeft(ring))
    return giveUp(
      refusal(
        ring.left.code,
        ringErrorMessage(ring.left),
        where,
        'let the cluster settle, then try again',
      ),
    );
  const nodes = targetNodes(ring.right, infos.right, states, options, target);
  emit({
    type: 'ClusterSeen',
    name: cluster.name,
    nodes: nodes.length,
    releases: [...new Set(nodes.flatMap(({ releaseVersion }) => releaseVersion ?? []))],
  });
  return right({
    name: cluster.name,
    partitioner: cluster.partitioner,
    ring: ring.right,
    nodes,
    localDc: infos.right[0]?.dc ?? '',
    table: (_source, keyspace, table) => resolved(cluster, keyspace, table),
    close: () => cluster.close(),
  });
};
