// Control plane. The ring as one immutable value: members, their tokens in order, and who comes, goes and moves (Cassandra: TokenMetadata).
// Called by placement, pending ranges, the planner and cluster. Holds no strategy and no clock.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { RingErrorType } from './errors.ts';
import { RING_NODES_MAX, RING_TOKENS_MAX } from './limits.ts';
import { isMember, type RingNode, ringEndpointText } from './ring-node.ts';
import type { Partitioner, Token, TokenRange } from './token.ts';

/** A token and its owner. */
export interface TokenOwner {
  readonly token: Token;
  readonly node: RingNode;
}

/** Nodes and tokens of one cluster. Made by {@link makeRing}; never changed. */
export interface RingState {
  readonly partitioner: Partitioner;
  /** All nodes, in the order given. */
  readonly nodes: readonly RingNode[];
  /** Those that own tokens. */
  readonly members: readonly RingNode[];
  /** Tokens of the members, ascending. */
  readonly owners: readonly TokenOwner[];
}

/** A ring without any check, for derived rings in which replaced nodes have lost their tokens. */
export const assembleRing = (partitioner: Partitioner, nodes: readonly RingNode[]): RingState => {
  const members = nodes.filter(isMember);
  const owners = members
    .flatMap((node) => node.tokens.map((token) => ({ token, node })))
    .sort((a, b) => partitioner.compare(a.token, b.token));
  return { partitioner, nodes, members, owners };
};

const checkNodes = (nodes: readonly RingNode[]): RingErrorType | undefined => {
  const code = 'SCM_RING_TOO_LARGE';
  if (nodes.length > RING_NODES_MAX)
    return { code, what: 'nodes', count: nodes.length, limit: RING_NODES_MAX };
  const tokens = nodes.reduce((sum, node) => sum + node.tokens.length, 0);
  if (tokens > RING_TOKENS_MAX)
    return { code, what: 'tokens', count: tokens, limit: RING_TOKENS_MAX };
  const seen = new Set<string>();
  for (const node of nodes) {
    const endpoint = ringEndpointText(node.endpoint);
    if (seen.has(endpoint)) return { code: 'SCM_RING_DUPLICATE_NODE', endpoint };
    seen.add(endpoint);
    if (node.status === 'moving' && node.newToken === undefined)
      return { code: 'SCM_RING_NODE', endpoint, reason: 'it moves, but nobody says where to' };
  }
  return undefined;
};

const collision = (
  partitioner: Partitioner,
  owners: readonly TokenOwner[],
): RingErrorType | undefined => {
  for (let index = 1; index < owners.length; index++) {
    const before = owners[index - 1] as TokenOwner;
    const here = owners[index] as TokenOwner;
    if (partitioner.compare(before.token, here.token) === 0) {
      return {
        code: 'SCM_RING_TOKEN_COLLISION',
        token: partitioner.tokenToText(here.token),
        first: ringEndpointText(before.node.endpoint),
        second: ringEndpointText(here.node.endpoint),
      };
    }
  }
  return undefined;
};

/** A joining node may take a token from nobody but the node it replaces (spec: planning §3 rule 7). */
const joiningCollision = (ring: RingState): RingErrorType | undefined => {
  const joiners = ring.nodes.filter((node) => node.status === 'joining');
  if (joiners.length === 0) return undefined;
  const { tokenToText } = ring.partitioner;
  const claims = new Map(ring.owners.map(({ token, node }) => [tokenToText(token), node]));
  for (const joiner of joiners) {
    const replaced = joiner.replacing && ringEndpointText(joiner.replacing);
    for (const token of joiner.tokens.map(tokenToText)) {
      const owner = claims.get(token);
      const second = ringEndpointText(joiner.endpoint);
      const first = owner && ringEndpointText(owner.endpoint);
      if (first !== undefined && first !== replaced)
        return { code: 'SCM_RING_TOKEN_COLLISION', token, first, second };
      claims.set(token, joiner);
    }
  }
  return undefined;
};

/**
 * Checks the nodes and puts their tokens in order.
 * Left: `SCM_RING_TOKEN_COLLISION`, `SCM_RING_DUPLICATE_NODE`, `SCM_RING_NODE`, `SCM_RING_TOO_LARGE`.
 */
export const makeRing = (
  partitioner: Partitioner,
  nodes: readonly RingNode[],
): Either<RingErrorType, RingState> => {
  const wrongNode = checkNodes(nodes);
  if (wrongNode !== undefined) return left(wrongNode);
  const ring = assembleRing(partitioner, nodes);
  const wrong = collision(partitioner, ring.owners) ?? joiningCollision(ring);
  return wrong === undefined ? right(ring) : left(wrong);
};

/** Index of the first owner whose token is ≥ `token`, 0 past the last (spec: planning §3 rule 1). */
export const firstOwnerIndex = (ring: RingState, token: Token): number => {
  let low = 0;
  let high = ring.owners.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ring.partitioner.compare((ring.owners[middle] as TokenOwner).token, token) < 0)
      low = middle + 1;
    else high = middle;
  }
  return low === ring.owners.length ? 0 : low;
};

/** (predecessor, token] of the owner at this index; the whole ring when it is the only one (spec: planning §3 rule 3). */
export const primaryRangeAt = (ring: RingState, index: number): TokenRange => {
  const before = ring.owners.at(index - 1) as TokenOwner;
  return { left: before.token, right: (ring.owners[index] as TokenOwner).token };
};

/** The node with this endpoint, by address and port. */
export const nodeAt = (
  ring: RingState,
  endpoint: { readonly host: string; readonly port: number },
): RingNode | undefined =>
  ring.nodes.find(
    (node) => node.endpoint.host === endpoint.host && node.endpoint.port === endpoint.port,
  );
