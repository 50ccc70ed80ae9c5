// Control plane. doctor() at a real node, and its findings by name. Called by the tests.
import type { Node } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';
import {
  type DoctorCheck,
  type DoctorOptions,
  type DoctorReport,
  doctor,
  type Finding,
  type Severity,
} from '../../src/index.ts';

/** What a test may say; the cluster is the node's unless it says so. */
export type Asked = Partial<DoctorOptions>;

/** Examines; what could not even begin is an error. */
export const examined = async (node: Node, asked: Asked = {}): Promise<DoctorReport> => {
  const run = doctor({
    target: { kind: 'cluster', contactPoints: [{ host: node.address, port: node.nativePort }] },
    ...asked,
  });
  const emitted: Finding[] = [];
  run.events$.subscribe(({ finding }) => emitted.push(finding));
  const result = await run.result;
  if (result._tag === 'Left') {
    const { code, message, where } = result.left;
    throw new Error(`${code}: ${message} (${where})`);
  }
  assert.equal(emitted, result.right.findings, 'each finding is an event');
  return result.right;
};

/** `host:port`, as findings name a node. */
export const nameOf = (node: Node): string => `${node.address}:${node.storagePort}`;

/** Findings of one check, at one node where it is given. */
export const findingsOf = (
  { findings }: DoctorReport,
  check: DoctorCheck,
  node?: Node,
): readonly Finding[] =>
  findings.filter(
    (one) => one.check === check && (node === undefined || one.node === nameOf(node)),
  );

const printed = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ check, severity, node, finding, evidence }) =>
        `${severity} ${check} ${node}: ${finding} [${evidence}]`,
    )
    .join('\n');

/** No finding is worse than that, except of the checks that are named. */
export const assertNoneWorse = (
  { findings }: DoctorReport,
  but: readonly DoctorCheck[] = [],
): void => {
  const worse = findings.filter(
    ({ severity, check }) =>
      (severity === 'critical' || severity === 'warning') && !but.includes(check),
  );
  assert.equal(worse, [], printed(worse));
};

/** Exactly one finding of that check and severity, whose sentence matches; gives it. */
export const assertFound = (
  report: DoctorReport,
  check: DoctorCheck,
  severity: Severity,
  finding: RegExp,
  node?: Node,
): Finding => {
  const fitting = findingsOf(report, check, node).filter(
    (one) => one.severity === severity && finding.test(one.finding),
  );
  assert.is(
    fitting.length,
    1,
    `${severity} ${check} ${finding} among\n${printed(findingsOf(report, check))}`,
  );
  return fitting[0] as Finding;
};
