// Control plane. Who is not asked, and how often who failed. Called by the work of a pull. State of one run.
import { pairOf, replicaOf, type Unit } from '../plan/units.ts';
import { type PulledTable, tableName } from '../tables.ts';

/** Failures of one node with one table. */
interface Pair {
  failures: number;
  notBeforeMs: number;
}

/** Nodes, and nodes for single tables, that are passed over. */
export class Obstacles {
  readonly #nodes = new Map<string, string>();
  readonly #tables = new Map<string, string>();
  readonly #pairs = new Map<string, Pair>();

  /** Why a node is not asked for a table. */
  of(table: PulledTable): (replica: string) => string | undefined {
    return (replica) =>
      this.#nodes.get(replica) ?? this.#tables.get(`${tableName(table)} ${replica}`);
  }

  leaveNode(replica: string, reason: string): void {
    if (!this.#nodes.has(replica)) this.#nodes.set(replica, reason);
  }

  leaveTable(unit: Unit, reason: string): void {
    this.#tables.set(pairOf(unit), reason);
  }

  isLeft(unit: Unit): boolean {
    return this.of(unit.table)(replicaOf(unit)) !== undefined;
  }

  /** When the unit may be tried. */
  notBeforeMs(unit: Unit): number {
    return this.#pairs.get(pairOf(unit))?.notBeforeMs ?? 0;
  }

  /** How often it failed since it last succeeded, this time included. */
  failed(unit: Unit): number {
    const pair = this.#pairs.get(pairOf(unit)) ?? { failures: 0, notBeforeMs: 0 };
    this.#pairs.set(pairOf(unit), pair);
    pair.failures += 1;
    return pair.failures;
  }

  postpone(unit: Unit, notBeforeMs: number): void {
    const pair = this.#pairs.get(pairOf(unit));
    if (pair !== undefined) pair.notBeforeMs = notBeforeMs;
  }

  succeeded(unit: Unit): void {
    this.#pairs.delete(pairOf(unit));
  }
}
