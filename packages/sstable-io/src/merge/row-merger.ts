// Data plane. Several versions of a row, and what deletes it, become one row (spec: hints-commitlog-compaction F §3; Row.Merger). Called by the merge
// for every row that it can't pass on as it is. What wins keeps its identity: nothing is copied that can be shared.
import type { Comparator } from '@scamander/cql-types';
import type { Cell, Column, ColumnData, DeletionTime, Liveness, Row } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { pathOrderOf } from './path-order.ts';
import { reconcileCells, reconcileCounters } from './reconcile.ts';
import { deletionSupersedes, livenessSupersedes } from './supersede.ts';

const NO_COLUMNS: readonly ColumnData[] = [];
const NO_CELLS: readonly Cell[] = [];

const isCounter = ({ type }: Column): boolean => type.kind === 'native' && type.name === 'counter';

/** What is known of the columns of one list before any row is merged. */
interface ColumnRules {
  readonly isCounter: readonly boolean[];
  readonly pathOrders: readonly (Comparator | undefined)[];
}

const rulesOf = (columns: readonly Column[]): ColumnRules => ({
  isCounter: columns.map(isCounter),
  pathOrders: columns.map((column) => (column.isComplex ? pathOrderOf(column.type) : undefined)),
});

/** Merges rows whose columns are those of one header. */
export class RowMerger {
  readonly #statics: ColumnRules;
  readonly #regulars: ColumnRules;
  /** Next column of each row, and the versions of the present column. */
  readonly #next: number[] = [];
  readonly #versions: ColumnData[] = [];
  readonly #nextCell: number[] = [];

  constructor(header: RowHeader) {
    this.#statics = rulesOf(header.staticColumns);
    this.#regulars = rulesOf(header.regularColumns);
  }

  /**
   * The one row of the first `count` versions, which have the same clustering, in the order of their sources; `active` is the deletion of the
   * partition or range that covers it. Undefined when nothing of it is left. A single version that nothing covers is returned as it is, uncleaned.
   */
  merge(rows: readonly Row[], count: number, active: DeletionTime | undefined): Row | undefined {
    const last = rows[count - 1] as Row;
    if (count === 1 && active === undefined) return last;
    let liveness: Liveness | undefined;
    let deletion: DeletionTime | undefined;
    let isShadowable = false;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as Row;
      if (
        row.liveness !== undefined &&
        (liveness === undefined || livenessSupersedes(row.liveness, liveness))
      )
        liveness = row.liveness;
      if (row.deletion !== undefined && deletionSupersedes(row.deletion, deletion)) {
        deletion = row.deletion;
        isShadowable = row.isShadowable;
      }
    }
    if (
      deletion !== undefined &&
      isShadowable &&
      liveness !== undefined &&
      liveness.timestamp > deletion.markedForDeleteAt
    )
      deletion = undefined;
    let covering = active;
    if (deletionSupersedes(deletion, active)) covering = deletion;
    else deletion = undefined;
    if (
      covering !== undefined &&
      liveness !== undefined &&
      liveness.timestamp <= covering.markedForDeleteAt
    )
      liveness = undefined;
    const columns = this.#columns(rows, count, covering);
    if (liveness === undefined && deletion === undefined && columns.length === 0) return undefined;
    return {
      kind: 'row',
      isStatic: last.isStatic,
      clustering: last.clustering,
      liveness,
      deletion,
      isShadowable: deletion !== undefined && isShadowable,
      columns,
    };
  }

  #columns(
    rows: readonly Row[],
    count: number,
    covering: DeletionTime | undefined,
  ): readonly ColumnData[] {
    const rules = (rows[0] as Row).isStatic ? this.#statics : this.#regulars;
    const next = this.#next;
    const versions = this.#versions;
    for (let i = 0; i < count; i++) next[i] = 0;
    let merged: ColumnData[] | undefined;
    for (;;) {
      let index = Number.MAX_SAFE_INTEGER;
      let versionCount = 0;
      for (let i = 0; i < count; i++) {
        const data = (rows[i] as Row).columns[next[i] as number];
        if (data !== undefined && data.column.index < index) index = data.column.index;
      }
      if (index === Number.MAX_SAFE_INTEGER) return merged ?? NO_COLUMNS;
      for (let i = 0; i < count; i++) {
        const data = (rows[i] as Row).columns[next[i] as number];
        if (data === undefined || data.column.index !== index) continue;
        versions[versionCount] = data;
        versionCount += 1;
        next[i] = (next[i] as number) + 1;
      }
      const pathOrder = rules.pathOrders[index];
      const data =
        pathOrder === undefined
          ? this.#simple(versionCount, rules.isCounter[index] as boolean, covering)
          : this.#complex(versionCount, pathOrder, covering);
      if (data !== undefined) {
        merged ??= [];
        merged.push(data);
      }
    }
  }

  #simple(
    count: number,
    isCounterColumn: boolean,
    covering: DeletionTime | undefined,
  ): ColumnData | undefined {
    const versions = this.#versions;
    let found: ColumnData | undefined;
    let cell: Cell | undefined;
    for (let i = 0; i < count; i++) {
      const version = versions[i] as ColumnData;
      const candidate = version.cells[0] as Cell;
      if (covering !== undefined && candidate.timestamp <= covering.markedForDeleteAt) continue;
      if (cell === undefined) {
        cell = candidate;
        found = version;
        continue;
      }
      const winner: Cell = isCounterColumn
        ? reconcileCounters(cell, candidate)
        : reconcileCells(cell, candidate);
      if (winner === candidate) found = version;
      else if (winner !== cell)
        found = { column: version.column, deletion: undefined, cells: [winner] };
      cell = winner;
    }
    return found;
  }

  #complex(
    count: number,
    pathOrder: Comparator,
    covering: DeletionTime | undefined,
  ): ColumnData | undefined {
    const versions = this.#versions;
    let deletion: DeletionTime | undefined;
    for (let i = 0; i < count; i++) {
      const candidate = (versions[i] as ColumnData).deletion;
      if (deletionSupersedes(candidate, deletion)) deletion = candidate;
    }
    let active = covering;
    if (deletionSupersedes(deletion, covering)) active = deletion;
    else deletion = undefined;
    const first = versions[0] as ColumnData;
    if (count === 1 && active === undefined) return first;
    const cells = this.#cells(count, pathOrder, active);
    return cells.length === 0 && deletion === undefined
      ? undefined
      : { column: first.column, deletion, cells };
  }

  /** Cells of all versions by path; those that are deleted are left out. */
  #cells(count: number, pathOrder: Comparator, active: DeletionTime | undefined): readonly Cell[] {
    const versions = this.#versions;
    const next = this.#nextCell;
    for (let i = 0; i < count; i++) next[i] = 0;
    let merged: Cell[] | undefined;
    for (;;) {
      let least: Cell | undefined;
      for (let i = 0; i < count; i++) {
        const cell = (versions[i] as ColumnData).cells[next[i] as number];
        if (
          cell !== undefined &&
          (least === undefined || pathOrder(cell.path as Uint8Array, least.path as Uint8Array) < 0)
        )
          least = cell;
      }
      if (least === undefined) return merged ?? NO_CELLS;
      const path = least.path as Uint8Array;
      let winner: Cell | undefined;
      for (let i = 0; i < count; i++) {
        const cell = (versions[i] as ColumnData).cells[next[i] as number];
        if (cell === undefined || pathOrder(cell.path as Uint8Array, path) !== 0) continue;
        next[i] = (next[i] as number) + 1;
        if (active !== undefined && cell.timestamp <= active.markedForDeleteAt) continue;
        winner = winner === undefined ? cell : reconcileCells(winner, cell);
      }
      if (winner !== undefined) {
        merged ??= [];
        merged.push(winner);
      }
    }
  }
}
