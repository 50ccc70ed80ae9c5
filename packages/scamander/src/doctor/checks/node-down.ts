// Control plane. Which nodes are down, by the word of the others and our own. Called by all-checks.ts and by checks that must not repeat it; pure.
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';

const answers = ({ storage, dialBack }: NodeFacts): boolean =>
  storage.plain.kind === 'answered' ||
  storage.secure?.kind === 'answered' ||
  storage.certificates?.kind === 'seen' ||
  dialBack?.kind === 'reached';

/** It said goodbye, or its heart stands still and it does not answer us either. A node that answers is up, whatever others say. */
export const isDown = (node: NodeFacts): boolean => !answers(node) && node.state?.alive === false;

const reasonOf = ({ state }: NodeFacts): string => {
  const status = state?.status?.state;
  return status === 'shutdown' || status === 'hibernate' || status === 'removing'
    ? `its last word in gossip is ${status}`
    : `its heartbeat stands still at ${state?.heartbeatVersion ?? '?'}, and its storage port does not answer`;
};

/** See the head of this file. */
export const checkNodeDown = (_facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  if (!isDown(node)) return [];
  return [
    found('node-down', 'warning', node.node, {
      finding:
        'it is down: a load reaches its ranges at the other replicas only, a pull takes them from those',
      evidence: reasonOf(node),
      remedy:
        'start it first; else repair it afterwards (nodetool repair), or take --consistency that the others reach',
    }),
  ];
};
