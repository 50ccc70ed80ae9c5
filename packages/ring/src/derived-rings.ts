// Control plane. The ring as it will be: without those who leave, with one who joined or moved. Called by pending ranges.
import { type RingNode, ringEndpointText } from './ring-node.ts';
import { assembleRing, type RingState } from './ring-state.ts';
import type { Token } from './token.ts';

const without = (node: RingNode, taken: ReadonlySet<string>, ring: RingState): RingNode => {
  const kept = node.tokens.filter((token) => !taken.has(ring.partitioner.tokenToText(token)));
  return kept.length === node.tokens.length ? node : { ...node, tokens: kept };
};

/**
 * The ring after `endpoint` became a normal member with exactly these tokens; whoever had one of them loses it but is
 * still counted in its datacenter and rack (Cassandra: updateNormalTokens; spec: planning §3 rule 4).
 */
export const withTokens = (
  ring: RingState,
  node: RingNode,
  tokens: readonly Token[],
): RingState => {
  const key = ringEndpointText(node.endpoint);
  const { newToken, replacing, ...rest } = node;
  const taken = new Set(tokens.map((token) => ring.partitioner.tokenToText(token)));
  const settled: RingNode = { ...rest, status: 'normal', tokens };
  const others = ring.nodes.filter((other) => ringEndpointText(other.endpoint) !== key);
  return assembleRing(ring.partitioner, [
    ...others.map((other) => (other.status === 'joining' ? other : without(other, taken, ring))),
    settled,
  ]);
};

/** The ring without this node. */
export const withoutNode = (ring: RingState, node: RingNode): RingState => {
  const key = ringEndpointText(node.endpoint);
  return assembleRing(
    ring.partitioner,
    ring.nodes.filter((other) => ringEndpointText(other.endpoint) !== key),
  );
};

/** The ring without its leaving nodes (spec: planning §3 rule 5). */
export const afterAllLeft = (ring: RingState): RingState =>
  assembleRing(
    ring.partitioner,
    ring.nodes.filter((node) => node.status !== 'leaving'),
  );

/** The ring when everybody has left, moved and joined (Cassandra: cloneAfterAllSettled, joiners added). */
export const afterAllSettled = (ring: RingState): RingState => {
  let settled = afterAllLeft(ring);
  for (const node of settled.nodes) {
    if (node.status === 'moving' && node.newToken !== undefined)
      settled = withTokens(settled, node, [node.newToken]);
    else if (node.status === 'joining') settled = withTokens(settled, node, node.tokens);
  }
  return settled;
};
