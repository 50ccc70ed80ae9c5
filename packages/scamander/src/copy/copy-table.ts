// Control plane. One table of a copy, in rounds: plan, ask, hand on; what failed again after a pause, from another replica where there is one, to
// those replicas only that miss it. Called by copy(). A table that can't be copied is a list of problems, and the next one goes on.
import { type CopyPlan, planErrorMessage } from '@scamander/planner';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import type { Delivery } from '../receipt/receipt.ts';
import { DEFAULT_RETRY, delayBefore, pause } from '../retry/policy.ts';
import { Tries } from '../retry/tries.ts';
import type { Probes } from '../target/probes.ts';
import type { RingWatch } from '../target/ring-watch.ts';
import type { Copied } from './copied.ts';
import { type PlannedCopy, planCopy, reroutes } from './copy-plan.ts';
import type { CopyUnitView } from './copy-types.ts';
import {
  type CopyContext,
  copyUnit,
  type UnitResult,
  unitView,
  type WorkUnit,
} from './copy-unit.ts';
import { failureProblem, isSourceFault, isWorthAnotherTry } from './failures.ts';
import { nameOf, type TablePair } from './table-pair.ts';

/** What one table came to. */
export interface TableCopy {
  readonly pair: TablePair;
  /** The last one; undefined where none could be made. */
  readonly plan: CopyPlan | undefined;
  /** As planned first. */
  readonly views: readonly CopyUnitView[];
  readonly deliveries: readonly Delivery[];
  readonly planIds: readonly string[];
  readonly problems: readonly ScamanderErrorType[];
  readonly bytes: number;
}

/** What the tables of a copy share beside the context of units. */
export interface TableInput {
  readonly context: CopyContext;
  readonly copied: Copied;
  readonly sourceProbes: Probes;
  readonly watches: readonly RingWatch[];
}

const SESSIONS = 4;
/** A node that failed so often in a row is asked only where there is no other. */
const FAILURES_BORNE = 2;

class TableCopier {
  readonly #pair: TablePair;
  readonly #input: TableInput;
  readonly #tries = new Tries();
  readonly #avoided = new Set<string>();
  readonly #hopeless = new Set<string>();
  readonly #deliveries: Delivery[] = [];
  readonly #planIds = new Set<string>();
  readonly #problems: ScamanderErrorType[] = [];
  #views: readonly CopyUnitView[] | undefined;
  #plan: CopyPlan | undefined;
  #bytes = 0;
  #ledgerFailed = false;

  constructor(pair: TablePair, input: TableInput) {
    this.#pair = pair;
    this.#input = input;
  }

  async run(): Promise<TableCopy> {
    await this.#rounds();
    return {
      pair: this.#pair,
      plan: this.#plan,
      views: this.#views ?? [],
      deliveries: this.#deliveries,
      planIds: [...this.#planIds],
      problems: this.#problems,
      bytes: this.#bytes,
    };
  }

  async #rounds(): Promise<void> {
    const { options, signal } = this.#input.context;
    const { attempts } = options.retry ?? DEFAULT_RETRY;
    let before: readonly UnitResult[] = [];
    for (let attempt = 1; attempt <= attempts && !signal.aborted; ) {
      const planned = this.#planned(before);
      if (isLeft(planned)) return this.#tell(planned.left);
      if (options.dryRun === true || planned.right.work.length === 0) return;
      const version = this.#ringVersion();
      const results = await this.#work(planned.right.work, version);
      const failures = results.filter(({ failed }) => failed.length > 0);
      const isStale = this.#ringVersion() !== version;
      if (failures.length === 0 && !isStale) return;
      if (this.#ledgerFailed || signal.aborted) return;
      before = failures.filter(isWorthAnotherTry);
      if (failures.length > 0) attempt += 1;
      const isOver = (before.length === 0 && !isStale) || attempt > attempts;
      if (isOver) return this.#tell(...failures.map(failureProblem));
      if (before.length > 0) await this.#wait(before, attempt, attempts);
      for (const watch of this.#input.watches) await watch.look();
    }
  }

  #planned(before: readonly UnitResult[]): Either<ScamanderErrorType, PlannedCopy> {
    const { context, sourceProbes, copied } = this.#input;
    const doubts = { avoided: this.#avoided, hopeless: this.#hopeless };
    const planned = planCopy(this.#pair, context, sourceProbes.all, copied, doubts);
    if (isLeft(planned))
      return left(
        refusal(
          planned.left.code,
          planErrorMessage(planned.left),
          nameOf(this.#pair.source),
          'see the replication of both keyspaces and the flags that choose replicas',
        ),
      );
    const { plan, work } = planned.right;
    this.#plan = plan;
    if (this.#views === undefined) {
      this.#views = work.map((unit) => unitView(unit, context.source.target));
      context.emit({ type: 'Planned', units: this.#views });
    }
    const failed = before
      .filter(isSourceFault)
      .map((result) => ({ unit: result.unit, reason: result.failed[0]?.reason ?? 'it failed' }));
    for (const news of reroutes(failed, work, context)) context.emit(news);
    return right(planned.right);
  }

  #ringVersion(): number {
    return this.#input.watches.reduce((sum, { version }) => sum + version, 0);
  }

  /** Some units at once; none begins when a ring changed. */
  async #work(work: readonly WorkUnit[], version: number): Promise<readonly UnitResult[]> {
    const { options, signal } = this.#input.context;
    const queue = [...work];
    const results: UnitResult[] = [];
    const mayGoOn = (): boolean =>
      !signal.aborted && !this.#ledgerFailed && this.#ringVersion() === version;
    const worker = async (): Promise<void> => {
      for (let unit = queue.shift(); unit !== undefined && mayGoOn(); unit = queue.shift()) {
        const result = await copyUnit(unit, this.#input.context);
        await this.#count(result);
        results.push(result);
      }
    };
    const count = Math.min(options.sessions ?? SESSIONS, queue.length);
    await Promise.all(Array.from({ length: count }, worker));
    return results;
  }

  async #count(result: UnitResult): Promise<void> {
    const { context, copied } = this.#input;
    const { unit, answer, complete, failed, bytes, deliveries } = result;
    this.#deliveries.push(...deliveries);
    for (const { planId } of deliveries) if (planId !== undefined) this.#planIds.add(planId);
    this.#planIds.add(answer.planId);
    this.#bytes += bytes;
    for (const { node, lasting } of failed)
      if (lasting) this.#hopeless.add(endpointText(node.endpoint));
    const from = endpointText(unit.from.endpoint);
    if (!isSourceFault(result)) this.#tries.succeeded(from);
    else if (
      this.#tries.failed(from) >= FAILURES_BORNE ||
      answer.failure?.kind === 'no-dial-back' ||
      !isWorthAnotherTry(result)
    )
      this.#avoided.add(from);
    const { ranges } = unit;
    const { planId } = answer;
    const counted = await copied.add({
      ...{ pair: this.#pair, from: unit.from, to: complete, ranges, bytes, planId },
      whole: failed.length === 0,
    });
    if (isLeft(counted)) {
      this.#ledgerFailed = true;
      this.#tell(counted.left);
    }
    if (complete.length > 0)
      context.emit({ type: 'Relayed', unit: unitView(unit, context.source.target), bytes });
  }

  async #wait(failures: readonly UnitResult[], attempt: number, attempts: number): Promise<void> {
    const { options, parts, signal, emit } = this.#input.context;
    const afterMs = delayBefore(options.retry ?? DEFAULT_RETRY, attempt, parts.random);
    const table = nameOf(this.#pair.source);
    for (const { unit, failed } of failures)
      for (const { node, reason } of failed) {
        const peer = `${endpointText(unit.from.endpoint)} to ${endpointText(node.endpoint)}`;
        emit({ type: 'Retrying', peer, table, attempt, attempts, afterMs, reason });
      }
    await pause(parts.clock, afterMs, signal);
  }

  #tell(...errors: readonly ScamanderErrorType[]): void {
    for (const error of errors) this.#input.context.emit({ type: 'Problem', error });
    this.#problems.push(...errors);
  }
}

/** Copies one table. */
export const copyTable = (pair: TablePair, input: TableInput): Promise<TableCopy> =>
  new TableCopier(pair, input).run();
