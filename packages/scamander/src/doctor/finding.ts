// Control plane. Findings as the checks write them, and the worst of several. Called by everything in checks/ and by doctor(); pure.
import type { DoctorCheck, Finding, Severity } from './doctor-types.ts';

/** What a check says beside where and what. */
export interface Said {
  readonly finding: string;
  readonly evidence: string;
  readonly remedy?: string;
}

/** One finding. */
export const found = (
  check: DoctorCheck,
  severity: Severity,
  node: string | undefined,
  { finding, evidence, remedy }: Said,
): Finding => ({ check, severity, node, finding, evidence, remedy });

const ORDER: readonly Severity[] = ['ok', 'info', 'warning', 'critical'];

/** The worst; `ok` of none. */
export const worstOf = (findings: readonly { readonly severity: Severity }[]): Severity =>
  findings.reduce<Severity>(
    (worst, { severity }) => (ORDER.indexOf(severity) > ORDER.indexOf(worst) ? severity : worst),
    'ok',
  );
