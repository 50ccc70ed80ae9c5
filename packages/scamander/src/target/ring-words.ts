// Control plane. What changed in a ring, in words. Called by the ring watch; pure.
import { type Partitioner, type RingNode, type RingState, ringEndpointText } from '@scamander/ring';

const tokensText = ({ tokenToText }: Partitioner, { tokens }: RingNode): string =>
  tokens.map(tokenToText).sort().join(' ');

const isSameNode = (a: RingNode, b: RingNode): boolean =>
  a.hostId !== undefined && b.hostId !== undefined
    ? a.hostId === b.hostId
    : ringEndpointText(a.endpoint) === ringEndpointText(b.endpoint);

const changesOf = (partitioner: Partitioner, before: RingNode, after: RingNode): string[] => {
  const name = ringEndpointText(after.endpoint);
  const oldName = ringEndpointText(before.endpoint);
  const changes: string[] = [];
  if (oldName !== name) changes.push(`${oldName} has become ${name}`);
  if (before.status !== after.status)
    changes.push(`${name} is ${after.status}, it was ${before.status}`);
  if (tokensText(partitioner, before) !== tokensText(partitioner, after))
    changes.push(`${name} has other tokens`);
  else if (before.status === after.status && before.newToken !== after.newToken)
    changes.push(`${name} moves to another place`);
  if (before.dc !== after.dc || before.rack !== after.rack)
    changes.push(
      `${name} stands in ${after.dc}/${after.rack}, it stood in ${before.dc}/${before.rack}`,
    );
  return changes;
};

/** One sentence; empty where nothing is different. */
export const ringChange = (before: RingState, after: RingState): string => {
  const { partitioner } = after;
  const changes: string[] = [];
  for (const node of after.nodes) {
    const known = before.nodes.find((one) => isSameNode(one, node));
    const name = ringEndpointText(node.endpoint);
    if (known === undefined)
      changes.push(node.status === 'normal' ? `${name} has joined` : `${name} is ${node.status}`);
    else changes.push(...changesOf(partitioner, known, node));
  }
  for (const node of before.nodes)
    if (!after.nodes.some((one) => isSameNode(one, node)))
      changes.push(`${ringEndpointText(node.endpoint)} has left`);
  return changes.join('; ');
};
