// Control plane. One table of a load: resolve, check, then plan and send until nothing is missing, or what is missing is given up. Called by load
// for each table found; emits news on the way. A table that can't be loaded is a list of problems, and the next one goes on.
import { type DiscoveredTable, isSystemKeyspace } from '@scamander/sstable-io';
import { endpointText, sameEndpoint } from '@scamander/wire-codec';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import { rangeTexts } from '../jobs/ranges.ts';
import { PLANS_PER_TABLE_MAX } from '../limits.ts';
import type { Delivery, SourceRecord } from '../receipt/receipt.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { Impassable } from './assign.ts';
import { CheckedTable } from './checked-table.ts';
import { type LaneResult, runLane, waitForReplica } from './lane.ts';
import type { LoadContext } from './load-context.ts';
import { planTable, replicaIdOf, type TablePlan } from './plan-table.ts';
import { type TableOutcome, tableOutcome } from './report.ts';
import { Round } from './round.ts';
import type { SettledSources } from './sources.ts';
import { tableView } from './table-view.ts';

/** What one table came to. */
export interface TableResult {
  readonly outcome: TableOutcome | undefined;
  /** One for each session. */
  readonly planIds: readonly string[];
  readonly records: readonly SourceRecord[];
  readonly problems: readonly ScamanderErrorType[];
}

const resolve = async (
  source: DiscoveredTable,
  context: LoadContext,
): Promise<Either<ScamanderErrorType, ResolvedTable>> => {
  const keyspace = context.options.keyspace ?? source.keyspace;
  const table = context.options.table ?? source.table;
  if (isSystemKeyspace(keyspace)) {
    return left(
      refusal(
        'SCM_LOAD_SYSTEM_KEYSPACE',
        `${keyspace} is a system keyspace`,
        source.directories.join(', '),
        'load application tables; a node keeps its system tables itself',
      ),
    );
  }
  return context.target.table(keyspace, table, source);
};

const impassableProblem = ({ sstable, node, reason }: Impassable): ScamanderErrorType =>
  refusal(
    'SCM_LOAD_VERSION',
    `${endpointText(node.endpoint)} can't take the SSTable: ${reason}`,
    sstable,
    'upgrade the SSTable, or load it into a release that reads it',
  );

/** What the plans of one table have in common. */
class TableLoad {
  readonly #table: ResolvedTable;
  readonly #context: LoadContext;
  readonly #sources: CheckedTable;
  readonly #problems: ScamanderErrorType[] = [];
  readonly #planIds: string[] = [];
  readonly #done: LaneResult['done'][number][] = [];
  #left: readonly Delivery[] = [];

  constructor(source: DiscoveredTable, table: ResolvedTable, context: LoadContext) {
    this.#table = table;
    this.#context = context;
    this.#sources = new CheckedTable(source, table, context);
  }

  async run(): Promise<TableResult> {
    const { options, signal } = this.#context;
    await this.#sources.begin();
    // A plan that is only shown has time.
    if (options.dryRun === true) await this.#sources.settled();
    if (this.#sources.sound.length === 0 || signal.aborted) return this.#nothing();
    const plan = await this.#untilDone();
    const settled = await this.#sources.settled();
    return plan === undefined ? this.#nothing() : this.#result(plan, settled);
  }

  /** Plans and sends; again where the ring or a replica is not what it was. Returns the last plan, or undefined where none can be made. */
  async #untilDone(): Promise<TablePlan | undefined> {
    const { watch, signal, options } = this.#context;
    let last: TablePlan | undefined;
    for (let plans = 0; plans < PLANS_PER_TABLE_MAX && !signal.aborted; plans += 1) {
      await watch.look();
      const seen = watch.version;
      const planned = await planTable(this.#table, this.#sources.sound, this.#context);
      if (isLeft(planned)) {
        this.#tell(planned.left);
        return last;
      }
      const wanted = new Set(planned.right.missing.map(({ sstable }) => sstable));
      if (await this.#read(wanted)) continue;
      if (signal.aborted) return last;
      last = planned.right;
      this.#show(last);
      if (options.dryRun === true) return last;
      const isStale = await this.#send(last, seen);
      if (!isStale) return last;
    }
    return last;
  }

  async #read(wanted: ReadonlySet<string>): Promise<boolean> {
    try {
      return await this.#sources.read(wanted);
    } catch (error) {
      if (this.#context.signal.aborted) return false;
      throw error;
    }
  }

  #tell(error: ScamanderErrorType): void {
    this.#problems.push(error);
    this.#context.emit({ type: 'Problem', error });
  }

  #show({ plan, missing }: TablePlan): void {
    const sent = this.#done.map(({ assignment }) => assignment);
    const view = tableView(this.#table, plan, [...sent, ...missing], this.#context);
    this.#context.planned(view);
  }

  /** One lane a replica. True: the plan is out of date, and what is left may be sent by another. */
  async #send({ plan, missing }: TablePlan, seen: number): Promise<boolean> {
    const { watch, target, signal } = this.#context;
    const round = new Round(signal);
    const stop = watch.start(() => {
      round.cancelStrangers(target.nodes);
      round.planAnew();
    });
    const name = `${this.#table.keyspace}.${this.#table.table}`;
    const waits = target.nodes
      .filter((node) =>
        plan.excluded.some(
          (one) => one.reason === 'down' && sameEndpoint(one.node.endpoint, node.endpoint),
        ),
      )
      .map((node) => waitForReplica(node, name, round, this.#context));
    const lanes = [...new Set(missing.map(({ node }) => node))].map((node) =>
      this.#lane(node, missing, round),
    );
    const results = await Promise.all(lanes);
    await Promise.all(waits);
    const stopped = stop();
    // A cluster that does not answer must not keep a load that is given up.
    if (!signal.aborted) await stopped;
    for (const { planIds, done } of results) {
      this.#planIds.push(...planIds);
      this.#done.push(...done);
    }
    this.#left = results.flatMap((result) => result.left);
    return !signal.aborted && (round.isStale || watch.version !== seen);
  }

  #lane(node: TargetNode, missing: TablePlan['missing'], round: Round): Promise<LaneResult> {
    const table = this.#table;
    const id = replicaIdOf(node, this.#context.target.ring);
    const assignments = missing.filter((one) => one.node === node);
    return runLane({ table, node, id, assignments }, round, this.#context);
  }

  async #nothing(): Promise<TableResult> {
    const { problems, records } = await this.#sources.settled();
    return {
      ...{ outcome: undefined, planIds: this.#planIds },
      ...{ records, problems: [...problems, ...this.#problems] },
    };
  }

  #skipped({ sstable, node, ranges, reason }: Impassable): Delivery {
    const { keyspace, table } = this.#table;
    const { partitioner } = this.#context.target;
    return {
      ...{ sstable, keyspace, table, replica: endpointText(node.endpoint) },
      ...{ mode: 'sections', modeReason: undefined, status: 'skipped' },
      ranges: rangeTexts(partitioner, ranges),
      ...{ bytes: 0, protocolVersion: undefined, planId: undefined, earlierRun: undefined },
      ...{ startedAt: undefined, finishedAt: undefined, reason },
    };
  }

  async #result(last: TablePlan, settled: SettledSources): Promise<TableResult> {
    const sound = new Set(settled.sound.map(({ dataPath }) => dataPath));
    const isSound = ({ sstable }: { readonly sstable: string }): boolean => sound.has(sstable);
    for (const problem of last.impassable) this.#tell(impassableProblem(problem));
    const missing = last.missing.filter(isSound);
    let { plan } = last;
    if (sound.size === 0) {
      const view = tableView(this.#table, plan, [], this.#context);
      this.#context.planned({ ...view, replicas: [] });
      return this.#nothing();
    }
    if (missing.length < last.missing.length) {
      const again = await planTable(this.#table, settled.sound, this.#context);
      if (!isLeft(again)) plan = again.right.plan;
      // What is done is among what was missing of the last plan.
      const done = new Set(this.#done.map(({ assignment }) => assignment));
      const rest = missing.filter((one) => !done.has(one));
      this.#show({ ...last, plan, missing: rest });
    }
    const deliveries = [
      ...last.earlier,
      ...this.#done.map(({ delivery }) => delivery),
      ...this.#left,
      ...last.impassable.map((one) => this.#skipped(one)),
    ].filter(isSound);
    const { options, target } = this.#context;
    const asked = options.consistency ?? 'QUORUM';
    const { keyspace, table } = this.#table;
    return {
      outcome: tableOutcome({ keyspace, table }, plan, deliveries, asked, target.localDc),
      planIds: this.#planIds,
      records: settled.records,
      problems: [...settled.problems, ...this.#problems],
    };
  }
}

/** Loads one table. */
export const loadTable = async (
  source: DiscoveredTable,
  context: LoadContext,
): Promise<TableResult> => {
  const resolved = await resolve(source, context);
  if (isLeft(resolved)) {
    context.emit({ type: 'Problem', error: resolved.left });
    return {
      ...{ outcome: undefined, planIds: [] },
      ...{ records: [], problems: [resolved.left] },
    };
  }
  return new TableLoad(source, resolved.right, context).run();
};
