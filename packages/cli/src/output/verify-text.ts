// Control plane. A verification in words: what differs, and the end. Called by the verify command; pure.
import type { ComparedReplica, VerifyFinding, VerifyReport } from '@scamander/scamander';
import { durationText, sizeText } from './sizes.ts';

/** One line for one difference. */
export const findingText = (finding: VerifyFinding): string => {
  switch (finding.kind) {
    case 'missing':
      return `missing  ${finding.path}`;
    case 'surplus':
      return `surplus  ${finding.path}`;
    case 'changed':
      return `changed  ${finding.path}: ${finding.what} ${finding.found}, the receipt says ${finding.expected}`;
    case 'absent':
      return `absent   ${finding.path}: ${finding.replica} lacks something of it in ${finding.keyspace}.${finding.table}, first in partition 0x${finding.partition}`;
    default: {
      const never: never = finding;
      return never;
    }
  }
};

/** What became of one replica. */
export const comparedText = (compared: ComparedReplica): string => {
  const { keyspace, table, replica, sstables, absent, partitions, receivedBytes } = compared;
  const verdict = absent === 0 ? 'has all of them' : `lacks something of ${absent} of them`;
  return `${keyspace}.${table} at ${replica}: ${sstables} SSTables, ${verdict} (${partitions} partitions compared, ${sizeText(receivedBytes)} received)`;
};

const VERDICTS = {
  verified: 'everything is as the receipt says',
  differs: 'not everything is as the receipt says',
  incomplete: 'nothing differs, but not everything could be looked at',
} as const;

/** The end of a verification. */
export const verifyReportText = (report: VerifyReport): string =>
  [
    ...report.findings.map(findingText),
    ...report.replicas.map(comparedText),
    `${report.sstables} SSTables, ${report.files} files, ${sizeText(report.bytes)} looked at in ${durationText(report.elapsedMs)}`,
    ...(report.unproven === 0
      ? []
      : [`${report.unproven} files have no digest in the receipt: only their sizes were compared`]),
    `${report.verdict}: ${VERDICTS[report.verdict]}`,
  ].join('\n');
