// Control plane. What doctor found, in words: the cluster first, then node by node, then the backup. Called by the doctor command; pure.
import type { DoctorReport, Finding, Severity } from '@scamander/scamander';
import { durationText } from './sizes.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info', 'ok'];

const MARKS: Readonly<Record<Severity, string>> = {
  critical: 'CRITICAL',
  warning: 'warning ',
  info: 'info    ',
  ok: 'ok      ',
};

/** ANSI colours of the marks. */
const COLORS: Readonly<Record<Severity, number>> = { critical: 31, warning: 33, info: 36, ok: 32 };

const ESCAPE = String.fromCharCode(27);

const mark = (severity: Severity, color: boolean): string =>
  color ? `${ESCAPE}[${COLORS[severity]}m${MARKS[severity]}${ESCAPE}[0m` : MARKS[severity];

const indented = (text: string): string => text.replaceAll('\n', `\n${' '.repeat(18)}`);

const findingText = (
  { check, severity, finding, evidence, remedy }: Finding,
  color: boolean,
): string =>
  [
    `  ${mark(severity, color)}  ${check}: ${indented(finding)}`,
    ...(evidence === '' ? [] : [`            seen: ${indented(evidence)}`]),
    ...(remedy === undefined ? [] : [`            try:  ${indented(remedy)}`]),
  ].join('\n');

const bySeverity = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);

const groupText = (title: string, findings: readonly Finding[], color: boolean): string =>
  [title, ...[...findings].sort(bySeverity).map((one) => findingText(one, color))].join('\n');

const countText = (findings: readonly Finding[]): string =>
  SEVERITIES.map((severity) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return `${count} ${severity}`;
  }).join(', ');

/** The whole report. Without `verbose`, what is in order is counted and not listed. */
export const doctorText = (
  report: DoctorReport,
  { color, verbose }: { readonly color: boolean; readonly verbose: boolean },
): string => {
  const { findings, cluster, elapsedMs } = report;
  const shown = findings.filter(({ severity }) => verbose || severity !== 'ok');
  const nodes = [...new Set(shown.flatMap(({ node }) => node ?? []))];
  const ofCluster = shown.filter(({ node, check }) => node === undefined && check !== 'backup');
  const ofBackup = findings.filter(({ check }) => check === 'backup');
  const groups = [
    ...(ofCluster.length === 0
      ? []
      : [groupText(cluster === undefined ? 'cluster' : `cluster ${cluster}`, ofCluster, color)]),
    ...nodes.map((node) =>
      groupText(
        node,
        shown.filter((one) => one.node === node),
        color,
      ),
    ),
    ...(ofBackup.length === 0 ? [] : [groupText('backup', ofBackup, color)]),
    `${countText(findings)} in ${durationText(elapsedMs)}${verbose ? '' : '; --verbose lists what is in order too'}`,
  ];
  return groups.join('\n\n');
};
