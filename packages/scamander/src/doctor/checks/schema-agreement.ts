// Control plane. Whether all nodes hold the same schema. Called by all-checks.ts; pure.
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { isDown } from './node-down.ts';

/** Its own word comes first; a node that has not answered is known by what others say. */
const versionOf = ({ info, state }: NodeFacts): string | undefined =>
  state?.schemaVersion ?? info?.schemaVersion;

const groupsOf = (nodes: readonly NodeFacts[]): ReadonlyMap<string, readonly string[]> => {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const version = versionOf(node);
    if (version !== undefined) groups.set(version, [...(groups.get(version) ?? []), node.node]);
  }
  return groups;
};

const textOf = (groups: ReadonlyMap<string, readonly string[]>): string =>
  [...groups].map(([version, nodes]) => `${version}: ${nodes.join(', ')}`).join('; ');

const outdated = (up: ReadonlyMap<string, unknown>, down: readonly NodeFacts[]): Finding[] =>
  down.flatMap((node) => {
    const version = versionOf(node);
    if (version === undefined || up.has(version)) return [];
    return [
      found('schema-agreement', 'warning', node.node, {
        finding: 'it went down with another schema than the others have now',
        evidence: version,
        remedy: 'when it is back, wait until nodetool describecluster shows one schema version',
      }),
    ];
  });

/** All nodes together; those that are down are told apart. */
export const checkSchemaAgreement = ({ nodes }: DoctorFacts): readonly Finding[] => {
  const up = groupsOf(nodes.filter((node) => !isDown(node)));
  if (up.size === 0) return [];
  const late = outdated(up, nodes.filter(isDown));
  if (up.size > 1)
    return [
      found('schema-agreement', 'warning', undefined, {
        finding: `the nodes hold ${up.size} schemas: one that does not know a table or a column fails its sessions`,
        evidence: textOf(up),
        remedy:
          'wait until nodetool describecluster shows one schema version; nodetool resetlocalschema on a node that stays behind',
      }),
      ...late,
    ];
  return [
    found('schema-agreement', 'ok', undefined, {
      finding: 'all nodes that are up hold the same schema',
      evidence: textOf(up),
    }),
    ...late,
  ];
};
