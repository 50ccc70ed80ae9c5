// Control plane. A live cluster as a target: schema and members over CQL, joining, moving and leaving nodes over gossip.
// Called by openCluster. Reads only; leaves no trace on the nodes.
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
import type { AccessOptions, LoadTarget } from '../load/options.ts';
import type { FrontDoorParts } from '../parts.ts';
import { attachedIndexes, targetTable } from './cluster-schema.ts';
import { mappedTransport, reachable } from './mapped-transport.ts';
import type { ResolvedTable, Target, TargetNews, TargetNode } from './target.ts';

type ClusterOptions = Extract<LoadTarget, { kind: 'cluster' }>;

const ADVICE: Partial<Record<ClusterError['code'], string>> = {
  SCM_CLUSTER_UNREACHABLE:
    'check --to or --from, the CQL port and the firewall; an embedded node without CQL needs --no-cql',
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

/** Undefined where no node tells; empty where none was to be asked. */
const askedStates = async (
  cluster: Cluster,
  infos: readonly NodeInfo[],
  options: AccessOptions,
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
): Promise<readonly GossipState[] | undefined> => {
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
  return undefined;
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
    gcGraceSeconds: schema.gcGraceSeconds,
  });
};

const targetNodes = (
  ring: RingState,
  infos: readonly NodeInfo[],
  states: readonly GossipState[],
  options: AccessOptions,
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

/** What one look at the cluster showed. */
interface Sight {
  readonly ring: RingState;
  readonly nodes: readonly TargetNode[];
  readonly localDc: string;
  /** False where gossip was asked for and no node told. */
  readonly isTold: boolean;
}

const sightOf = async (
  cluster: Cluster,
  options: AccessOptions,
  target: ClusterOptions,
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
): Promise<Either<ScamanderErrorType, Sight>> => {
  const where = target.contactPoints.map(endpointText).join(', ');
  const infos = await cluster.nodes();
  if (isLeft(infos)) return left(clusterRefused(infos.left, where));
  const told = await askedStates(cluster, infos.right, options, parts, emit);
  const states = told ?? [];
  const ring = ringState(cluster.partitioner, infos.right, states);
  if (isLeft(ring))
    return left(
      refusal(
        ring.left.code,
        ringErrorMessage(ring.left),
        where,
        'let the cluster settle, then try again',
      ),
    );
  const nodes = targetNodes(ring.right, infos.right, states, options, target);
  const isTold = told !== undefined;
  return right({ ring: ring.right, nodes, localDc: infos.right[0]?.dc ?? '', isTold });
};

/** Everything of a ring that a plan depends on, as one text; whether nodes are up is not part of it: every job asks them itself. */
const shapeOf = ({ partitioner, nodes }: RingState): string =>
  nodes
    .map(({ endpoint, hostId, dc, rack, status, tokens, newToken }) =>
      [
        endpointText(endpoint),
        hostId ?? '',
        dc,
        rack,
        status,
        tokens.map((token) => partitioner.tokenToText(token)).join(','),
        newToken === undefined ? '' : partitioner.tokenToText(newToken),
      ].join(' '),
    )
    .sort()
    .join('\n');

/** Nodes that join are not gone because nobody tells of them at the moment. */
const untold = ({ contactPoints }: ClusterOptions): ScamanderErrorType => ({
  ...refusal(
    'SCM_GOSSIP_UNREACHABLE',
    'no node tells by gossip who joins, moves or leaves',
    contactPoints.map(endpointText).join(', '),
    'look at the nodes’ logs',
  ),
  retryable: true,
});

class ClusterTarget implements Target {
  readonly #cluster: Cluster;
  readonly #options: AccessOptions;
  readonly #target: ClusterOptions;
  readonly #parts: FrontDoorParts;
  #sight: Sight;

  constructor(
    cluster: Cluster,
    options: AccessOptions,
    target: ClusterOptions,
    parts: FrontDoorParts,
    sight: Sight,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#target = target;
    this.#parts = parts;
    this.#sight = sight;
  }

  get name() {
    return this.#cluster.name;
  }

  get partitioner() {
    return this.#cluster.partitioner;
  }

  get ring() {
    return this.#sight.ring;
  }

  get nodes() {
    return this.#sight.nodes;
  }

  get localDc() {
    return this.#sight.localDc;
  }

  async look(): Promise<Either<ScamanderErrorType, boolean>> {
    const quiet = (): void => undefined;
    // Where nobody told at first, nobody can reach us back: asking again would only take time.
    const options = this.#sight.isTold ? this.#options : { ...this.#options, gossip: false };
    const seen = await sightOf(this.#cluster, options, this.#target, this.#parts, quiet);
    if (isLeft(seen)) return seen;
    if (!seen.right.isTold) return left(untold(this.#target));
    const changed = shapeOf(seen.right.ring) !== shapeOf(this.#sight.ring);
    const { localDc, isTold } = this.#sight;
    if (changed) this.#sight = { ...seen.right, localDc, isTold };
    return right(changed);
  }

  table(keyspace: string, table: string): Promise<Either<ScamanderErrorType, ResolvedTable>> {
    return resolved(this.#cluster, keyspace, table);
  }

  async tablesOf(keyspace: string): Promise<Either<ScamanderErrorType, readonly string[]>> {
    const found = await this.#cluster.keyspace(keyspace);
    return isLeft(found)
      ? left(clusterRefused(found.left, keyspace))
      : right([...found.right.tables].sort());
  }

  async schemaText(
    keyspace: string,
    table?: string,
  ): Promise<Either<ScamanderErrorType, string | undefined>> {
    const found = await this.#cluster.describe(keyspace, table);
    return isLeft(found)
      ? left(clusterRefused(found.left, table === undefined ? keyspace : `${keyspace}.${table}`))
      : found;
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }
}

/** Connects, asks, and keeps the connection for the tables to come. */
export const clusterTarget = async (
  options: AccessOptions,
  target: ClusterOptions,
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
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
  const sight = await sightOf(cluster, options, target, parts, emit);
  if (isLeft(sight)) {
    await cluster.close();
    return sight;
  }
  emit({
    type: 'ClusterSeen',
    name: cluster.name,
    nodes: sight.right.nodes.length,
    releases: [...new Set(sight.right.nodes.flatMap(({ releaseVersion }) => releaseVersion ?? []))],
  });
  return right(new ClusterTarget(cluster, options, target, parts, sight.right));
};
