// Control plane. The main job: SSTables from folders into the replicas that own them. Called by the command line, the demo and by programs.
// The steps: find the SSTables, ask the cluster, ask every replica, then table by table check, plan and send; at the end a receipt.
import type { DiscoveredTable } from '@scamander/sstable-io';
import type { OutboundThrottle } from '@scamander/throttle';
import { prepareDataPath } from '@scamander/transport';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { type Job, startJob } from '../jobs/start-job.ts';
import { type FrontDoorParts, systemParts, throttleFor } from '../parts.ts';
import { openTarget } from '../target/open-target.ts';
import type { Target } from '../target/target.ts';
import type { LoadEvent } from './events.ts';
import { findTables } from './find-tables.ts';
import type { LoadContext } from './load-context.ts';
import { LoadPlans, loadReport, withEnd } from './load-report.ts';
import { loadTable, type TableResult } from './load-table.ts';
import { type LoadOpening, withOpenLoad } from './open-load.ts';
import type { LoadOptions } from './options.ts';
import type { LoadReport } from './report.ts';

/** A load that is running. */
export interface LoadRun extends Job<LoadEvent, LoadReport> {
  /** Rates may be changed while it runs. */
  readonly throttle: OutboundThrottle;
}

/** Cancelled before there was anything to report. */
const aborted = (options: LoadOptions): ScamanderErrorType => ({
  code: 'SCM_LOAD_ABORTED',
  kind: 'failed',
  message: 'the load was given up before anything was sent',
  where: options.paths.join(', '),
  lost: 'nothing',
  advice: 'start it again',
  retryable: true,
});

/** Bytes of the largest Data.db. */
const largestOf = (tables: readonly DiscoveredTable[]): number =>
  tables
    .flatMap(({ sstables }) => sstables)
    .reduce((most, { components }) => Math.max(most, components.get('Data.db') ?? 0), 0);

/** One after the other. A load that is given up in the middle still tells what its tables came to before. */
const tableByTable = async (
  tables: readonly DiscoveredTable[],
  context: LoadContext,
): Promise<readonly TableResult[]> => {
  const results: TableResult[] = [];
  for (const table of tables) {
    if (context.signal.aborted) break;
    try {
      results.push(await loadTable(table, context));
    } catch (error) {
      if (!context.signal.aborted || results.length === 0) throw error;
    }
  }
  return results;
};

class Loading {
  readonly #options: LoadOptions;
  readonly #parts: FrontDoorParts;
  readonly #throttle: OutboundThrottle;
  readonly #emit: (event: LoadEvent) => void;
  readonly #signal: AbortSignal;

  constructor(
    options: LoadOptions,
    parts: FrontDoorParts,
    throttle: OutboundThrottle,
    emit: (event: LoadEvent) => void,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#parts = parts;
    this.#throttle = throttle;
    this.#emit = emit;
    this.#signal = signal;
  }

  async run(): Promise<Either<ScamanderErrorType, LoadReport>> {
    const found = await findTables(this.#options, this.#emit, this.#signal);
    if (isLeft(found)) return found;
    const { tables, problems } = found.right;
    const { tls, dryRun } = this.#options;
    prepareDataPath({ bytes: largestOf(tables), byKernel: tls === undefined && dryRun !== true });
    const target = await openTarget(this.#options, tables, this.#parts, this.#emit);
    if (isLeft(target)) return target;
    try {
      return await this.#toTarget(target.right, tables, problems);
    } finally {
      await target.right.close();
    }
  }

  async #toTarget(
    target: Target,
    tables: readonly DiscoveredTable[],
    early: readonly ScamanderErrorType[],
  ): Promise<Either<ScamanderErrorType, LoadReport>> {
    const { clock, unixMs } = this.#parts;
    const startedMs = clock.nowMs();
    const startedAt = new Date(unixMs()).toISOString();
    const plans = new LoadPlans(this.#emit);
    const halted = new AbortController();
    let haltedBy: ScamanderErrorType | undefined;
    const opening: LoadOpening = {
      ...{ options: this.#options, parts: this.#parts, throttle: this.#throttle },
      emit: this.#emit,
      signal: AbortSignal.any([this.#signal, halted.signal]),
      halt: (error) => {
        if (haltedBy === undefined) this.#emit({ type: 'Problem', error });
        haltedBy ??= error;
        halted.abort();
      },
      planned: (table) => plans.see(table),
    };
    return withOpenLoad(opening, target, async (context) => {
      const results = await tableByTable(tables, context);
      const report = loadReport({
        options: this.#options,
        to: target.name,
        run: context.ledger?.run,
        plan: plans.view,
        results,
        general: [...early, ...(haltedBy === undefined ? [] : [haltedBy])],
        aborted: context.signal.aborted,
        startedAt,
        finishedAt: new Date(unixMs()).toISOString(),
        elapsedMs: clock.nowMs() - startedMs,
      });
      if (report.verdict === 'complete' && !report.dryRun)
        return withEnd(report, await context.ledger?.end(report.verdict));
      return report;
    });
  }
}

/** Starts a load. It begins after the caller had the chance to subscribe to its events. */
export const load = (
  options: LoadOptions,
  {
    signal,
    parts = systemParts,
  }: { readonly signal?: AbortSignal; readonly parts?: FrontDoorParts } = {},
): LoadRun => {
  const throttle = throttleFor(parts, options.rates);
  const job = startJob<LoadEvent, LoadReport>({
    signal,
    body: (context) => new Loading(options, parts, throttle, context.emit, context.signal).run(),
    aborted: () => aborted(options),
    release: () => throttle.close(),
  });
  return { ...job, throttle };
};
