// Control plane. What a pull came to: the verdict, the receipt, what is missing and why. Called by pull() at its end; pure.
import { normalize } from '@scamander/ring';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { rangeTexts } from '../jobs/ranges.ts';
import type { Receipt, Reception } from '../receipt/receipt.ts';
import type { PullOptions } from './options.ts';
import { missingOf, type WholePlan } from './plan/plan-all.ts';
import type { PullReport, PullVerdict } from './report.ts';
import type { Source } from './source/source.ts';
import { tableName } from './tables.ts';
import type { TableWork } from './work/table-work.ts';

/** When the pull began and ended. */
export interface PullTimes {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly elapsedMs: number;
}

/** What the end of a pull is made from, beside its plan. */
export interface EndOfPull {
  readonly times: PullTimes;
  readonly options: PullOptions;
  readonly source: Source;
  readonly run: number;
  readonly isAborted: boolean;
}

const receiptOf = (
  { startedAt, finishedAt }: PullTimes,
  { into }: PullOptions,
  { target }: Source,
  run: number | undefined,
  receptions: readonly Reception[],
): Receipt => ({
  format: 'scamander-receipt-2',
  job: 'pull',
  from: target.name,
  to: into,
  run,
  planIds: [...new Set(receptions.map(({ planId }) => planId))],
  startedAt,
  finishedAt,
  sources: [],
  deliveries: [],
  receptions,
});

const verdictOf = (
  isComplete: boolean,
  tables: readonly TableWork[],
  problems: readonly ScamanderErrorType[],
): PullVerdict => {
  if (isComplete) return 'complete';
  if (tables.some(({ hasAny }) => hasAny)) return 'partial';
  return problems.every(({ kind }) => kind === 'refused') ? 'refused' : 'failed';
};

/** Ranges that would be asked for if it went on: none after a pull that came to its end. */
const leftOver = (
  tables: readonly TableWork[],
  { target: { partitioner } }: Source,
  isAborted: boolean,
): PullReport['missing'] =>
  tables.flatMap((work) => {
    const planned = work.plan([]);
    const reason = isAborted ? 'the pull was given up before' : 'the pull ended before';
    if (isLeft(planned))
      return [{ table: tableName(work.table), ranges: [], reason: planned.left.message }];
    const ranges = normalize(
      partitioner,
      planned.right.flatMap((unit) => [...unit.ranges]),
    );
    return ranges.length === 0
      ? []
      : [{ table: tableName(work.table), ranges: rangeTexts(partitioner, ranges), reason }];
  });

/** The end of a pull that only planned. */
export const plannedReport = (
  plan: WholePlan,
  times: PullTimes,
  options: PullOptions,
  source: Source,
): PullReport => {
  const missing = missingOf(plan.tables, source);
  return {
    verdict: missing.length === 0 ? 'complete' : 'partial',
    dryRun: true,
    plan: plan.view,
    receipt: receiptOf(times, options, source, undefined, []),
    problems: [],
    missing,
    known: 0,
    receivedBytes: 0,
    elapsedMs: times.elapsedMs,
  };
};

/** The end of a pull. */
export const finishedReport = (
  plan: WholePlan,
  problems: readonly ScamanderErrorType[],
  receptions: readonly Reception[],
  { times, options, source, run, isAborted }: EndOfPull,
): PullReport => {
  const rest = leftOver(plan.tables, source, isAborted);
  const missing = [...missingOf(plan.tables, source), ...rest];
  const ofThisRun = receptions.filter(({ startedAt }) => startedAt !== undefined);
  return {
    verdict: verdictOf(missing.length === 0, plan.tables, problems),
    dryRun: false,
    plan: plan.view,
    receipt: receiptOf(times, options, source, run, receptions),
    problems,
    missing,
    known: ofThisRun.filter(({ status }) => status === 'known').length,
    receivedBytes: ofThisRun.reduce((sum, { bytes }) => sum + bytes, 0),
    elapsedMs: times.elapsedMs,
  };
};
