// Data plane. The first and the last place of all partitions of an SSTable in clustering order (spec: sstable-index-and-stats §6.4, fields
// 14a–c; MetadataCollector.updateClusteringValues). Called by the statistics collector for every row and marker.
import { type ClusteringComparator, ROW_KIND } from '../rows/clustering-comparator.ts';
import { MARKER_KIND, type Unfiltered } from '../rows/model.ts';
import { KeptPlace } from '../write/kept-place.ts';
import type { BoundKind, ClusteringBound, ClusteringSlice } from './slice.ts';

const BOUND_NAMES = new Map<number, BoundKind>([
  [MARKER_KIND.EXCL_END_BOUND, 'EXCL_END_BOUND'],
  [MARKER_KIND.INCL_START_BOUND, 'INCL_START_BOUND'],
  [MARKER_KIND.INCL_END_BOUND, 'INCL_END_BOUND'],
  [MARKER_KIND.EXCL_START_BOUND, 'EXCL_START_BOUND'],
]);

const boundOf = (place: KeptPlace, ofRow: BoundKind): ClusteringBound => ({
  kind: place.kind === ROW_KIND ? ofRow : (BOUND_NAMES.get(place.kind) ?? ofRow),
  values: place.values.map((value) => (value === null ? null : Uint8Array.from(value))),
});

/** Nothing lies within: what an SSTable without rows and markers says. */
const EMPTY_SLICE: ClusteringSlice = {
  start: { kind: 'EXCL_START_BOUND', values: [] },
  end: { kind: 'EXCL_END_BOUND', values: [] },
};

/**
 * Smallest and largest place. Rows and markers of a partition ascend, so its first one and its last one count: the former is a row or opens a
 * range, the latter is a row or ends one. Of places that compare equal the first stays.
 */
export class ClusteringExtremes {
  readonly #comparator: ClusteringComparator;
  readonly #min = new KeptPlace();
  #max = new KeptPlace();
  #last = new KeptPlace();
  #hasMin = false;
  #hasMax = false;
  /** Of the present partition. */
  #hasLast = false;

  constructor(comparator: ClusteringComparator) {
    this.#comparator = comparator;
  }

  /** The next row or marker of the partition. */
  add(unfiltered: Unfiltered): void {
    if (!this.#hasLast) {
      this.#hasLast = true;
      if (!this.#hasMin || this.#comparator.compareWithPlace(unfiltered, this.#min) < 0) {
        this.#hasMin = true;
        this.#min.keep(unfiltered);
      }
    }
    this.#last.keep(unfiltered);
  }

  endPartition(): void {
    if (!this.#hasLast) return;
    this.#hasLast = false;
    const last = this.#last;
    const max = this.#max;
    if (!this.#hasMax || this.#comparator.comparePlaces(last, max) > 0) {
      this.#hasMax = true;
      this.#max = last;
      this.#last = max;
    }
  }

  /** From the first to the last place of all ended partitions. */
  slice(): ClusteringSlice {
    if (!this.#hasMin) return EMPTY_SLICE;
    return {
      start: boundOf(this.#min, 'INCL_START_BOUND'),
      end: boundOf(this.#max, 'INCL_END_BOUND'),
    };
  }
}
