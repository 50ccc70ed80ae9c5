// Control plane. The body of a copy when both sides are open: pairs the tables, copies them one after the other, compares, and reports. Called by
// copy(), which closes what it is given.
import type { OutboundThrottle } from '@scamander/throttle';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { FrontDoorParts } from '../parts.ts';
import { type Listening, openListening } from '../pull/source/listening.ts';
import { resolveNames } from '../pull/source/names.ts';
import { silenceTimeoutOf } from '../pull/source/session-timeouts.ts';
import { type Source, watched } from '../pull/source/source.ts';
import type { Probe } from '../target/probe.ts';
import { Probes } from '../target/probes.ts';
import { RingWatch } from '../target/ring-watch.ts';
import { Copied } from './copied.ts';
import type { TableCopy } from './copy-table.ts';
import { copyTables } from './copy-tables.ts';
import type { CopyEvent, CopyOptions, CopyReport } from './copy-types.ts';
import { countModes, judge } from './report.ts';
import { compareRows, withoutCql } from './rows/compare-rows.ts';
import { TargetStalls } from './stalls.ts';
import { pairTables, type TablePair } from './table-pair.ts';
import type { TargetSide } from './target-side.ts';

/** Everything the body works with. */
export interface CopyingInput {
  readonly options: CopyOptions;
  readonly parts: FrontDoorParts;
  readonly throttles: { readonly source: OutboundThrottle; readonly target: OutboundThrottle };
  readonly emit: (event: CopyEvent) => void;
  readonly signal: AbortSignal;
  readonly source: Source;
  readonly side: TargetSide;
  readonly ledger: Ledger | undefined;
}

const unreachable = (
  side: 'source' | 'target',
  probes: ReadonlyMap<string, Probe>,
): ScamanderErrorType | undefined => {
  if ([...probes.values()].some(({ version }) => version !== undefined)) return undefined;
  const reasons = [...probes].map(([node, { error }]) => `${node}: ${error?.message ?? 'silent'}`);
  return {
    ...refusal(
      'SCM_COPY_UNREACHABLE',
      `no node of the ${side} can be streamed with`,
      reasons.join('; '),
      'check the storage port, the firewall, TLS, and that the nodes are up',
    ),
    retryable: true,
  };
};

/** See the head of this file. */
export class Copying {
  readonly #input: CopyingInput;
  readonly #startedMs: number;
  readonly #startedAt: string;

  constructor(input: CopyingInput) {
    this.#input = input;
    this.#startedMs = input.parts.clock.nowMs();
    this.#startedAt = new Date(input.parts.unixMs()).toISOString();
  }

  async run(): Promise<Either<ScamanderErrorType, CopyReport>> {
    const { options, parts, source, side, signal, emit } = this.#input;
    const probes = new Probes(parts, {
      transport: source.transport,
      announce: options.announce,
      versions: source.versions,
      timeoutMs: silenceTimeoutOf(options),
      signal,
      emit,
    });
    const blind = options.verify === 'rows' ? withoutCql(options) : undefined;
    if (blind !== undefined) return left(blind);
    await probes.ask(source.target.nodes);
    const silent = unreachable('source', probes.all) ?? unreachable('target', side.probes.all);
    if (silent !== undefined) return left(silent);
    const question = { names: options.names, probes: probes.all, signal };
    const tables = await resolveNames(source, question, parts);
    if (isLeft(tables)) return tables;
    if (options.table !== undefined && tables.right.length > 1)
      return left({
        ...refusal(
          'SCM_COPY_AMBIGUOUS',
          `one table is named for the target, but ${tables.right.length} are copied`,
          '--table',
          'name one table of the source',
        ),
        kind: 'usage',
      });
    const listening = await openListening(source, probes.all, parts);
    if (isLeft(listening)) return listening;
    try {
      return await this.#copy(probes, listening.right, tables.right);
    } finally {
      await listening.right.close();
    }
  }

  async #copy(
    probes: Probes,
    listening: Listening,
    tables: readonly TablePair['source'][],
  ): Promise<Either<ScamanderErrorType, CopyReport>> {
    const { options, parts, source, side, signal, emit, ledger, throttles } = this.#input;
    const { clock } = parts;
    const problems: ScamanderErrorType[] = [];
    const pairs: TablePair[] = [];
    for (const table of tables) {
      const pair = await pairTables(table, source.target, side.target, options);
      if (isLeft(pair)) {
        problems.push(pair.left);
        emit({ type: 'Problem', error: pair.left });
      } else pairs.push(pair.right);
    }
    const { partitioner } = source.target;
    const bySource = options.allReplicas === true;
    const copied = new Copied(partitioner, ledger, parts.unixMs, bySource);
    this.#tellResumed();
    const watch = new RingWatch({ target: watched(source), probes, dial: new Map(), clock, emit });
    const watches = [watch, side.watch];
    const stops = watches.map((one) => one.start(() => undefined));
    const throttle = throttles.source;
    const stalls = new TargetStalls(silenceTimeoutOf(options), parts.unixMs);
    const context = { options, source, listening, side, stalls, throttle, parts, signal, emit };
    let results: readonly TableCopy[];
    try {
      const input = { context, copied, sourceProbes: probes, watches };
      results = await copyTables(pairs, input);
    } finally {
      await Promise.all(stops.map((stop) => stop()));
    }
    const compared = await this.#compare(results);
    problems.push(...compared.problems);
    return right(this.#report(results, problems, copied, compared.comparison));
  }

  async #compare(tables: readonly TableCopy[]): ReturnType<typeof compareRows> {
    const { options, source, signal, emit } = this.#input;
    if (options.verify !== 'rows' || options.dryRun === true || signal.aborted)
      return { comparison: undefined, problems: [] };
    const { ranges } = source;
    const { ring } = source.target;
    const pairs = tables.map(({ pair }) => pair);
    const compared = await compareRows(pairs, { options, ring, ranges, signal, emit });
    for (const error of compared.problems) emit({ type: 'Problem', error });
    return compared;
  }

  #tellResumed(): void {
    const { ledger, emit } = this.#input;
    if (ledger?.resumed !== true) return;
    const done = ledger.records.filter(({ type }) => type === 'acknowledged');
    const bytes = ledger.records.reduce(
      (sum, record) => sum + (record.type === 'acknowledged' ? record.bytes : 0),
      0,
    );
    emit({ type: 'Resumed', run: ledger.run, acknowledged: done.length, bytes });
  }

  #report(
    tables: readonly TableCopy[],
    problems: readonly ScamanderErrorType[],
    copied: Copied,
    comparison: CopyReport['comparison'],
  ): CopyReport {
    const { options, parts, source, side, signal, ledger } = this.#input;
    const dryRun = options.dryRun === true;
    const deliveries = tables.flatMap((table) => table.deliveries);
    const ending = {
      ...{ tables, problems, copied, dryRun, comparison },
      target: side.target,
      asked: options.consistency ?? 'QUORUM',
      aborted: signal.aborted,
    };
    return {
      ...judge(ending),
      dryRun,
      units: tables.flatMap(({ views }) => views),
      receipt: {
        format: 'scamander-receipt-2',
        job: 'copy',
        from: source.target.name,
        to: side.target.name,
        run: ledger?.run,
        planIds: tables.flatMap(({ planIds }) => planIds),
        startedAt: this.#startedAt,
        finishedAt: new Date(parts.unixMs()).toISOString(),
        sources: [],
        deliveries,
        receptions: [],
      },
      problems: [...problems, ...tables.flatMap((table) => table.problems)],
      ...countModes(deliveries),
      comparison,
      bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
      elapsedMs: parts.clock.nowMs() - this.#startedMs,
    };
  }
}
