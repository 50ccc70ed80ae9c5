// Control plane. The main job: SSTables from folders into the replicas that own them. Called by the command line, the demo and by programs.
// The steps: find the SSTables, ask the cluster, ask every replica, then table by table check, plan and send; at the end a receipt.
import { parseRange, type TokenRange } from '@scamander/ring';
import type { DiscoveredTable } from '@scamander/sstable-io';
import { OutboundThrottle } from '@scamander/throttle';
import { prepareDataPath } from '@scamander/transport';
import { endpointText, type StreamingVersion } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { type Job, startJob } from '../jobs/start-job.ts';
import { type FrontDoorParts, systemParts } from '../parts.ts';
import { announcedEndpoint } from '../target/announced-endpoint.ts';
import { mappedTransport } from '../target/mapped-transport.ts';
import { openTarget } from '../target/open-target.ts';
import { type Probe, probeNodes } from '../target/probe.ts';
import type { Target } from '../target/target.ts';
import type { LoadEvent } from './events.ts';
import { findTables, usage } from './find-tables.ts';
import type { LoadContext } from './load-context.ts';
import { loadTable, type TableResult } from './load-table.ts';
import type { LoadOptions } from './options.ts';
import type { PlannedTable } from './plan-view.ts';
import { consistencyText, type LoadReport, verdictOf } from './report.ts';

/** A load that is running. */
export interface LoadRun extends Job<LoadEvent, LoadReport> {
  /** Rates may be changed while it runs. */
  readonly throttle: OutboundThrottle;
}

const STORAGE_PORT = 7000;

const versionsOf = (options: LoadOptions): { min: StreamingVersion; max: StreamingVersion } =>
  options.protocol === undefined || options.protocol === 'auto'
    ? { min: 12, max: 14 }
    : { min: options.protocol, max: options.protocol };

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

const rangesOf = (
  { ranges: texts }: LoadOptions,
  { partitioner }: Target,
): Either<ScamanderErrorType, readonly TokenRange[] | undefined> => {
  if (texts === undefined) return right(undefined);
  const ranges: TokenRange[] = [];
  for (const text of texts) {
    const range = parseRange(partitioner, text);
    if (isLeft(range)) {
      return usage(
        'SCM_LOAD_RANGE',
        `"${text}" is not a token range`,
        '--ranges',
        'write LO:HI with tokens of the cluster’s partitioner',
      );
    }
    ranges.push(range.right);
  }
  return right(ranges);
};

const unreachable = (probes: ReadonlyMap<string, Probe>): ScamanderErrorType => {
  const errors = [...probes].map(
    ([replica, { error }]) => `${replica}: ${error?.message ?? 'no answer'}`,
  );
  const first = [...probes.values()].find(({ error }) => error !== undefined)?.error;
  const isTls = first?.code === 'SCM_NET_TLS_REQUIRED' || first?.code === 'SCM_NET_TLS';
  return {
    code: first?.code ?? 'SCM_LOAD_UNREACHABLE',
    kind: 'refused',
    message: 'no node can be streamed to',
    where: errors.join('; '),
    lost: 'nothing',
    advice: isTls
      ? 'give --tls with --tls-ca, and --tls-cert and --tls-key where nodes ask for a certificate'
      : 'check --storage-port, the firewall, and that the nodes are up',
    retryable: true,
  };
};

/** Bytes of the largest Data.db. */
const largestOf = (tables: readonly DiscoveredTable[]): number =>
  tables
    .flatMap(({ sstables }) => sstables)
    .reduce((most, { components }) => Math.max(most, components.get('Data.db') ?? 0), 0);

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

  async #context(
    target: Target,
    planned: (table: PlannedTable) => void,
  ): Promise<Either<ScamanderErrorType, LoadContext>> {
    const { announce, tls, silenceTimeoutMs = 60_000, connections = 2 } = this.#options;
    const transport = mappedTransport(
      this.#parts.transport(tls),
      new Map(target.nodes.map(({ endpoint, dial }) => [endpointText(endpoint), dial])),
    );
    const ranges = rangesOf(this.#options, target);
    if (isLeft(ranges)) return ranges;
    const versions = versionsOf(this.#options);
    const probes = await probeNodes(target.nodes, this.#parts, {
      transport,
      announce: announce ?? { host: '127.0.0.1', port: STORAGE_PORT },
      versions,
      timeoutMs: silenceTimeoutMs,
      signal: this.#signal,
      emit: this.#emit,
    });
    const answered = [...probes.values()].find(({ version }) => version !== undefined);
    if (answered === undefined) return left(unreachable(probes));
    return right({
      options: this.#options,
      target,
      ranges: ranges.right,
      probes,
      parts: this.#parts,
      signal: this.#signal,
      emit: this.#emit,
      planned,
      transferParts: {
        transport,
        announce: announce ?? announcedEndpoint(answered.localHost ?? '127.0.0.1', target.nodes),
        throttle: this.#throttle,
        connections,
        silenceTimeoutMs,
        versions,
      },
    });
  }

  async #toTarget(
    target: Target,
    tables: readonly DiscoveredTable[],
    early: readonly ScamanderErrorType[],
  ): Promise<Either<ScamanderErrorType, LoadReport>> {
    const { clock, unixMs } = this.#parts;
    const startedMs = clock.nowMs();
    const startedAt = new Date(unixMs()).toISOString();
    const planned: PlannedTable[] = [];
    const view = () => ({
      tables: [...planned],
      bytes: planned.flatMap(({ replicas }) => replicas).reduce((sum, { bytes }) => sum + bytes, 0),
    });
    const context = await this.#context(target, (table) => {
      const before = planned.findIndex(
        (one) => one.keyspace === table.keyspace && one.table === table.table,
      );
      planned.splice(before < 0 ? planned.length : before, 1, table);
      this.#emit({ type: 'Planned', plan: view() });
    });
    if (isLeft(context)) return context;
    const results: TableResult[] = [];
    for (const table of tables) {
      if (this.#signal.aborted) break;
      const result = await loadTable(table, context.right);
      results.push(result);
    }
    const problems = [...early, ...results.flatMap((result) => result.problems)];
    const outcomes = results.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));
    const deliveries = outcomes.flatMap((outcome) => outcome.deliveries);
    const dryRun = this.#options.dryRun === true;
    return right({
      verdict: verdictOf({ outcomes, problems, dryRun, aborted: this.#signal.aborted }),
      dryRun,
      plan: view(),
      receipt: {
        format: 'scamander-receipt-2',
        job: 'load',
        from: this.#options.paths.join(', '),
        to: target.name,
        run: undefined,
        planIds: results.flatMap(({ planIds }) => planIds),
        startedAt,
        finishedAt: new Date(unixMs()).toISOString(),
        sources: results.flatMap(({ records }) => records),
        deliveries,
        receptions: [],
      },
      problems,
      consistency: dryRun
        ? undefined
        : consistencyText(outcomes, this.#options.consistency ?? 'QUORUM'),
      acknowledgedBytes: deliveries
        .filter(({ status }) => status === 'acknowledged')
        .reduce((sum, { bytes }) => sum + bytes, 0),
      elapsedMs: clock.nowMs() - startedMs,
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
  const throttle = new OutboundThrottle(
    { clock: parts.clock },
    { outbound: 0, interDc: 0, entire: 0, interDcEntire: 0, ...options.rates },
  );
  const job = startJob<LoadEvent, LoadReport>({
    signal,
    body: (context) => new Loading(options, parts, throttle, context.emit, context.signal).run(),
    aborted: () => aborted(options),
    release: () => throttle.close(),
  });
  return { ...job, throttle };
};
