// Control plane. Works through the units of a pull: some at once, a few at each node; a unit that failed again later, the ranges of a node that is
// gone from others, everything that is left anew when the ring has changed. Called by pull(). One loop decides; sessions only report to it.
import { setMaxListeners } from 'node:events';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { rangeTexts } from '../../jobs/ranges.ts';
import { RING_LOOK_MS } from '../../limits.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { DEFAULT_RETRY, delayBefore, type RetryPolicy } from '../../retry/policy.ts';
import { probeNodes } from '../../target/probe.ts';
import { diskFailed } from '../errors.ts';
import type { PullEvent } from '../events.ts';
import { replicaOf, type Unit } from '../plan/units.ts';
import type { Received } from '../receiving/receive-unit.ts';
import type { BareReception } from '../receiving/receptions.ts';
import type { Answer } from '../source/ask-node.ts';
import { silenceTimeoutOf } from '../source/session-timeouts.ts';
import type { Source } from '../source/source.ts';
import { tableName } from '../tables.ts';
import { courseOf } from './failures.ts';
import type { Obstacles } from './obstacles.ts';
import { RingWatch } from './ring-watch.ts';
import type { TableWork } from './table-work.ts';
import { UnitQueue } from './unit-queue.ts';
import { Wake } from './wake.ts';

/** What the work needs. */
export interface WorkParts {
  readonly source: Source;
  readonly tables: readonly TableWork[];
  readonly obstacles: Obstacles;
  readonly sessions: number;
  /** Sizes units, and cuts those that are too large. */
  readonly prepare: (units: readonly Unit[]) => Promise<readonly Unit[]>;
  /** One try. The signal ends it in order. */
  readonly receive: (unit: Unit, signal: AbortSignal) => Promise<Received>;
  readonly received: (unit: Unit, receptions: readonly BareReception[]) => void;
  readonly emit: (event: PullEvent) => void;
  readonly signal: AbortSignal;
}

/** The end of a try. */
interface Ended {
  readonly unit: Unit;
  readonly end: Received;
}

/** See the head of this file. */
export class Work {
  readonly #work: WorkParts;
  readonly #parts: FrontDoorParts;
  readonly #ring: RingWatch;
  readonly #retry: RetryPolicy;
  readonly #stop = new AbortController();
  readonly #running = new Map<Unit, Promise<void>>();
  readonly #ended: Ended[] = [];
  readonly #wake = new Wake();
  readonly #problems: ScamanderErrorType[] = [];
  readonly #queue: UnitQueue;

  constructor(work: WorkParts, units: readonly Unit[], parts: FrontDoorParts) {
    this.#work = work;
    this.#parts = parts;
    this.#queue = new UnitQueue(units, work.obstacles);
    this.#ring = new RingWatch(work.source, parts.clock, work.emit);
    this.#retry = work.source.options.retry ?? DEFAULT_RETRY;
    // every session listens, and takes its listener away
    setMaxListeners(0, this.#stop.signal);
  }

  /** Each is also told when it is met. */
  get problems(): readonly ScamanderErrorType[] {
    return this.#problems;
  }

  /** Works until nothing is left to do, or the signal fires; nothing is open then. */
  async run(): Promise<void> {
    const { signal } = this.#work;
    const stop = (): void => {
      this.#stop.abort(signal.reason);
      this.#wake.now();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (await this.#goOn());
    } finally {
      signal.removeEventListener('abort', stop);
      this.#stop.abort();
      await Promise.all(this.#running.values());
      // What came while the others were told is here as well.
      await this.#settleEnded();
    }
  }

  /** One round: what ended, what changed, what can begin. False: it is over. */
  async #goOn(): Promise<boolean> {
    this.#wake.reset();
    await this.#settleEnded();
    if (this.#stop.signal.aborted) return false;
    await this.#look();
    await this.#planStale();
    if (!this.#stop.signal.aborted) this.#begin();
    if (this.#ended.length > 0) return true;
    if (this.#running.size === 0 && this.#queue.isEmpty) return false;
    await this.#nextEvent();
    return true;
  }

  async #settleEnded(): Promise<void> {
    for (let ended = this.#ended.shift(); ended !== undefined; ended = this.#ended.shift()) {
      this.#running.delete(ended.unit);
      await this.#settle(ended);
    }
  }

  async #settle({ unit, end }: Ended): Promise<void> {
    const { obstacles, received } = this.#work;
    if (end.kind === 'received') {
      obstacles.succeeded(unit);
      this.#tableOf(unit).received(unit);
      received(unit, end.receptions);
    } else if (end.kind === 'disk') this.#problem(diskFailed(end.error), true);
    else if (!this.#stop.signal.aborted) await this.#settleFailure(unit, end.failure);
  }

  async #settleFailure(unit: Unit, failure: NonNullable<Answer['failure']>): Promise<void> {
    const { obstacles } = this.#work;
    const course = courseOf(unit, failure);
    const { message } = course.error;
    switch (course.kind) {
      case 'stop':
        this.#problem(course.error, true);
        return;
      case 'leave-node':
        this.#problem(course.error);
        obstacles.leaveNode(replicaOf(unit), message);
        this.#orphan(unit, message);
        return;
      case 'leave-table':
        this.#problem(course.error);
        obstacles.leaveTable(unit, message);
        this.#orphan(unit, message);
        return;
      case 'again':
        await this.#again(unit, course.error);
        return;
      default: {
        const never: never = course;
        return never;
      }
    }
  }

  /** Tries again after a while; leaves a node that is dead as soon as others have what it was asked for. */
  async #again(unit: Unit, error: ScamanderErrorType): Promise<void> {
    const { obstacles } = this.#work;
    const work = this.#tableOf(unit);
    const failures = obstacles.failed(unit);
    const isLast = failures >= this.#retry.attempts;
    const dead = work.hasOthersFor(unit, [...this.#running.keys()])
      ? await this.#deathOf(unit)
      : undefined;
    if (dead !== undefined) {
      obstacles.leaveNode(replicaOf(unit), dead);
      this.#problem({ ...error, message: `${error.message}; ${dead}` });
      this.#orphan(unit, dead);
      return;
    }
    if (isLast) {
      const message = `${error.message} (after ${failures} ${failures === 1 ? 'try' : 'tries'})`;
      this.#problem({ ...error, message });
      obstacles.leaveTable(unit, message);
      this.#orphan(unit, message);
      return;
    }
    const afterMs = delayBefore(this.#retry, failures + 1, this.#parts.random);
    obstacles.postpone(unit, this.#parts.clock.nowMs() + afterMs);
    this.#queue.push(unit);
    this.#work.emit({
      type: 'Retrying',
      peer: replicaOf(unit),
      table: tableName(unit.table),
      attempt: failures + 1,
      attempts: this.#retry.attempts,
      afterMs,
      reason: error.message,
    });
    // It may have refused ranges that are not its own any more.
    if (await this.#ring.hasChanged()) this.#staleAll();
  }

  /** Why the node is taken for dead; undefined where it answers. */
  async #deathOf({ node }: Unit): Promise<string | undefined> {
    const { source } = this.#work;
    const probes = await probeNodes([node], this.#parts, {
      transport: source.transport,
      announce: source.options.announce,
      versions: source.versions,
      timeoutMs: silenceTimeoutOf(source.options),
      signal: this.#stop.signal,
      emit: () => undefined,
    });
    const [probe] = probes.values();
    return probe?.version === undefined ? (probe?.error?.message ?? 'it is gone') : undefined;
  }

  /** The unit and what else waits for its node go to others, where there are any. */
  #orphan(unit: Unit, reason: string): void {
    this.#tableOf(unit).orphaned(unit, reason);
    for (const one of this.#queue.takeLeft()) this.#tableOf(one).orphaned(one, reason);
  }

  async #look(): Promise<void> {
    const isDue = this.#parts.clock.nowMs() - this.#ring.lookedAtMs >= RING_LOOK_MS;
    if ((isDue || this.#canBegin() !== undefined) && (await this.#ring.hasChanged()))
      this.#staleAll();
  }

  #staleAll(): void {
    for (const table of this.#work.tables) table.isStale = true;
  }

  async #planStale(): Promise<void> {
    for (const table of this.#work.tables) {
      if (!table.isStale || this.#stop.signal.aborted) continue;
      this.#queue.dropTable(table.table);
      const planned = table.plan([...this.#running.keys()]);
      if (isLeft(planned)) {
        this.#problem(planned.left);
        table.isStale = false;
        continue;
      }
      this.#queue.push(...(await this.#work.prepare(planned.right)));
      this.#tellReroutes(table, planned.right);
    }
  }

  #tellReroutes(table: TableWork, units: readonly Unit[]): void {
    const { partitioner } = this.#work.source.target;
    for (const { ranges, from, to, reason } of table.reroutes(units, partitioner))
      this.#work.emit({
        type: 'Rerouted',
        table: tableName(table.table),
        ranges: rangeTexts(partitioner, ranges),
        from,
        to,
        reason,
      });
  }

  /** The first unit that may begin now. */
  #canBegin(): Unit | undefined {
    return this.#running.size >= this.#work.sessions
      ? undefined
      : this.#queue.next(this.#parts.clock.nowMs(), [...this.#running.keys()]);
  }

  #begin(): void {
    for (let unit = this.#canBegin(); unit !== undefined; unit = this.#canBegin()) {
      const begun = unit;
      this.#queue.remove(begun);
      const trying = this.#work.receive(begun, this.#stop.signal).then((end) => {
        this.#ended.push({ unit: begun, end });
        this.#wake.now();
      });
      this.#running.set(begun, trying);
    }
  }

  /** Waits for a session to end, a delay to pass, the next look at the ring, or the signal. */
  async #nextEvent(): Promise<void> {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    const next = Math.min(this.#queue.nextTimeMs(nowMs), this.#ring.lookedAtMs + RING_LOOK_MS);
    const cancel = clock.setTimer(Math.max(0, next - nowMs), () => this.#wake.now());
    await this.#wake.next;
    cancel();
  }

  #tableOf(unit: Unit): TableWork {
    const found = this.#work.tables.find(({ table }) => table === unit.table);
    if (found === undefined) throw new Error(`no work for ${tableName(unit.table)}`);
    return found;
  }

  #problem(error: ScamanderErrorType, isEnd = false): void {
    const isKnown = this.#problems.some(
      ({ code, where, message }) =>
        code === error.code && where === error.where && message === error.message,
    );
    if (!isKnown) {
      this.#problems.push(error);
      this.#work.emit({ type: 'Problem', error });
    }
    if (isEnd) {
      this.#stop.abort();
      this.#wake.now();
    }
  }
}
