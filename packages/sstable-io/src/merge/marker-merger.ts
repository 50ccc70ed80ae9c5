// Data plane. Range tombstones of several sources become one sequence of markers without overlaps (spec: hints-commitlog-compaction F §4;
// RangeTombstoneMarker.Merger). Called by the merge at every place where a source has a marker.

import type { DeletionTime, Marker, MarkerKind } from '../rows/model.ts';
import { MARKER_KIND } from '../rows/model.ts';
import { deletionSupersedes, sameDeletion } from './supersede.ts';

/** Kinds whose place is before a row of the same values; the others are behind it. */
const isBefore = (bound: MarkerKind): boolean =>
  MARKER_KIND[bound] <= MARKER_KIND.EXCL_END_INCL_START_BOUNDARY;

const kindOfChange = (isBeforeRow: boolean, closes: boolean, opens: boolean): MarkerKind => {
  if (closes && opens)
    return isBeforeRow ? 'EXCL_END_INCL_START_BOUNDARY' : 'INCL_END_EXCL_START_BOUNDARY';
  if (opens) return isBeforeRow ? 'INCL_START_BOUND' : 'EXCL_START_BOUND';
  return isBeforeRow ? 'EXCL_END_BOUND' : 'INCL_END_BOUND';
};

/** Follows one partition: what is open in each source, and what of it counts. */
export class MarkerMerger {
  readonly #open: (DeletionTime | undefined)[] = [];
  #partitionDeletion: DeletionTime | undefined;
  #current: DeletionTime | undefined;

  /** A new partition of so many sources. */
  begin(sources: number, partitionDeletion: DeletionTime | undefined): void {
    this.#open.length = sources;
    this.#open.fill(undefined);
    this.#partitionDeletion = partitionDeletion;
    this.#current = undefined;
  }

  /** Whether a range is open in some source, be it one that does not count. */
  get isOpen(): boolean {
    return this.#open.some((deletion) => deletion !== undefined);
  }

  /** What deletes the rows at this place: the open range that counts, else the partition's deletion. */
  get active(): DeletionTime | undefined {
    return this.#current ?? this.#partitionDeletion;
  }

  /** A source's marker at the present place; {@link merge} follows when all of the place are told. */
  add(source: number, marker: Marker): void {
    this.#open[source] = marker.opens;
  }

  /** What the markers of one place come to, told by one of them; undefined when nothing changes. */
  merge({ bound, values }: Marker): Marker | undefined {
    const closes = this.#current;
    let opens: DeletionTime | undefined;
    for (let i = 0; i < this.#open.length; i++) {
      const candidate = this.#open[i];
      if (deletionSupersedes(candidate, opens)) opens = candidate;
    }
    // a range counts where it deletes more than the deletion of the whole partition: not where both are the same
    if (
      this.#partitionDeletion !== undefined &&
      !deletionSupersedes(opens, this.#partitionDeletion)
    )
      opens = undefined;
    if (sameDeletion(closes, opens)) return undefined;
    this.#current = opens;
    return {
      kind: 'marker',
      bound: kindOfChange(isBefore(bound), closes !== undefined, opens !== undefined),
      values,
      closes,
      opens,
    };
  }
}
