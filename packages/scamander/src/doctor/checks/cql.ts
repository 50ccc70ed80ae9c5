// Control plane. Is the node's CQL port reachable, and does it let us in? Called by all-checks.ts; pure.
import { clusterErrorMessage } from '@scamander/cluster';
import { endpointText } from '@scamander/wire-codec';
import type { Finding } from '../doctor-types.ts';
import type { CqlFacts, DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { isDown } from './node-down.ts';

type Failed = Extract<CqlFacts, { kind: 'failed' }>;

const remedyFor = ({ error, certificates }: Failed): string => {
  switch (error.code) {
    case 'SCM_CLUSTER_LOGIN':
      return 'give --user, and the password in --password-file or SCAMANDER_PASSWORD';
    case 'SCM_CLUSTER_TLS':
      return 'give --cql-tls-ca, with --cql-tls-cert and --cql-tls-key where it asks for a certificate; --no-cql-tls where the port speaks none';
    case 'SCM_CLUSTER_UNREACHABLE':
      return certificates?.kind === 'seen'
        ? 'the port speaks TLS: give --cql-tls with --cql-tls-ca'
        : 'check the CQL port, rpc_address, the firewall, and --address-map where nodes are known by other addresses here';
    default:
      return 'look at the node’s log';
  }
};

const failure = (facts: DoctorFacts, { node, ringNode, ...rest }: NodeFacts, cql: Failed) => {
  const said = {
    evidence: clusterErrorMessage(cql.error),
    remedy: remedyFor(cql),
  };
  if (isDown({ node, ringNode, ...rest }))
    return found('cql', 'info', node, {
      ...said,
      finding: 'its CQL port is not reached: it is down',
    });
  // One contact point is enough for a load; without any, nothing is known of the ring.
  const severity = facts.contactError === undefined ? 'warning' : 'critical';
  const finding =
    severity === 'critical'
      ? `${endpointText(cql.dialled)} does not let us in by CQL, so the ring and its tables are not known`
      : 'its CQL port does not let us in, so nothing of its settings, clock and work is known';
  return found('cql', severity, node, { ...said, finding });
};

/** See the head of this file. */
export const checkCql = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const { cql } = node;
  if (cql === undefined) return [];
  if (cql.kind === 'failed') return [failure(facts, node, cql)];
  const unread = cql.report === undefined ? ['no virtual table'] : cql.report.unread;
  const secure = cql.certificates?.kind === 'seen' ? ' over TLS' : '';
  if (unread.length > 0)
    return [
      found('cql', 'warning', node.node, {
        finding: 'it answers by CQL, but does not show all of itself',
        evidence: unread.join('; '),
        remedy: 'grant SELECT on system_views to the login to have its settings and work checked',
      }),
    ];
  return [
    found('cql', 'ok', node.node, {
      finding: `it answers by CQL${secure}`,
      evidence: endpointText(cql.dialled),
    }),
  ];
};
