// Control plane. Puts the end of a load together from what its tables came to. Called by load; reads nothing.
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { LoadEvent } from './events.ts';
import type { TableResult } from './load-table.ts';
import type { LoadOptions } from './options.ts';
import type { LoadPlanView, PlannedTable } from './plan-view.ts';
import { consistencyText, type LoadReport, repairsOf, verdictOf } from './report.ts';

/** The plans of all tables so far, the last one of each. */
export class LoadPlans {
  readonly #tables: PlannedTable[] = [];
  readonly #emit: (event: LoadEvent) => void;

  constructor(emit: (event: LoadEvent) => void) {
    this.#emit = emit;
  }

  get view(): LoadPlanView {
    const replicas = this.#tables.flatMap((table) => table.replicas);
    return {
      tables: [...this.#tables],
      bytes: replicas.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  see(table: PlannedTable): void {
    const before = this.#tables.findIndex(
      (one) => one.keyspace === table.keyspace && one.table === table.table,
    );
    this.#tables.splice(before < 0 ? this.#tables.length : before, 1, table);
    this.#emit({ type: 'Planned', plan: this.view });
  }
}

/** What a report is made of. */
export interface ReportInput {
  readonly options: LoadOptions;
  readonly to: string;
  readonly run: number | undefined;
  readonly plan: LoadPlanView;
  readonly results: readonly TableResult[];
  /** Problems that belong to no table. */
  readonly general: readonly ScamanderErrorType[];
  readonly aborted: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly elapsedMs: number;
}

/** The report of a load that is over. */
export const loadReport = (input: ReportInput): LoadReport => {
  const { options, results, plan, aborted, startedAt, finishedAt, elapsedMs } = input;
  const problems = [...input.general, ...results.flatMap((result) => result.problems)];
  const outcomes = results.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));
  const deliveries = outcomes.flatMap((outcome) => outcome.deliveries);
  const dryRun = options.dryRun === true;
  return {
    verdict: verdictOf({ outcomes, problems, dryRun, aborted }),
    dryRun,
    plan,
    receipt: {
      format: 'scamander-receipt-2',
      job: 'load',
      from: options.paths.join(', '),
      to: input.to,
      run: input.run,
      planIds: results.flatMap(({ planIds }) => planIds),
      startedAt,
      finishedAt,
      sources: results.flatMap(({ records }) => records),
      deliveries,
      receptions: [],
    },
    problems,
    consistency: dryRun ? undefined : consistencyText(outcomes, options.consistency ?? 'QUORUM'),
    repairCommands: dryRun ? [] : repairsOf(outcomes),
    acknowledgedBytes: deliveries
      .filter(({ status }) => status === 'acknowledged')
      .reduce((sum, { bytes }) => sum + bytes, 0),
    elapsedMs,
  };
};

/** The same, or failed where the ledger can't say that the run is over. */
export const withEnd = (
  report: LoadReport,
  end: Either<ScamanderErrorType, void> | undefined,
): LoadReport =>
  end !== undefined && isLeft(end)
    ? { ...report, verdict: 'failed', problems: [...report.problems, end.left] }
    : report;
