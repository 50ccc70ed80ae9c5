// Data plane. Cuts rows and markers of a partition to those between two bounds. Called by readers of slices. Range deletions that reach over a
// bound get a marker there, as in Cassandra's slices (ClusteringIndexSliceFilter, AbstractSSTableIterator).
import {
  boundPlace,
  type ClusteringComparator,
  type ClusteringPlace,
} from './clustering-comparator.ts';
import type { ClusteringValue, DeletionTime, MarkerKind, Unfiltered } from './model.ts';

/** A side of a slice; fewer values than clustering columns stand for all rows that begin with them. */
export interface SliceBound {
  readonly values: readonly ClusteringValue[];
  readonly isInclusive: boolean;
}

/** Rows from one bound to another, both in the order in which they are stored. */
export interface RowSlice {
  /** @default the first row */
  readonly from?: SliceBound | undefined;
  /** @default the last row */
  readonly to?: SliceBound | undefined;
  /** The last row first. Markers stay as they are: they open towards the end of the partition. @default false */
  readonly isReversed?: boolean | undefined;
}

interface Side {
  readonly place: ClusteringPlace;
  readonly bound: MarkerKind;
  readonly values: readonly ClusteringValue[];
}

const sideOf = (
  bound: SliceBound | undefined,
  inclusive: MarkerKind,
  exclusive: MarkerKind,
): Side | undefined => {
  if (bound === undefined) return undefined;
  const kind = bound.isInclusive ? inclusive : exclusive;
  return { place: boundPlace(kind, bound.values), bound: kind, values: bound.values };
};

/** Takes a partition's rows and markers in order, from any place at or before the slice. */
export class SliceFilter {
  readonly from: ClusteringPlace | undefined;
  readonly to: ClusteringPlace | undefined;
  readonly isEmpty: boolean;
  readonly #from: Side | undefined;
  readonly #to: Side | undefined;
  readonly #comparator: ClusteringComparator;
  #open: DeletionTime | undefined;
  #hasBegun = false;
  #hasEnded = false;

  constructor(comparator: ClusteringComparator, slice: RowSlice) {
    this.#comparator = comparator;
    this.#from = sideOf(slice.from, 'INCL_START_BOUND', 'EXCL_START_BOUND');
    this.#to = sideOf(slice.to, 'INCL_END_BOUND', 'EXCL_END_BOUND');
    this.from = this.#from?.place;
    this.to = this.#to?.place;
    this.isEmpty =
      this.from !== undefined &&
      this.to !== undefined &&
      comparator.comparePlaces(this.from, this.to) >= 0;
  }

  /** Before a block; `isWithin` where the slice begins before it. */
  begin(open: DeletionTime | undefined, isWithin: boolean): void {
    this.#open = open;
    this.#hasBegun = isWithin;
    this.#hasEnded = this.isEmpty;
  }

  /** Adds what of it belongs to the slice; false when the slice is over. */
  push(unfiltered: Unfiltered, out: Unfiltered[]): boolean {
    if (this.#hasEnded) return false;
    if (!this.#hasBegun) {
      const { from } = this;
      if (from !== undefined && this.#comparator.compareWithPlace(unfiltered, from) <= 0) {
        this.#follow(unfiltered);
        return true;
      }
      this.#enter(out);
    }
    if (this.to !== undefined && this.#comparator.compareWithPlace(unfiltered, this.to) >= 0) {
      this.#leave(out);
      return false;
    }
    this.#follow(unfiltered);
    out.push(unfiltered);
    return true;
  }

  /** Behind the last block of the slice, or of the partition. */
  end(out: Unfiltered[]): void {
    this.enter(out);
    if (!this.#hasEnded) this.#leave(out);
  }

  /** Behind a block in which the slice should have begun. */
  enter(out: Unfiltered[]): void {
    if (!this.#hasBegun && !this.#hasEnded) this.#enter(out);
  }

  #follow(unfiltered: Unfiltered): void {
    if (unfiltered.kind === 'marker') this.#open = unfiltered.opens;
  }

  #enter(out: Unfiltered[]): void {
    this.#hasBegun = true;
    if (this.#from === undefined || this.#open === undefined) return;
    const { bound, values } = this.#from;
    out.push({ kind: 'marker', bound, values, closes: undefined, opens: this.#open });
  }

  #leave(out: Unfiltered[]): void {
    this.#hasEnded = true;
    if (this.#to === undefined || this.#open === undefined) return;
    const { bound, values } = this.#to;
    out.push({ kind: 'marker', bound, values, closes: this.#open, opens: undefined });
  }
}
