// Control plane. A pull in words: its news, its plan, its report. Called by the pull command; pure.
import type { PlannedUnit, PullEvent, PullPlanView, PullReport } from '@scamander/scamander';
import { newsLine } from './load-text.ts';
import { durationText, sizeText } from './sizes.ts';
import { columns } from './table.ts';

/** Ranges of a list that people read; the rest is counted. */
const RANGES_SHOWN = 3;

/** Some ranges, and how many more there are. */
export const rangesText = (ranges: readonly string[]): string => {
  const shown = ranges.slice(0, RANGES_SHOWN).join(', ');
  const more = ranges.length - RANGES_SHOWN;
  return more > 0 ? `${shown} and ${more} more ranges` : shown;
};

/** One line of news for people; undefined for what they need not see. */
export const pullNewsLine = (event: PullEvent, verbose: boolean): string | undefined => {
  switch (event.type) {
    case 'Problem':
      return undefined;
    case 'Listening':
      return event.at === event.announced
        ? `listening on ${event.at}, where nodes are told to dial`
        : `listening on ${event.at}; nodes are told to dial ${event.announced}`;
    case 'Planned': {
      const { units, done, bytes } = event.plan;
      const size = bytes === undefined ? 'of unknown size' : sizeText(bytes);
      const before = done === 0 ? '' : `, ${done} units were received before`;
      return `${units.length} units to ask for, ${size}${before}; a request makes a node flush the tables it is asked for`;
    }
    case 'UnitReceived': {
      const bytes = event.receptions.reduce((sum, one) => sum + one.bytes, 0);
      const known = event.receptions.filter(({ status }) => status === 'known').length;
      const note = known === 0 ? '' : `, ${known} of them were here already`;
      return `${event.keyspace}.${event.table} of ${event.replica}: ${event.receptions.length} SSTables, ${sizeText(bytes)}${note}`;
    }
    case 'SessionComplete':
      return undefined;
    case 'SessionFailed':
      return verbose ? newsLine(event, verbose) : undefined;
    default:
      return newsLine(event, verbose);
  }
};

const unitRow = ({ keyspace, table, replica, ranges, bytes, files }: PlannedUnit): string[] => [
  `${keyspace}.${table}`,
  replica,
  bytes === undefined ? '–' : sizeText(bytes),
  files === undefined ? '–' : `${files} files`,
  rangesText(ranges),
];

/** Who would be asked for what. */
export const pullPlanText = (plan: PullPlanView): string =>
  [
    columns(plan.units.map(unitRow)),
    ...plan.missing.map(({ table, ranges }) => `nobody gives ${table}: ${rangesText(ranges)}`),
    plan.bytes === undefined
      ? 'the nodes do not tell how much it is'
      : `${sizeText(plan.bytes)} to come in all`,
  ]
    .filter((line) => line !== '')
    .join('\n');

/** What came and what did not. */
export const pullReportText = (report: PullReport): string => {
  const { receptions } = report.receipt;
  const known = report.known === 0 ? '' : `, ${report.known} of them were here already`;
  return [
    `${receptions.length} SSTables received${known}, ${sizeText(report.receivedBytes)} in ${durationText(report.elapsedMs)}`,
    ...report.missing.map(
      ({ table, ranges, reason }) => `  missing: ${table} ${rangesText(ranges)}: ${reason}`,
    ),
    ...(report.missing.length === 0
      ? []
      : ['the same command again asks for what is missing only']),
  ].join('\n');
};
