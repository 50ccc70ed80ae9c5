// Control plane. One table of a pull while it is worked on: what is here, what is on its way, what nobody gives. Called by the work. State of one run.
import {
  differenceOfSets,
  intersectionOfSets,
  type Partitioner,
  type TokenRange,
} from '@scamander/ring';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { type DoneRanges, type MissingRanges, planTable } from '../plan/plan-table.ts';
import { replicaOf, type Unit } from '../plan/units.ts';
import type { Source } from '../source/source.ts';
import type { PulledTable } from '../tables.ts';
import type { Obstacles } from './obstacles.ts';

/** Ranges whose node was left. */
export interface Orphan {
  readonly from: string;
  readonly ranges: readonly TokenRange[];
  readonly reason: string;
}

/** Ranges that another node is asked for now. */
export interface Reroute extends Orphan {
  readonly to: string;
}

/** See the head of this file. */
export class TableWork {
  readonly table: PulledTable;
  readonly #source: Source;
  readonly #obstacles: Obstacles;
  readonly #done: DoneRanges[];
  #orphans: Orphan[] = [];
  #missing: readonly MissingRanges[] = [];
  /** True when its units must be planned anew. */
  isStale = false;

  constructor(
    table: PulledTable,
    source: Source,
    obstacles: Obstacles,
    done: readonly DoneRanges[],
  ) {
    this.table = table;
    this.#source = source;
    this.#obstacles = obstacles;
    this.#done = [...done];
  }

  get missing(): readonly MissingRanges[] {
    return this.#missing;
  }

  /** True when some ranges are here, though they may hold nothing. */
  get hasAny(): boolean {
    return this.#done.length > 0;
  }

  received(unit: Unit): void {
    this.#done.push({ replica: replicaOf(unit), ranges: unit.ranges });
  }

  orphaned(unit: Unit, reason: string): void {
    this.#orphans.push({ from: replicaOf(unit), ranges: unit.ranges, reason });
    this.isStale = true;
  }

  /** Units for everything that is neither here nor on its way. */
  plan(running: readonly Unit[]): Either<ScamanderErrorType, readonly Unit[]> {
    const planned = planTable(this.table, {
      source: this.#source,
      done: this.#hereOrUnderWay(running),
      obstacle: this.#obstacles.of(this.table),
    });
    if (isLeft(planned)) return planned;
    this.#missing = planned.right.missing;
    this.isStale = false;
    return right(planned.right.units);
  }

  /** Where the orphans went; each is told once. */
  reroutes(units: readonly Unit[], partitioner: Partitioner): readonly Reroute[] {
    const orphans = this.#orphans;
    this.#orphans = [];
    return orphans.flatMap((orphan) =>
      units
        .filter((unit) => replicaOf(unit) !== orphan.from)
        .map((unit) => ({
          ...orphan,
          to: replicaOf(unit),
          ranges: intersectionOfSets(partitioner, orphan.ranges, unit.ranges),
        }))
        .filter(({ ranges }) => ranges.length > 0),
    );
  }

  /** True when other nodes give all of the unit's ranges. Never where each replica is asked for its own. */
  hasOthersFor(unit: Unit, running: readonly Unit[]): boolean {
    if (this.#source.options.allReplicas === true) return false;
    const { partitioner } = this.#source.target;
    const obstacle = this.#obstacles.of(this.table);
    const replica = replicaOf(unit);
    const planned = planTable(this.table, {
      source: this.#source,
      done: this.#hereOrUnderWay(running),
      obstacle: (one) => (one === replica ? 'given up' : obstacle(one)),
    });
    if (isLeft(planned)) return false;
    const theirs = planned.right.units.flatMap(({ ranges }) => [...ranges]);
    return differenceOfSets(partitioner, unit.ranges, theirs).length === 0;
  }

  #hereOrUnderWay(running: readonly Unit[]): readonly DoneRanges[] {
    const underWay = running
      .filter(({ table }) => table === this.table)
      .map((unit) => ({ replica: replicaOf(unit), ranges: unit.ranges }));
    return [...this.#done, ...underWay];
  }
}
