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
  cells: Cell[];
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
  readonly #columns = new Map<Column, ColumnParts>();
  #last: ColumnParts | undefined;

  constructor(clustering: readonly ClusteringValue[], isStatic: boolean) {
    this.clustering = clustering;
    this.isStatic = isStatic;
  }

  #partsOf(column: Column): ColumnParts {
    if (this.#last?.column === column) return this.#last;
    let parts = this.#columns.get(column);
    if (parts === undefined) {
      parts = { column, deletion: undefined, cells: [] };
      this.#columns.set(column, parts);
    }
    this.#last = parts;
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
    this.clustering = detachValues(this.clustering);
    for (const parts of this.#columns.values()) parts.cells = parts.cells.map(detachCell);
  }

  /** The row; undefined when nothing of it is left. `until` is the timestamp of the deletions of partition and range around it. */
  finish(until: bigint | undefined): Row | undefined {
    const deletion =
      this.#deletion !== undefined && isDeleted(this.#deletion.markedForDeleteAt, until)
        ? undefined
        : this.#deletion;
    const rowUntil = deletion?.markedForDeleteAt ?? until;
    const columns: ColumnData[] = [];
    for (const parts of this.#columns.values()) {
      const data = finishColumn(parts, rowUntil);
      if (data !== undefined) columns.push(data);
    }
    columns.sort((a, b) => a.column.index - b.column.index);
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
  const cells = parts.cells.filter(({ timestamp }) => !isDeleted(timestamp, cellsUntil));
  return cells.length === 0 && deletion === undefined ? undefined : { column, deletion, cells };
};
