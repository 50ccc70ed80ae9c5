// Data plane. The order of rows and markers within a partition (spec: sstable-data §4.10; ClusteringComparator, ClusteringPrefix.Kind). Called
// by readers, writers, merges and slices. Knows nothing of files.
import { type Comparator, type CqlType, comparatorOf } from '@scamander/cql-types';
import { type ClusteringValue, MARKER_KIND, type MarkerKind, type Unfiltered } from './model.ts';

/** Ordinal of a row among the kinds of {@link MARKER_KIND}. */
export const ROW_KIND = 4;

/** Rank among places of the same values, by ordinal: bounds that begin before a row, the static row, rows, bounds that end after a row. */
const RANKS: readonly number[] = [0, 0, 0, 1, 2, 3, 3, 3];
/** What a place with fewer values is to those that begin with them, by ordinal: before or after. A row is never shorter. */
const SIDES: readonly number[] = [-1, -1, -1, -1, 0, 1, 1, 1];

/** A place in the clustering order: a row's values, or a bound that may have fewer. `kind` is an ordinal (spec §4.8). */
export interface ClusteringPlace {
  readonly kind: number;
  readonly values: readonly ClusteringValue[];
}

/** Ordinal of a row's or marker's kind. */
export const kindOf = (unfiltered: Unfiltered): number =>
  unfiltered.kind === 'row' ? ROW_KIND : MARKER_KIND[unfiltered.bound];

/** Clustering values of a row or marker. */
export const valuesOf = (unfiltered: Unfiltered): readonly ClusteringValue[] =>
  unfiltered.kind === 'row' ? unfiltered.clustering : unfiltered.values;

/** Where a row or marker stands. Its values are shared. */
export const placeOf = (unfiltered: Unfiltered): ClusteringPlace => ({
  kind: kindOf(unfiltered),
  values: valuesOf(unfiltered),
});

/** The place of a bound. */
export const boundPlace = (
  bound: MarkerKind,
  values: readonly ClusteringValue[],
): ClusteringPlace => ({ kind: MARKER_KIND[bound], values });

/** Whether markers of a kind end a range; boundaries do both. */
export const closesRange = (kind: number): boolean =>
  kind === MARKER_KIND.EXCL_END_BOUND || kind === MARKER_KIND.INCL_END_BOUND || isBoundary(kind);

/** Whether markers of a kind begin a range; boundaries do both. */
export const opensRange = (kind: number): boolean =>
  kind === MARKER_KIND.INCL_START_BOUND ||
  kind === MARKER_KIND.EXCL_START_BOUND ||
  isBoundary(kind);

/** Whether markers of a kind end one range and begin another. */
export const isBoundary = (kind: number): boolean =>
  kind === MARKER_KIND.EXCL_END_INCL_START_BOUNDARY ||
  kind === MARKER_KIND.INCL_END_EXCL_START_BOUNDARY;

/** Compares places of one table. Nulls sort first, whatever the direction of their column (pitfall 25). */
export class ClusteringComparator {
  readonly #comparators: readonly Comparator[];

  /** `types` are the clustering types, those of descending columns `reversed`. */
  constructor(types: readonly CqlType[]) {
    this.#comparators = types.map(comparatorOf);
  }

  /** Below 0 when `a` comes before `b`. Rows and markers of one partition never compare equal, unless one of them is wrong or both are merged. */
  compareUnfiltered(a: Unfiltered, b: Unfiltered): number {
    return this.compare(kindOf(a), valuesOf(a), kindOf(b), valuesOf(b));
  }

  /** The same for any two places, such as bounds of slices. */
  comparePlaces(a: ClusteringPlace, b: ClusteringPlace): number {
    return this.compare(a.kind, a.values, b.kind, b.values);
  }

  /** A row or marker against a place. */
  compareWithPlace(a: Unfiltered, b: ClusteringPlace): number {
    return this.compare(kindOf(a), valuesOf(a), b.kind, b.values);
  }

  /** Values alone, up to the shorter list; 0 when one begins with the other. */
  compareValues(a: readonly ClusteringValue[], b: readonly ClusteringValue[]): number {
    const count = Math.min(a.length, b.length);
    for (let i = 0; i < count; i++) {
      const left = a[i] as ClusteringValue;
      const right = b[i] as ClusteringValue;
      if (left === null || right === null) {
        if (left === right) continue;
        return left === null ? -1 : 1;
      }
      const order = (this.#comparators[i] as Comparator)(left, right);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** The same by ordinals of kinds and values. */
  compare(
    aKind: number,
    a: readonly ClusteringValue[],
    bKind: number,
    b: readonly ClusteringValue[],
  ): number {
    const order = this.compareValues(a, b);
    if (order !== 0) return order;
    if (a.length < b.length) return SIDES[aKind] as number;
    if (a.length > b.length) return -(SIDES[bKind] as number);
    return (RANKS[aKind] as number) - (RANKS[bKind] as number);
  }
}
