// Data plane. Range deletions of one partition, in any order and overlapping, as the markers that stand between its rows (spec: sstable-data §4.8,
// hints-commitlog-compaction F §4; RangeTombstoneList). Called when a buffered partition is read.
import { deletionSupersedes, sameDeletion } from '../merge/supersede.ts';
import type { ClusteringComparator, ClusteringPlace } from '../rows/clustering-comparator.ts';
import { type DeletionTime, MARKER_KIND, type Marker, type MarkerKind } from '../rows/model.ts';
import type { RangeDeletion } from './mutation.ts';

/** Ranges that are open, ascending by what they delete. */
class OpenRanges {
  readonly #deletions: DeletionTime[] = [];

  /** Where a deletion stands, or would stand. */
  #indexOf(deletion: DeletionTime): number {
    let low = 0;
    for (let high = this.#deletions.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (deletionSupersedes(deletion, this.#deletions[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  open(deletion: DeletionTime): void {
    this.#deletions.splice(this.#indexOf(deletion), 0, deletion);
  }

  close(deletion: DeletionTime): void {
    this.#deletions.splice(this.#indexOf(deletion), 1);
  }

  /** The one that counts. */
  get strongest(): DeletionTime | undefined {
    return this.#deletions.at(-1);
  }
}

/** Bounds that compare before the rows of their values; the others compare behind them. */
const BEFORE_ROWS: ReadonlySet<number> = new Set([
  MARKER_KIND.EXCL_END_BOUND,
  MARKER_KIND.INCL_START_BOUND,
]);

/** Kind of the marker at such a place, by what ends and begins there. */
const boundAt = (isBeforeRows: boolean, doesClose: boolean, doesOpen: boolean): MarkerKind => {
  if (doesClose && doesOpen)
    return isBeforeRows ? 'EXCL_END_INCL_START_BOUNDARY' : 'INCL_END_EXCL_START_BOUNDARY';
  if (doesOpen) return isBeforeRows ? 'INCL_START_BOUND' : 'EXCL_START_BOUND';
  return isBeforeRows ? 'EXCL_END_BOUND' : 'INCL_END_BOUND';
};

interface RangeEvent {
  readonly place: ClusteringPlace;
  readonly opens: boolean;
  readonly deletion: DeletionTime;
}

/** Markers in clustering order, for what the partition's own deletion does not delete already. */
export const rangeMarkers = (
  ranges: readonly RangeDeletion[],
  comparator: ClusteringComparator,
  partitionDeletion: DeletionTime | undefined,
): Marker[] => {
  const events = ranges
    .filter(({ deletion }) => deletionSupersedes(deletion, partitionDeletion))
    .flatMap(({ start, end, deletion }): RangeEvent[] => [
      { place: start, opens: true, deletion },
      { place: end, opens: false, deletion },
    ])
    .sort((a, b) => comparator.comparePlaces(a.place, b.place));
  const open = new OpenRanges();
  const markers: Marker[] = [];
  let current: DeletionTime | undefined;
  for (let index = 0; index < events.length; ) {
    const { place } = events[index] as RangeEvent;
    for (; index < events.length; index++) {
      const event = events[index] as RangeEvent;
      if (comparator.comparePlaces(event.place, place) !== 0) break;
      if (event.opens) open.open(event.deletion);
      else open.close(event.deletion);
    }
    const next = open.strongest;
    if (sameDeletion(current, next)) continue;
    markers.push({
      kind: 'marker',
      bound: boundAt(BEFORE_ROWS.has(place.kind), current !== undefined, next !== undefined),
      values: place.values,
      closes: current,
      opens: next,
    });
    current = next;
  }
  return markers;
};
