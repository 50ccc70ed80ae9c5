// Control plane. The releases of the cluster, and whether they are one. Called by all-checks.ts; pure.
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts } from '../facts.ts';
import { found } from '../finding.ts';

/** Release lines that were tried against live nodes. */
const KNOWN_LINES = new Set(['4.0', '4.1', '5.0', '6.0']);

/** `6.0` of `6.0-alpha2` as of `6.0.1`. */
const lineOf = (release: string): string => /^\d+\.\d+/.exec(release)?.[0] ?? release;

/** All nodes together. */
export const checkReleases = ({ nodes }: DoctorFacts): readonly Finding[] => {
  const known = nodes.flatMap(({ node, info, state }) => {
    const release = info?.releaseVersion ?? state?.releaseVersion;
    return release === undefined ? [] : [{ node, release }];
  });
  if (known.length === 0) return [];
  const evidence = known.map(({ node, release }) => `${node}: ${release}`).join('; ');
  const releases = [...new Set(known.map(({ release }) => release))];
  const lines = [...new Set(releases.map(lineOf))];
  const findings: Finding[] = [];
  const strange = lines.filter((line) => !KNOWN_LINES.has(line));
  if (strange.length > 0)
    findings.push(
      found('release', 'warning', undefined, {
        finding: `Cassandra ${strange.join(', ')} was never tried`,
        evidence,
        remedy: 'try with a small table first',
      }),
    );
  if (lines.length > 1)
    findings.push(
      found('release', 'warning', undefined, {
        finding: `the nodes run different releases (${lines.join(' and ')}): each gets what it can read, and schema changes and repairs wait until all are upgraded`,
        evidence,
        remedy: 'finish the upgrade first where it can wait',
      }),
    );
  else if (releases.length > 1)
    findings.push(
      found('release', 'info', undefined, {
        finding: `the nodes run different patch releases (${releases.join(', ')})`,
        evidence,
      }),
    );
  if (findings.length > 0) return findings;
  return [
    found('release', 'ok', undefined, {
      finding: `all nodes run Cassandra ${releases.join(', ')}`,
      evidence,
    }),
  ];
};
