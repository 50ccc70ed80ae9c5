// Control plane. The work of du: who is asked for what, what they said, who is asked instead of those that said nothing. Called by du(), once.
import { differenceOfSets, fullRing, intersectionOfSets } from '@scamander/ring';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { atOnce } from '../jobs/at-once.ts';
import { rangeTexts } from '../jobs/ranges.ts';
import type { JobContext } from '../jobs/start-job.ts';
import { DU_SESSIONS_AT_ONCE_MAX } from '../limits.ts';
import type { FrontDoorParts } from '../parts.ts';
import { type DoneRanges, type MissingRanges, planTable } from '../pull/plan/plan-table.ts';
import { batchesOf, type SizedUnit } from '../pull/plan/preview-units.ts';
import { replicaOf, type Unit } from '../pull/plan/units.ts';
import type { Source } from '../pull/source/source.ts';
import { type PulledTable, tableName } from '../pull/tables.ts';
import type { Probe } from '../target/probe.ts';
import type { ResolvedTable } from '../target/target.ts';
import { askSizes } from './ask-sizes.ts';
import type { DuEntry, DuEvent, DuMissing, DuOptions, DuReport, DuVerdict } from './du-types.ts';
import { aborted } from './errors.ts';
import { askEstimates, type Estimates } from './keys/estimates.ts';
import { keysIn } from './keys/keys-in.ts';

type Planned = Either<
  ScamanderErrorType,
  { readonly units: readonly Unit[]; readonly missing: readonly DuMissing[] }
>;

/** The same unit, or one for each of its ranges. */
const byRange = (unit: Unit): readonly Unit[] =>
  unit.ranges.map((range) => ({ ...unit, ranges: [range] }));

const asPulled = (resolved: ResolvedTable): PulledTable => ({
  resolved,
  known: undefined,
  keyspace: resolved.keyspace,
  table: resolved.table,
});

/** A table, and the ranges of it that were told. */
interface Measured {
  readonly table: PulledTable;
  readonly done: DoneRanges[];
}

/** One answer in the making: plans, asks, and plans anew what nodes did not tell. */
export class Measuring {
  readonly #source: Source;
  readonly #options: DuOptions;
  readonly #parts: FrontDoorParts;
  readonly #context: JobContext<DuEvent>;
  readonly #probes: ReadonlyMap<string, Probe>;
  /** Nodes that can't be asked, and why. */
  readonly #silent = new Map<string, string>();
  readonly #entries: DuEntry[] = [];
  readonly #unasked = new Set<string>();
  #missing: readonly DuMissing[] = [];

  constructor(
    source: Source,
    options: DuOptions,
    probes: ReadonlyMap<string, Probe>,
    parts: FrontDoorParts,
    context: JobContext<DuEvent>,
  ) {
    this.#source = source;
    this.#options = options;
    this.#parts = parts;
    this.#context = context;
    this.#probes = probes;
    for (const [replica, { version, error }] of probes)
      if (version === undefined) this.#silent.set(replica, error?.message ?? 'no answer');
  }

  async run(
    tables: readonly ResolvedTable[],
  ): Promise<Either<ScamanderErrorType, Omit<DuReport, 'elapsedMs'>>> {
    const { signal } = this.#context;
    // Beside the sessions: a CQL port that does not answer takes its time.
    const estimates = askEstimates(this.#options.source, this.#options, tables, signal);
    const measured = tables.map((resolved): Measured => ({ table: asPulled(resolved), done: [] }));
    let failed: readonly Unit[] = [];
    try {
      for (;;) {
        const planned = this.#plan(measured);
        if (isLeft(planned)) return planned;
        this.#missing = planned.right.missing;
        if (planned.right.units.length === 0) break;
        this.#tellRerouted(failed, planned.right.units);
        failed = await this.#ask(measured, planned.right.units, estimates);
        if (signal.aborted) return left(aborted(this.#options));
        if (failed.length === 0) break;
        await this.#lookAgain();
      }
    } finally {
      await estimates;
    }
    return right(this.#report(measured));
  }

  #plan(measured: readonly Measured[]): Planned {
    const units: Unit[] = [];
    const missing: DuMissing[] = [];
    const obstacle = (replica: string) => this.#silent.get(replica);
    const missingOf = (table: PulledTable, { ranges, reason }: MissingRanges): DuMissing => ({
      table: tableName(table),
      ranges: rangeTexts(this.#source.target.partitioner, ranges),
      reason,
    });
    for (const { table, done } of measured) {
      const plan = planTable(table, { source: this.#source, done, obstacle });
      if (isLeft(plan)) return plan;
      for (const replica of plan.right.unasked) this.#unasked.add(replica);
      units.push(...plan.right.units);
      missing.push(...plan.right.missing.map((one) => missingOf(table, one)));
    }
    return right({ units, missing });
  }

  /** Units of nodes that did not tell, so that they are still open. */
  async #ask(
    measured: readonly Measured[],
    units: readonly Unit[],
    estimates: Promise<Estimates>,
  ): Promise<readonly Unit[]> {
    const { signal, emit } = this.#context;
    const input = { source: this.#source, probes: this.#probes, signal, emit };
    const batches = batchesOf(this.#options.byRange === true ? units.flatMap(byRange) : units);
    const failed: Unit[] = [];
    await atOnce(batches, DU_SESSIONS_AT_ONCE_MAX, async (batch) => {
      if (signal.aborted) return;
      const replica = replicaOf(batch[0]);
      const answer = await askSizes(batch, input, this.#parts);
      if (isLeft(answer)) {
        this.#silent.set(replica, answer.left);
        failed.push(...batch);
        return;
      }
      const known = await estimates;
      for (const unit of answer.right) {
        measured
          .find(({ table }) => table === unit.table)
          ?.done.push({ replica, ranges: unit.ranges });
        this.#sized(unit, known);
      }
    });
    return failed;
  }

  #sized(unit: SizedUnit, estimates: Estimates): void {
    const { keyspace, table, tableId, replication } = unit.table.resolved;
    const { partitioner } = this.#source.target;
    const entry: DuEntry = {
      keyspace,
      table,
      tableId,
      replica: replicaOf(unit),
      ranges: rangeTexts(partitioner, unit.ranges),
      bytes: unit.bytes,
      files: unit.files,
      keys: keysIn(partitioner, unit.ranges, estimates.of(tableId, replication, unit.node.dc)),
    };
    this.#entries.push(entry);
    this.#context.emit({ type: 'Sized', entry });
  }

  /** Who is asked in place of nodes that failed. */
  #tellRerouted(failed: readonly Unit[], units: readonly Unit[]): void {
    const { partitioner } = this.#source.target;
    for (const { table, node, ranges } of failed) {
      const others = units.filter(
        (unit) =>
          unit.table === table && intersectionOfSets(partitioner, unit.ranges, ranges).length > 0,
      );
      const replica = endpointText(node.endpoint);
      if (others.length === 0) continue;
      this.#context.emit({
        type: 'Rerouted',
        table: tableName(table),
        ranges: rangeTexts(partitioner, ranges),
        from: replica,
        to: [...new Set(others.map(replicaOf))].join(', '),
        reason: this.#silent.get(replica) ?? 'no answer',
      });
    }
  }

  /** A node that failed may have left the ring, and then others hold what it had. */
  async #lookAgain(): Promise<void> {
    const changed = await this.#source.look();
    if (!isLeft(changed) && changed.right)
      this.#context.emit({
        type: 'RingChanged',
        message: 'the ring is not what it was; the rest is asked as it is now',
      });
  }

  #verdict(measured: readonly Measured[]): DuVerdict {
    if (this.#missing.length === 0) return 'complete';
    const { ranges, target } = this.#source;
    const { partitioner } = target;
    const asked = ranges ?? [fullRing(partitioner)];
    const isTold = ({ done }: Measured): boolean => {
      const told = done.flatMap((one) => [...one.ranges]);
      return differenceOfSets(partitioner, asked, told).length === 0;
    };
    return measured.every(isTold) ? 'partial' : 'incomplete';
  }

  #report(measured: readonly Measured[]): Omit<DuReport, 'elapsedMs'> {
    const place = new Map(
      this.#source.target.nodes.map(({ endpoint }, index) => [endpointText(endpoint), index]),
    );
    const placeOf = ({ replica }: DuEntry) => place.get(replica) ?? place.size;
    const named = ({ keyspace, table }: DuEntry) => `${keyspace}.${table}`;
    const entries = [...this.#entries].sort(
      (a, b) => named(a).localeCompare(named(b), 'en') || placeOf(a) - placeOf(b),
    );
    const sum = (of: (entry: DuEntry) => number) =>
      entries.reduce((total, entry) => total + of(entry), 0);
    return {
      verdict: this.#verdict(measured),
      entries,
      silent: [...this.#silent]
        .filter(([replica]) => this.#unasked.has(replica))
        .map(([replica, reason]) => ({ replica, reason })),
      missing: this.#missing,
      bytes: sum(({ bytes }) => bytes),
      files: sum(({ files }) => files),
      keys: entries.some(({ keys }) => keys === undefined)
        ? undefined
        : sum(({ keys }) => keys ?? 0),
    };
  }
}
