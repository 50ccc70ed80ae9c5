// Control plane. Which streaming versions each node takes, and what they say of its compatibility mode. Called by all-checks.ts; pure.
// (spec: streaming-4.0-plus §1.5)
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';

const releaseOf = ({ info, state }: NodeFacts): string | undefined =>
  info?.releaseVersion ?? state?.releaseVersion;

/** In words, where versions tell it. */
export const compatibilityMode = (release: string | undefined, taken: readonly number[]) => {
  const major = Number.parseInt(release ?? '', 10);
  if (major === 5 && taken.includes(12)) return 'storage_compatibility_mode CASSANDRA_4';
  if (major === 5 && taken.includes(13)) return 'storage_compatibility_mode UPGRADING or NONE';
  return undefined;
};

/** What a mode means for a load. */
const meaningOf = (mode: string | undefined): string =>
  mode?.endsWith('CASSANDRA_4') === true ? '; it takes no whole oa SSTables, and writes nb' : '';

/** One node. */
export const checkProtocol = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const { taken } = node.storage;
  if (taken.length === 0) return [];
  const release = releaseOf(node);
  const evidence = `of 12, 13 and 14 it takes ${taken.join(' and ')}${release === undefined ? '' : `; Cassandra ${release}`}`;
  const { protocol = 'auto' } = facts.options;
  if (protocol !== 'auto' && !taken.includes(protocol))
    return [
      found('protocol', 'critical', node.node, {
        finding: `it does not take streaming version ${protocol}`,
        evidence,
        remedy: 'leave --protocol out',
      }),
    ];
  const mode = compatibilityMode(release, taken);
  return [
    found('protocol', mode === undefined ? 'ok' : 'info', node.node, {
      finding:
        mode === undefined
          ? `it streams with version ${taken.join(' or ')}`
          : `it streams with version ${taken.join(' or ')}: it runs in ${mode}${meaningOf(mode)}`,
      evidence,
    }),
  ];
};

/** All nodes together: those without a common version can't stream among each other, whatever we can. */
export const checkCommonProtocol = ({ nodes }: DoctorFacts): readonly Finding[] => {
  const known = nodes.filter(({ storage }) => storage.taken.length > 0);
  const common = known.reduce<readonly number[]>(
    (versions, { storage }) =>
      versions.filter((version) => storage.taken.some((one) => one === version)),
    [12, 13, 14],
  );
  if (known.length < 2 || common.length > 0) return [];
  return [
    found('protocol', 'warning', undefined, {
      finding:
        'the nodes have no streaming version in common: bootstrap, rebuild and repair between them fail; loads and pulls speak to each in its own',
      evidence: known.map(({ node, storage }) => `${node}: ${storage.taken.join(', ')}`).join('; '),
      remedy: 'finish the upgrade, or bring all nodes to one storage_compatibility_mode',
    }),
  ];
};
