// Control plane. One ring out of what CQL lists and what gossip says (spec: gossip §3.1, planning §3). Pure; called by the front door.
import {
  makeRing,
  type Partitioner,
  parseToken,
  type RingEndpoint,
  type RingErrorType,
  type RingNode,
  type RingState,
  ringEndpointText,
  type Token,
} from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import type { NodeInfo } from '../cql/node-info.ts';
import type { GossipState } from '../gossip/gossip-state.ts';

/** A node on its way into the ring, with what conflicts are decided by. */
interface Candidate {
  readonly node: RingNode;
  readonly generation: number;
}

const ofCql = (info: NodeInfo): Candidate => ({
  node: {
    endpoint: info.endpoint,
    hostId: info.hostId,
    dc: info.dc,
    rack: info.rack,
    tokens: info.tokens,
    status: 'normal',
    alive: undefined,
  },
  generation: -1,
});

/** What gossip knows fills in what CQL doesn't, and the other way round. */
const merged = (state: GossipState, known: RingNode | undefined): RingNode => ({
  endpoint: state.endpoint,
  hostId: state.hostId ?? known?.hostId,
  dc: state.dc ?? known?.dc ?? 'UNKNOWN_DC',
  rack: state.rack ?? known?.rack ?? 'UNKNOWN_RACK',
  tokens: state.tokens.length > 0 ? state.tokens : (known?.tokens ?? []),
  status: 'normal',
  alive: state.alive,
});

/** `10.0.0.9` (legacy) or `10.0.0.9:7000`: the node that is replaced. */
const replacedOf = (piece: string | undefined, candidates: readonly RingNode[]) =>
  candidates.find(({ endpoint }) => ringEndpointText(endpoint) === piece || endpoint.host === piece)
    ?.endpoint;

const movingTo = (piece: string | undefined, partitioner: Partitioner): Token | undefined => {
  const token = parseToken(partitioner, piece ?? '');
  return token._tag === 'Right' ? token.right : undefined;
};

/** The node as its status says (spec: gossip §3.1); undefined where it is not in the ring. */
const placed = (
  state: GossipState,
  known: RingNode | undefined,
  others: readonly RingNode[],
  partitioner: Partitioner,
): RingNode | undefined => {
  const node = merged(state, known);
  const piece = state.status?.pieces[0];
  switch (state.status?.state) {
    case 'NORMAL':
    case 'shutdown':
      return node.tokens.length > 0 ? node : undefined;
    case 'LEAVING':
      return { ...node, status: 'leaving' };
    case 'removing':
      // "Member → leaving; non-member → forgotten".
      return known === undefined ? undefined : { ...node, status: 'leaving' };
    case 'MOVING': {
      const newToken = movingTo(piece, partitioner);
      return newToken === undefined ? node : { ...node, status: 'moving', newToken };
    }
    case 'BOOT':
      return state.tokens.length > 0
        ? { ...node, tokens: state.tokens, status: 'joining' }
        : undefined;
    case 'BOOT_REPLACE': {
      const replacing = replacedOf(piece, others);
      const tokens = state.tokens.length > 0 ? state.tokens : (tokensOf(replacing, others) ?? []);
      if (tokens.length === 0) return undefined;
      return {
        ...node,
        tokens,
        status: 'joining',
        ...(replacing === undefined ? {} : { replacing }),
      };
    }
    case 'LEFT':
    case 'removed':
      return undefined;
    default:
      // hibernate, or a status nobody knows: the ring stays as CQL has it.
      return known === undefined ? undefined : { ...known, alive: state.alive };
  }
};

const tokensOf = (endpoint: RingEndpoint | undefined, nodes: readonly RingNode[]) =>
  endpoint === undefined
    ? undefined
    : nodes.find((node) => ringEndpointText(node.endpoint) === ringEndpointText(endpoint))?.tokens;

/** Of two members with the same host id the one that started later stays (spec: gossip §3.1). */
const withoutDoubles = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const latest = new Map<string, Candidate>();
  const keyOf = ({ node }: Candidate) => node.hostId ?? ringEndpointText(node.endpoint);
  const members = candidates.filter(({ node }) => node.status !== 'joining');
  for (const candidate of members) {
    const known = latest.get(keyOf(candidate));
    if (known === undefined || candidate.generation > known.generation)
      latest.set(keyOf(candidate), candidate);
  }
  return candidates.filter(
    (candidate) =>
      candidate.node.status === 'joining' || latest.get(keyOf(candidate)) === candidate,
  );
};

/** A token that two members claim belongs to the one that started later; who loses the last one is out (spec: gossip §3.1). */
const withoutContestedTokens = (
  candidates: readonly Candidate[],
  partitioner: Partitioner,
): readonly RingNode[] => {
  const owner = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (candidate.node.status === 'joining') continue;
    for (const token of candidate.node.tokens.map(partitioner.tokenToText)) {
      const known = owner.get(token);
      if (known === undefined || candidate.generation > known.generation)
        owner.set(token, candidate);
    }
  }
  return candidates.flatMap((candidate) => {
    const { node } = candidate;
    if (node.status === 'joining') return [node];
    const tokens = node.tokens.filter(
      (token) => owner.get(partitioner.tokenToText(token)) === candidate,
    );
    if (tokens.length === node.tokens.length) return [node];
    return tokens.length === 0 ? [] : [{ ...node, tokens }];
  });
};

/**
 * The ring of a cluster. CQL lists its members; gossip, where it was asked, adds those that join or replace, and says who
 * leaves, moves or is down. Without gossip every node is `normal` and nobody knows who is alive.
 * Left: as makeRing of `@scamander/ring`.
 */
export const ringState = (
  partitioner: Partitioner,
  cqlNodes: readonly NodeInfo[],
  gossipStates?: readonly GossipState[],
): Either<RingErrorType, RingState> => {
  const known = new Map(cqlNodes.map((info) => [ringEndpointText(info.endpoint), ofCql(info)]));
  const states = new Map(
    (gossipStates ?? []).map((state) => [ringEndpointText(state.endpoint), state]),
  );
  const members = [...known.values()].map(({ node }) => node);
  const candidates = [...new Set([...known.keys(), ...states.keys()])].flatMap(
    (endpoint): readonly Candidate[] => {
      const cql = known.get(endpoint);
      const state = states.get(endpoint);
      if (state === undefined) return cql === undefined ? [] : [cql];
      const node = placed(state, cql?.node, members, partitioner);
      return node === undefined ? [] : [{ node, generation: state.generation }];
    },
  );
  return makeRing(partitioner, withoutContestedTokens(withoutDoubles(candidates), partitioner));
};
