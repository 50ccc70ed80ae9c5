// Data plane. The first and the last place of all partitions of an SSTable in clustering order (spec: sstable-index-and-stats §6.4, fields
// 14a–c; MetadataCollector.updateClusteringValues). Called by the statistics collector for every row and marker.
import {
  type ClusteringComparator,
  kindOf,
  ROW_KIND,
  valuesOf,
} from '../rows/clustering-comparator.ts';
import { type ClusteringValue, MARKER_KIND, type Unfiltered } from '../rows/model.ts';
import type { BoundKind, ClusteringBound, ClusteringSlice } from './slice.ts';

/** A place of its own: what readers hand out are views that do not last. */
class KeptPlace {
  kind = -1;
  readonly values: ClusteringValue[] = [];
  /** Memory of the values, one array for each, larger than needed. */
  readonly #rooms: Uint8Array[] = [];

  get isSet(): boolean {
    return this.kind >= 0;
  }

  /** Copies values into memory that is used again; the place stands until the next call. */
  keep(kind: number, values: readonly ClusteringValue[]): void {
    this.kind = kind;
    this.values.length = values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as ClusteringValue;
      this.values[i] = value === null ? null : this.#copy(i, value);
    }
  }

  #copy(index: number, value: Uint8Array): Uint8Array {
    let room = this.#rooms[index];
    if (room === undefined || room.length < value.length) {
      room = new Uint8Array(Math.max(16, value.length * 2));
      this.#rooms[index] = room;
    }
    room.set(value);
    return room.subarray(0, value.length);
  }
}

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

  constructor(comparator: ClusteringComparator) {
    this.#comparator = comparator;
  }

  /** The next row or marker of the partition. */
  add(unfiltered: Unfiltered): void {
    const kind = kindOf(unfiltered);
    const values = valuesOf(unfiltered);
    if (!this.#last.isSet) {
      const min = this.#min;
      if (!min.isSet || this.#comparator.compareWithPlace(unfiltered, min) < 0) {
        min.keep(kind, values);
      }
    }
    this.#last.keep(kind, values);
  }

  endPartition(): void {
    const last = this.#last;
    if (!last.isSet) return;
    const max = this.#max;
    if (!max.isSet || this.#comparator.comparePlaces(last, max) > 0) {
      this.#max = last;
      this.#last = max;
    }
    this.#last.kind = -1;
  }

  /** From the first to the last place of all ended partitions. */
  slice(): ClusteringSlice {
    if (!this.#min.isSet) return EMPTY_SLICE;
    return {
      start: boundOf(this.#min, 'INCL_START_BOUND'),
      end: boundOf(this.#max, 'INCL_END_BOUND'),
    };
  }
}
