// Control plane. Units that wait for their session. Called by the loop of the work. State of one run.
import { SESSIONS_PER_NODE_MAX } from '../../limits.ts';
import { replicaOf, type Unit } from '../plan/units.ts';
import type { PulledTable } from '../tables.ts';
import type { Obstacles } from './obstacles.ts';

/** In the order in which they were planned. */
export class UnitQueue {
  readonly #obstacles: Obstacles;
  #units: Unit[];

  constructor(units: readonly Unit[], obstacles: Obstacles) {
    this.#units = [...units];
    this.#obstacles = obstacles;
  }

  get isEmpty(): boolean {
    return this.#units.length === 0;
  }

  push(...units: readonly Unit[]): void {
    this.#units.push(...units);
  }

  /** Its units are planned anew. */
  dropTable(table: PulledTable): void {
    this.#units = this.#units.filter((unit) => unit.table !== table);
  }

  /** Takes out what waits for nodes that are not asked any more. */
  takeLeft(): readonly Unit[] {
    const left = this.#units.filter((unit) => this.#obstacles.isLeft(unit));
    this.#units = this.#units.filter((unit) => !left.includes(unit));
    return left;
  }

  /** The first unit that may begin now, beside those that run. */
  next(nowMs: number, running: readonly Unit[]): Unit | undefined {
    const atNode = new Map<string, number>();
    for (const unit of running) atNode.set(replicaOf(unit), (atNode.get(replicaOf(unit)) ?? 0) + 1);
    return this.#units.find(
      (unit) =>
        this.#obstacles.notBeforeMs(unit) <= nowMs &&
        (atNode.get(replicaOf(unit)) ?? 0) < SESSIONS_PER_NODE_MAX,
    );
  }

  remove(unit: Unit): void {
    this.#units.splice(this.#units.indexOf(unit), 1);
  }

  /** When the next one that was postponed may begin; Infinity where none was. */
  nextTimeMs(nowMs: number): number {
    const times = this.#units
      .map((unit) => this.#obstacles.notBeforeMs(unit))
      .filter((atMs) => atMs > nowMs);
    return Math.min(...times);
  }
}
