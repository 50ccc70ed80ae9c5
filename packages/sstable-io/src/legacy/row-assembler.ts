// Data plane. One row as its cells and tombstones come (LegacyLayout's CellGrouper of 3.x). Called by the conversion to rows. What a deletion of
// the row, of one of its collections, of a range or of the partition deletes is left out: rows of 3.0 hold no data that is shadowed.
import { MalformedBytes } from '@scamander/bytes';
import { detachValues } from '../rows/detach.ts';
import type {
  Cell,
  ClusteringValue,
  Column,
  ColumnData,
  DeletionTime,
  Liveness,
  Row,
} from '../rows/model.ts';
import { supersedes } from './range-tracker.ts';

/** A column's part of the row in the making. */
interface ColumnParts {
  readonly column: Column;
  deletion: DeletionTime | undefined;
  readonly cells: Cell[];
  /** How many of the cells have bytes of their own. */
  detached: number;
}

const detachCell = (cell: Cell): Cell => ({
  ...cell,
  path: cell.path?.slice(),
  value: cell.value.slice(),
});

/** Whether a deletion at `until` deletes what has this timestamp (DeletionTime.deletes). */
const isDeleted = (timestamp: bigint, until: bigint | undefined): boolean =>
  until !== undefined && timestamp <= until;

/** Gathers one row. Values are views until {@link RowAssembler.detach}. */
export class RowAssembler {
  readonly isStatic: boolean;
  clustering: readonly ClusteringValue[];
  liveness: Liveness | undefined;
  /** Of cells that are named like a column of the key: makes a row of them where nothing else does (CASSANDRA-15365). */
  strayLiveness: Liveness | undefined;
  #deletion: DeletionTime | undefined;
  /** By the column's place among those of its row. */
  readonly #columns: (ColumnParts | undefined)[] = [];
  #isDetached = false;

  constructor(clustering: readonly ClusteringValue[], isStatic: boolean) {
    this.clustering = clustering;
    this.isStatic = isStatic;
  }

  #partsOf(column: Column): ColumnParts {
    const known = this.#columns[column.index];
    if (known !== undefined) return known;
    const parts: ColumnParts = { column, deletion: undefined, cells: [], detached: 0 };
    this.#columns[column.index] = parts;
    return parts;
  }

  /** Throws MalformedBytes for a second cell of a simple column. */
  addCell(column: Column, cell: Cell): void {
    const { cells } = this.#partsOf(column);
    if (!column.isComplex && cells.length > 0) {
      const found = `a second cell of column ${column.text} in one row`;
      throw new MalformedBytes({ what: 'one', found, offset: 0 });
    }
    cells.push(cell);
  }

  /** Deletes the row; what is deleted later wins. */
  delete(deletion: DeletionTime): void {
    if (supersedes(deletion, this.#deletion)) this.#deletion = deletion;
  }

  /** Deletes what a collection had before. */
  deleteCollection(column: Column, deletion: DeletionTime): void {
    const parts = this.#partsOf(column);
    if (supersedes(deletion, parts.deletion)) parts.deletion = deletion;
  }

  /** The bytes of what came so far are about to be lost. */
  detach(): void {
    if (!this.#isDetached) this.clustering = detachValues(this.clustering);
    this.#isDetached = true;
    for (const parts of this.#columns) {
      if (parts === undefined) continue;
      const { cells } = parts;
      for (let i = parts.detached; i < cells.length; i++) cells[i] = detachCell(cells[i] as Cell);
      parts.detached = cells.length;
    }
  }

  /** The row; undefined when nothing of it is left. `until` is the timestamp of the deletions of partition and range around it. */
  finish(until: bigint | undefined): Row | undefined {
    const deletion =
      this.#deletion !== undefined && isDeleted(this.#deletion.markedForDeleteAt, until)
        ? undefined
        : this.#deletion;
    const rowUntil = deletion?.markedForDeleteAt ?? until;
    const columns: ColumnData[] = [];
    for (const parts of this.#columns) {
      const data = parts === undefined ? undefined : finishColumn(parts, rowUntil);
      if (data !== undefined) columns.push(data);
    }
    const isBare = this.liveness === undefined && deletion === undefined && columns.length === 0;
    const found = isBare ? this.strayLiveness : this.liveness;
    const liveness =
      found !== undefined && isDeleted(found.timestamp, rowUntil) ? undefined : found;
    if (liveness === undefined && deletion === undefined && columns.length === 0) return undefined;
    const { isStatic, clustering } = this;
    return { kind: 'row', isStatic, clustering, liveness, deletion, isShadowable: false, columns };
  }
}

const finishColumn = (parts: ColumnParts, until: bigint | undefined): ColumnData | undefined => {
  const { column } = parts;
  const isShadowed =
    parts.deletion !== undefined && isDeleted(parts.deletion.markedForDeleteAt, until);
  const deletion = isShadowed ? undefined : parts.deletion;
  const cellsUntil = deletion?.markedForDeleteAt ?? until;
  const cells =
    cellsUntil === undefined
      ? parts.cells
      : parts.cells.filter(({ timestamp }) => timestamp > cellsUntil);
  return cells.length === 0 && deletion === undefined ? undefined : { column, deletion, cells };
};
