// Control plane. A copy in words: its news, its units, its report. Called by the copy command; pure.
import type { CopyEvent, CopyReport, CopyUnitView } from '@scamander/scamander';
import { newsLine } from './load-text.ts';
import { rangesText } from './pull-text.ts';
import { durationText, sizeText } from './sizes.ts';
import { columns } from './table.ts';

/** Differences that people read; the rest is counted. */
const DIFFERENCES_SHOWN = 10;

const unitText = ({ keyspace, table, from, to }: CopyUnitView): string =>
  `${keyspace}.${table} of ${from} to ${to.join(', ')}`;

/** One line of news for people; undefined for what they need not see. */
export const copyNewsLine = (event: CopyEvent, verbose: boolean): string | undefined => {
  switch (event.type) {
    case 'Problem':
      return undefined;
    case 'Planned': {
      const [first] = event.units;
      return first === undefined
        ? 'nothing is left to copy of a table'
        : `${first.keyspace}.${first.table}: ${event.units.length} units; a request makes a node flush the table first`;
    }
    case 'Relayed':
      return `${unitText(event.unit)}: ${sizeText(event.bytes)}`;
    case 'Comparing':
      return event.ranges === event.ofRanges || verbose
        ? `${event.ranges} of ${event.ofRanges} ranges compared`
        : undefined;
    case 'SessionComplete':
      return undefined;
    case 'SessionFailed':
      return verbose ? newsLine(event, verbose) : undefined;
    default:
      return newsLine(event, verbose);
  }
};

/** Who would be asked for what, and who would get it. */
export const copyPlanText = (units: readonly CopyUnitView[]): string =>
  units.length === 0
    ? 'nothing to copy'
    : columns(
        units.map(({ keyspace, table, from, to, ranges }) => [
          `${keyspace}.${table}`,
          from,
          `to ${to.join(', ')}`,
          rangesText(ranges),
        ]),
      );

const comparisonLines = ({ comparison }: CopyReport): readonly string[] => {
  if (comparison === undefined) return [];
  const { ranges, rows, differences } = comparison;
  if (differences.length === 0) return [`${rows} rows in ${ranges} ranges are the same`];
  const shown = differences.slice(0, DIFFERENCES_SHOWN);
  const more = differences.length - shown.length;
  return [
    `${differences.length} of ${ranges} ranges do not hold the same rows:`,
    ...shown.map(
      ({ keyspace, table, range, sourceRows, targetRows }) =>
        `  ${keyspace}.${table} ${range}: ${sourceRows} rows at the source, ${targetRows} at the target`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
    'rows written at either side meanwhile differ too: copy and compare again',
  ];
};

/** What arrived and what did not. */
export const copyReportText = (report: CopyReport): string => {
  const { deliveries } = report.receipt;
  const acknowledged = deliveries.filter(({ status }) => status === 'acknowledged').length;
  return [
    `${sizeText(report.bytes)} copied in ${durationText(report.elapsedMs)}: ${report.entire} SSTables whole, ${report.sections} as sections; ${acknowledged} of ${deliveries.length} deliveries acknowledged`,
    ...deliveries
      .filter(({ status }) => status !== 'acknowledged')
      .map(
        ({ status, sstable, replica, reason }) =>
          `  ${status}: ${sstable} at ${replica}: ${reason ?? 'no reason known'}`,
      ),
    ...(report.consistency === undefined ? [] : [report.consistency]),
    ...(report.repairCommands.length === 0
      ? []
      : ['to mend what is missing:', ...report.repairCommands.map((command) => `  ${command}`)]),
    ...comparisonLines(report),
  ].join('\n');
};
