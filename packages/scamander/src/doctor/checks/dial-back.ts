// Control plane. Do the nodes reach us? A gossip answer comes over a connection of the node's own, to the address that we announce, as the files of
// a pull do. Called by all-checks.ts; pure. (spec: streaming-4.0-plus §8.2, gossip §5)
import { gossipErrorMessage } from '@scamander/cluster';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { isDown } from './node-down.ts';

const ADDRESS =
  '--announce an address and port that nodes can dial (NAT, containers, firewall), --listen where it leads to';

const remedyFor = ({ options: { tls } }: DoctorFacts): string => {
  if (tls === undefined) return ADDRESS;
  return tls.cert === undefined
    ? `give --tls-cert and --tls-key, without which nobody can listen with TLS; ${ADDRESS}`
    : `${ADDRESS}; they must trust our certificate, and it must be for servers too`;
};

/** One node. */
export const checkDialBack = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const { dialBack } = node;
  if (dialBack === undefined || isDown(node)) return [];
  const { announced } = dialBack;
  if (dialBack.kind === 'reached')
    return [
      found('dial-back', 'ok', node.node, {
        finding: `it reaches us at ${announced}`,
        evidence: 'it answered a gossip question over a connection of its own',
      }),
    ];
  // The storage port's matter, which is told there.
  if (dialBack.error.code === 'SCM_GOSSIP_UNREACHABLE') return [];
  const asked = facts.options.announce !== undefined;
  const evidence = gossipErrorMessage(dialBack.error);
  const severity = asked ? 'critical' : 'warning';
  if (dialBack.error.code === 'SCM_GOSSIP_LISTEN')
    return [
      found('dial-back', severity, node.node, {
        finding: 'we can’t listen for what nodes send: a pull is not possible, a load is',
        evidence,
        remedy: 'give --listen with an address of this machine and a free port',
      }),
    ];
  return [
    found('dial-back', severity, node.node, {
      finding: `it does not reach us at ${announced}: a pull from it brings nothing, a load works`,
      evidence,
      remedy: remedyFor(facts),
    }),
  ];
};
