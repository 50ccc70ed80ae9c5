// Control plane. SSTables out of live nodes, over the streaming protocol itself, into a data directory of our own. Called by the command line and by
// programs. The steps: look at the folder, ask the source, listen, plan, ask each node for its units, say what came and what did not.
import type { OutboundThrottle } from '@scamander/throttle';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { type Job, startJob } from '../jobs/start-job.ts';
import { type FrontDoorParts, systemParts, throttleFor } from '../parts.ts';
import { makeFolders, makeReady, type Ready } from './begin.ts';
import { checkDestination, type Destination, openDestination } from './destination/destination.ts';
import { aborted } from './errors.ts';
import type { PullEvent } from './events.ts';
import { finishedReport, plannedReport } from './finish.ts';
import type { PullOptions } from './options.ts';
import { cameBefore, planAll } from './plan/plan-all.ts';
import { UnitReceiver } from './receiving/unit-receiver.ts';
import type { PullReport } from './report.ts';
import { openSource, type Source } from './source/source.ts';
import { Work } from './work/work.ts';

/** A pull that is running. */
export interface PullRun extends Job<PullEvent, PullReport> {
  /** Rates may be changed while it runs. */
  readonly throttle: OutboundThrottle;
}

type Result = Promise<Either<ScamanderErrorType, PullReport>>;

const SESSIONS = 8;

class Pulling {
  readonly #options: PullOptions;
  readonly #parts: FrontDoorParts;
  readonly #throttle: OutboundThrottle;
  readonly #emit: (event: PullEvent) => void;
  readonly #signal: AbortSignal;
  readonly #startedMs: number;
  readonly #startedAt: string;

  constructor(
    options: PullOptions,
    parts: FrontDoorParts,
    throttle: OutboundThrottle,
    emit: (event: PullEvent) => void,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#parts = parts;
    this.#throttle = throttle;
    this.#emit = emit;
    this.#signal = signal;
    this.#startedMs = parts.clock.nowMs();
    this.#startedAt = new Date(parts.unixMs()).toISOString();
  }

  async run(): Result {
    const unfit = await checkDestination(this.#options);
    if (unfit !== undefined) return { _tag: 'Left', left: unfit };
    const source = await openSource(this.#options, this.#parts, this.#emit);
    if (isLeft(source)) return source;
    try {
      return await this.#from(source.right);
    } finally {
      await source.right.close();
    }
  }

  async #from(source: Source): Result {
    const context = { signal: this.#signal, emit: this.#emit };
    const ready = await makeReady(source, this.#options, context, this.#parts);
    if (isLeft(ready)) return ready;
    const { listening, probes } = ready.right;
    try {
      const [node] = source.target.nodes.filter(
        ({ endpoint }) => probes.get(endpointText(endpoint))?.version !== undefined,
      );
      if (node !== undefined)
        this.#emit({
          type: 'Listening',
          at: endpointText(listening.at),
          announced: endpointText(listening.announcedTo(node.endpoint)),
        });
      return this.#options.dryRun === true
        ? await this.#dry(source, ready.right)
        : await this.#into(source, ready.right);
    } finally {
      await listening.close();
    }
  }

  async #dry(source: Source, ready: Ready): Result {
    const planned = await this.#plan(source, ready, undefined);
    if (isLeft(planned)) return planned;
    return right(plannedReport(planned.right, this.#times(), this.#options, source));
  }

  async #into(source: Source, ready: Ready): Result {
    const destination = await openDestination(this.#options, source.target.name, this.#parts);
    if (isLeft(destination)) return destination;
    try {
      const { right: place } = destination;
      const tables = await makeFolders(source, place, ready.tables, this.#emit, this.#parts);
      if (isLeft(tables)) return tables;
      return await this.#pull(source, { ...ready, tables: tables.right }, place);
    } finally {
      await destination.right.ledger.close();
    }
  }

  async #pull(source: Source, ready: Ready, destination: Destination): Result {
    const { ledger } = destination;
    this.#tellResumed(ready, destination);
    const planned = await this.#plan(source, ready, destination);
    if (isLeft(planned)) return planned;
    const receiver = new UnitReceiver(
      {
        source,
        listening: ready.listening,
        destination,
        throttle: this.#throttle,
        sstableVersion: this.#options.sstableVersion,
        reading: this.#options.digests === 'sha256' ? this.#signal : undefined,
        emit: this.#emit,
      },
      this.#parts,
    );
    const work = new Work(
      {
        source,
        tables: planned.right.tables,
        obstacles: planned.right.obstacles,
        sessions: this.#options.sessions ?? SESSIONS,
        prepare: planned.right.prepare,
        receive: (unit, signal) => receiver.receive(unit, signal),
        received: (unit, receptions) => receiver.received(unit, receptions),
        emit: this.#emit,
        signal: this.#signal,
      },
      planned.right.units,
      this.#parts,
    );
    await work.run();
    const receptions = await receiver.end(ready.tables);
    const report = finishedReport(planned.right, work.problems, receptions, {
      times: this.#times(),
      options: this.#options,
      source,
      run: ledger.run,
      isAborted: this.#signal.aborted,
    });
    if (report.verdict !== 'complete') return right(report);
    const ended = await ledger.end(report.verdict);
    return isLeft(ended)
      ? right({ ...report, problems: [...report.problems, ended.left] })
      : right(report);
  }

  #plan(source: Source, ready: Ready, destination: Destination | undefined) {
    return planAll(
      {
        source,
        ready,
        ledger: destination?.ledger,
        options: this.#options,
        signal: this.#signal,
        emit: this.#emit,
      },
      this.#parts,
    );
  }

  #tellResumed({ tables }: Ready, { ledger }: Destination): void {
    if (!ledger.resumed) return;
    const units = tables.flatMap((table) => cameBefore(table, ledger));
    this.#emit({
      type: 'Resumed',
      run: ledger.run,
      acknowledged: units.length,
      bytes: units.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }

  #times() {
    return {
      startedAt: this.#startedAt,
      finishedAt: new Date(this.#parts.unixMs()).toISOString(),
      elapsedMs: this.#parts.clock.nowMs() - this.#startedMs,
    };
  }
}

/**
 * Starts a pull. It begins after the caller had the chance to subscribe to its events. A request makes a node flush the tables it is asked
 * for; nothing else happens to them. What was received stays, whatever becomes of the rest: the same call goes on where this one ends.
 */
export const pull = (
  options: PullOptions,
  {
    signal,
    parts = systemParts,
  }: { readonly signal?: AbortSignal; readonly parts?: FrontDoorParts } = {},
): PullRun => {
  const throttle = throttleFor(parts, options.rates);
  const job = startJob<PullEvent, PullReport>({
    signal,
    body: (context) => new Pulling(options, parts, throttle, context.emit, context.signal).run(),
    aborted: () => aborted(options.into),
    release: () => throttle.close(),
  });
  return { ...job, throttle };
};
