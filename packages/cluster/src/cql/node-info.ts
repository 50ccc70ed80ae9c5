// Control plane. The nodes of a ring as system.local and system.peers_v2 of one node list them. Pure; called by Cluster.nodes().
import { type Partitioner, parseToken, type Token } from '@scamander/ring';
import type { Endpoint } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ClusterError } from '../errors.ts';
import { optionalText, type Row, reading, text, texts, wholeNumber } from './row.ts';

/** One member of the ring. Nodes that have not joined yet are not in CQL: see askGossip. */
export interface NodeInfo {
  /** Broadcast address and storage port: the node's name in the ring. */
  readonly endpoint: Endpoint;
  /** Where its storage port listens, if it says so; only the asked node does. */
  readonly listen: Endpoint | undefined;
  /** Where it serves CQL. */
  readonly native: Endpoint;
  readonly hostId: string;
  readonly dc: string;
  readonly rack: string;
  readonly releaseVersion: string;
  /** Undefined while a node says none. */
  readonly schemaVersion: string | undefined;
  readonly tokens: readonly Token[];
}

interface NodeTexts extends Omit<NodeInfo, 'tokens'> {
  readonly tokens: readonly string[];
}

const common = (row: Row) => ({
  hostId: text(row, 'host_id'),
  dc: text(row, 'data_center'),
  rack: text(row, 'rack'),
  releaseVersion: text(row, 'release_version'),
  schemaVersion: optionalText(row, 'schema_version'),
  tokens: texts(row, 'tokens'),
});

const localNode = (row: Row): NodeTexts => ({
  ...common(row),
  endpoint: { host: text(row, 'broadcast_address'), port: wholeNumber(row, 'broadcast_port') },
  listen: { host: text(row, 'listen_address'), port: wholeNumber(row, 'listen_port') },
  native: { host: text(row, 'rpc_address'), port: wholeNumber(row, 'rpc_port') },
});

const peerNode = (row: Row): NodeTexts => ({
  ...common(row),
  endpoint: { host: text(row, 'peer'), port: wholeNumber(row, 'peer_port') },
  listen: undefined,
  native: { host: text(row, 'native_address'), port: wholeNumber(row, 'native_port') },
});

/** Rows of nodes that never finished joining, or were removed badly, lack most columns; drivers pass over them, and so do we. */
const isWhole = (row: Row): boolean =>
  ['host_id', 'data_center', 'rack', 'release_version', 'native_address', 'native_port'].every(
    (column) => optionalText(row, column) !== undefined,
  ) && texts(row, 'tokens').length > 0;

const withTokens = (node: NodeTexts, partitioner: Partitioner): Either<ClusterError, NodeInfo> => {
  const tokens: Token[] = [];
  for (const word of node.tokens) {
    const token = parseToken(partitioner, word);
    if (isLeft(token))
      return left(new ClusterError({ code: 'SCM_CLUSTER_RING', cause: token.left }));
    tokens.push(token.right);
  }
  return right({ ...node, tokens });
};

/**
 * All members, the asked node first. Left: `SCM_CLUSTER_BAD_ROW`, `SCM_CLUSTER_RING`.
 * Source: system.local and system.peers_v2 of 4.0 and later.
 */
export const nodesOf = (
  local: Row,
  peers: readonly Row[],
  partitioner: Partitioner,
): Either<ClusterError, readonly NodeInfo[]> => {
  const own = reading('system.local', () => localNode(local));
  if (isLeft(own)) return own;
  const others = reading('system.peers_v2', () => peers.filter(isWhole).map(peerNode));
  if (isLeft(others)) return others;
  const nodes: NodeInfo[] = [];
  for (const node of [own.right, ...others.right]) {
    const whole = withTokens(node, partitioner);
    if (isLeft(whole)) return whole;
    nodes.push(whole.right);
  }
  return right(nodes);
};

/** Which nodes hold which schema version; more than one version is disagreement. */
export interface SchemaAgreement {
  readonly agreed: boolean;
  /** Schema version → nodes. Nodes that say none are left out. */
  readonly versions: ReadonlyMap<string, readonly Endpoint[]>;
}

/** Groups the nodes by schema version. */
export const schemaAgreementOf = (nodes: readonly NodeInfo[]): SchemaAgreement => {
  const versions = new Map<string, Endpoint[]>();
  for (const { schemaVersion, endpoint } of nodes) {
    if (schemaVersion === undefined) continue;
    versions.set(schemaVersion, [...(versions.get(schemaVersion) ?? []), endpoint]);
  }
  return { agreed: versions.size <= 1, versions };
};
