// Data plane. Atoms of one partition as rows and markers of the model (LegacyLayout, UnfilteredDeserializer.OldFormatDeserializer of 3.x). Called
// by the row reader, atom by atom. Throws MalformedBytes where atoms do not fit the schema or each other.
import { MalformedBytes } from '@scamander/bytes';
import {
  boundPlace,
  ClusteringComparator,
  type ClusteringPlace,
  ROW_KIND,
} from '../rows/clustering-comparator.ts';
import { detachValues } from '../rows/detach.ts';
import {
  type ClusteringValue,
  type DeletionTime,
  MARKER_KIND,
  type Row,
  type Unfiltered,
} from '../rows/model.ts';
import type { LegacyAtom, LegacyCell, LegacyRangeTombstone } from './atom.ts';
import { CellNames, type DecodedBound } from './cell-names.ts';
import { isStaticName } from './composite.ts';
import type { LegacyTable } from './legacy-table.ts';
import { placeBehind, RangeTracker, supersedes } from './range-tracker.ts';
import { RowAssembler } from './row-assembler.ts';
import { RowCells } from './row-cells.ts';

const malformed = (found: string, what: string): MalformedBytes =>
  new MalformedBytes({ what, found, offset: 0 });

const beginsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean => {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
};

const sameValues = (a: readonly ClusteringValue[], b: readonly ClusteringValue[]): boolean =>
  a.length === b.length &&
  a.every((value, i) => {
    const other = b[i] as ClusteringValue;
    if (value === null || other === null) return value === other;
    return value.length === other.length && beginsWith(value, other);
  });

/** Timestamp of what deletes more: the partition's deletion or a range's. */
const later = (
  partitionUntil: bigint | undefined,
  range: DeletionTime | undefined,
): bigint | undefined => {
  const rangeUntil = range?.markedForDeleteAt;
  if (partitionUntil === undefined || rangeUntil === undefined) return partitionUntil ?? rangeUntil;
  return partitionUntil > rangeUntil ? partitionUntil : rangeUntil;
};

const NO_VALUES: readonly ClusteringValue[] = [];

/** Follows one partition after the other. */
export class PartitionAssembler {
  /** The static row, until the first atom that is not of it. */
  staticRow: Row | undefined;
  readonly #table: LegacyTable;
  readonly #names: CellNames;
  readonly #cells: RowCells;
  readonly #comparator: ClusteringComparator;
  readonly #ranges: RangeTracker;
  #partitionUntil: bigint | undefined;
  #static: RowAssembler | undefined;
  #row: RowAssembler | undefined;
  /** What the names of the present row's cells begin with; undefined before the first of them. */
  #prefix: Uint8Array | undefined;
  /** Clustering values of the row that was finished last. */
  #lastValues: readonly ClusteringValue[] | undefined;
  /** Cells of declared columns of a static compact table are passed over: they were read before. */
  #skipsDeclared = false;

  constructor(table: LegacyTable) {
    this.#table = table;
    this.#names = new CellNames(table);
    this.#cells = new RowCells(table);
    this.#comparator = new ClusteringComparator(table.header.clusteringTypes);
    this.#ranges = new RangeTracker(this.#comparator);
  }

  /** Before the atoms of a partition. */
  begin(deletion: DeletionTime | undefined, skipsDeclared = false): void {
    this.staticRow = undefined;
    this.#partitionUntil = deletion?.markedForDeleteAt;
    this.#static = undefined;
    this.#row = undefined;
    this.#prefix = undefined;
    this.#lastValues = undefined;
    this.#skipsDeclared = skipsDeclared;
    this.#ranges.begin();
  }

  /** Whether an atom is of the static row, by its name; those come first. */
  isStatic(atom: LegacyAtom): boolean {
    const { isCompound, isStaticCompact } = this.#table;
    if (isCompound) return isStaticName(atom.kind === 'cell' ? atom.name : atom.first);
    return isStaticCompact && atom.kind === 'cell' && this.#table.find(atom.name).kind === 'column';
  }

  /** Takes an atom; rows and markers that it completes are put into `out`. */
  add(atom: LegacyAtom, out: Unfiltered[]): void {
    if (atom.kind === 'cell') this.#addCell(atom, out);
    else this.#addRange(atom, out);
  }

  /** The bytes of the atoms so far are about to be lost. */
  detach(): void {
    this.#row?.detach();
    this.#static?.detach();
    this.#prefix = this.#prefix?.slice();
    if (this.#lastValues !== undefined) this.#lastValues = detachValues(this.#lastValues);
    this.#ranges.detach();
  }

  /** After the last static atom: fills {@link staticRow}. */
  finishStatic(): void {
    this.staticRow ??= this.#static?.finish(this.#partitionUntil);
    this.#static = undefined;
  }

  /** After the last atom. */
  finish(out: Unfiltered[]): void {
    this.#finishRow(out);
    this.#ranges.finish(out);
  }

  #finishRow(out: Unfiltered[]): void {
    const row = this.#row;
    if (row === undefined) return;
    this.#row = undefined;
    this.#prefix = undefined;
    this.#lastValues = row.clustering;
    const finished = row.finish(later(this.#partitionUntil, this.#ranges.emitted));
    if (finished !== undefined) out.push(finished);
  }

  /** The present row where it has these values, else the next one. */
  #rowOf(values: readonly ClusteringValue[], out: Unfiltered[]): RowAssembler {
    if (this.#row !== undefined && sameValues(this.#row.clustering, values)) return this.#row;
    this.#finishRow(out);
    if (
      this.#lastValues !== undefined &&
      this.#comparator.compareValues(this.#lastValues, values) >= 0
    ) {
      throw malformed(
        'a row that does not come after the one before',
        'ascending clustering order',
      );
    }
    this.#ranges.advance({ kind: ROW_KIND, values }, out);
    this.#row = new RowAssembler(values, false);
    return this.#row;
  }

  #addCell(cell: LegacyCell, out: Unfiltered[]): void {
    const { isCompound, isDense, isStaticCompact } = this.#table;
    if (isCompound) this.#addCompound(cell, out);
    else if (isStaticCompact) this.#addStaticCompact(cell, out);
    else if (isDense) this.#addDense(cell, this.#names.simpleClustering(cell.name), out);
    else throw malformed('a table of no known layout', 'a compound, dense or static compact one');
  }

  #addDense(cell: LegacyCell, values: readonly ClusteringValue[], out: Unfiltered[]): void {
    const { valueColumn } = this.#table;
    if (valueColumn === undefined) throw malformed('a cell of a table without a value', 'none');
    this.#cells.addValue(this.#rowOf(values, out), valueColumn, undefined, cell);
  }

  #addStaticCompact(cell: LegacyCell, out: Unfiltered[]): void {
    const found = this.#table.find(cell.name);
    if (found.kind === 'column') {
      if (!this.#skipsDeclared)
        this.#cells.addValue(this.#staticAssembler(), found.column, undefined, cell);
    } else if (!this.#table.isBeforeDrop(cell.name, cell.timestamp)) {
      this.#addDense(cell, this.#names.simpleClustering(cell.name), out);
    }
  }

  #staticAssembler(): RowAssembler {
    this.#static ??= new RowAssembler(NO_VALUES, true);
    return this.#static;
  }

  #addCompound(cell: LegacyCell, out: Unfiltered[]): void {
    if (this.#table.isDense) {
      this.#addDense(cell, this.#names.clustering(cell.name).values, out);
      return;
    }
    const { name } = cell;
    const names = this.#names;
    let row = this.#row;
    if (row !== undefined && this.#prefix !== undefined && beginsWith(name, this.#prefix)) {
      names.rest(name, this.#prefix.length);
    } else {
      const { values, end } = names.clustering(name);
      names.rest(name, end);
      const isStatic = isStaticName(name);
      row = isStatic ? this.#staticAssembler() : this.#rowOf(values, out);
      if (!isStatic) this.#prefix = name.subarray(0, end);
    }
    if (this.#table.isSuper) this.#cells.addSubColumn(row, names.column, cell);
    else this.#cells.addNamed(row, names.column, names.element, cell);
  }

  #addRange(range: LegacyRangeTombstone, out: Unfiltered[]): void {
    const { markedForDeleteAt } = range.deletion;
    if (this.#partitionUntil !== undefined && markedForDeleteAt <= this.#partitionUntil) return;
    const first = this.#names.bound(range.first, true);
    const last = this.#names.bound(range.last, false);
    const { deletion } = range;
    if (first.isStatic || last.isStatic) this.#addStaticRange(first, last, deletion, out);
    else this.#addPlaced(first, last, deletion, out);
  }

  #addStaticRange(
    first: DecodedBound,
    last: DecodedBound,
    deletion: DeletionTime,
    out: Unfiltered[],
  ): void {
    const row = this.#staticAssembler();
    if (first.column !== undefined && last.column !== undefined && sameName(first, last)) {
      this.#cells.deleteCollection(() => row, first.column, deletion);
      return;
    }
    row.delete(deletion);
    if (last.isStatic) return;
    const start = { ...first, place: boundPlace('INCL_START_BOUND', []), column: undefined };
    this.#addPlaced(start, last, deletion, out);
  }

  #addPlaced(
    first: DecodedBound,
    last: DecodedBound,
    deletion: DeletionTime,
    out: Unfiltered[],
  ): void {
    const { clusteringCount } = this.#table;
    const start = first.place;
    const end = last.place;
    const isOneRow =
      start.values.length === clusteringCount &&
      start.kind === MARKER_KIND.INCL_START_BOUND &&
      end.kind === MARKER_KIND.INCL_END_BOUND &&
      sameValues(start.values, end.values);
    if (
      isOneRow &&
      first.column !== undefined &&
      last.column !== undefined &&
      sameName(first, last)
    ) {
      this.#cells.deleteCollection(() => this.#rowOf(start.values, out), first.column, deletion);
    } else if (isOneRow) {
      this.#deleteRow(start.values, deletion, out);
    } else if (this.#comparator.comparePlaces(start, end) < 0) {
      this.#deleteRange(start, end, deletion, out);
    }
  }

  #deleteRow(values: readonly ClusteringValue[], deletion: DeletionTime, out: Unfiltered[]): void {
    this.#rowOf(values, out).delete(deletion);
  }

  #deleteRange(
    start: ClusteringPlace,
    end: ClusteringPlace,
    deletion: DeletionTime,
    out: Unfiltered[],
  ): void {
    const range = { start, end, deletion };
    // an index block repeats at its beginning what is open
    if (this.#ranges.isCovered(range)) return;
    const row = this.#row;
    const values = row?.clustering ?? this.#lastValues;
    const here = values === undefined ? undefined : { kind: ROW_KIND, values };
    if (here === undefined || this.#comparator.comparePlaces(start, here) > 0) {
      this.#finishRow(out);
      this.#ranges.advance(start, out);
      this.#ranges.add(range);
      return;
    }
    // it begins with the present row, as a piece of a range does that the row's collections cut: the row takes its part of it
    if (this.#comparator.comparePlaces(end, here) < 0) return;
    if (row !== undefined && supersedes(deletion, this.#ranges.emitted)) row.delete(deletion);
    const behind = placeBehind(here.values);
    this.#ranges.advance(behind, out);
    this.#ranges.add({ ...range, start: behind });
  }
}

const sameName = (a: DecodedBound, b: DecodedBound): boolean =>
  a.column !== undefined && b.column !== undefined && Buffer.compare(a.column, b.column) === 0;
