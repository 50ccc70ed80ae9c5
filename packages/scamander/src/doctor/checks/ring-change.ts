// Control plane. Nodes that join, leave, move or take another's place. Called by all-checks.ts; pure. (spec: gossip §3.1, planning §3)
import { ringEndpointText } from '@scamander/ring';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';

const REMEDY =
  'wait until it is done where you can: a load covers both owners of each range, a pull asks those that own it now, and both notice when the ring changes';

/** Its place in the ring says it; a node without tokens has none, but a word in gossip. */
const statusOf = ({ ringNode, state }: NodeFacts) =>
  ringNode?.status ?? (state?.status?.state.startsWith('BOOT') === true ? 'joining' : undefined);

const doing = (node: NodeFacts): string | undefined => {
  const { ringNode } = node;
  switch (statusOf(node)) {
    case 'joining':
      return ringNode?.replacing === undefined
        ? 'is joining the ring'
        : `is taking the place of ${ringEndpointText(ringNode.replacing)}`;
    case 'leaving':
      return 'is leaving the ring';
    case 'moving':
      return 'is moving to another token';
    default:
      return undefined;
  }
};

const evidenceOf = ({ state, ringNode }: NodeFacts): string => {
  const { status } = state ?? {};
  const word = status === undefined ? 'not in gossip' : [status.state, ...status.pieces].join(',');
  const tokens = ringNode === undefined ? 'tokens not known' : `${ringNode.tokens.length} tokens`;
  return `gossip says ${word}; ${tokens}`;
};

const ofNode = (node: NodeFacts): readonly Finding[] => {
  const what = doing(node);
  if (what === undefined) return [];
  return [
    found('ring-change', 'warning', node.node, {
      finding: `it ${what}`,
      evidence: evidenceOf(node),
      remedy: REMEDY,
    }),
  ];
};

/** All nodes together. */
export const checkRingChange = (facts: DoctorFacts): readonly Finding[] => {
  const { nodes, gossipSilent, contactError, options } = facts;
  if (options.target.kind === 'direct' || contactError !== undefined) return [];
  const changes = nodes.flatMap(ofNode);
  if (gossipSilent)
    return [
      ...changes,
      found('ring-change', 'warning', undefined, {
        finding: 'no node tells by gossip who joins, moves, leaves or is down',
        evidence: 'all gossip questions stayed without an answer: see dial-back',
        remedy: 'look at nodetool status; let nodes reach us (--announce, firewall)',
      }),
    ];
  const seen = nodes.some(({ state }) => state !== undefined);
  if (!seen || changes.length > 0) return changes;
  const members = nodes.filter(({ ringNode }) => ringNode !== undefined);
  const tokens = members.reduce((sum, { ringNode }) => sum + (ringNode?.tokens.length ?? 0), 0);
  return [
    found('ring-change', 'ok', undefined, {
      finding: 'no node joins, leaves or moves',
      evidence: `${members.length} ${members.length === 1 ? 'member' : 'members'}, ${tokens} tokens`,
    }),
  ];
};
