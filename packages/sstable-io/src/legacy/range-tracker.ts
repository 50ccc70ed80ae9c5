// Data plane. Range tombstones of before 3.0, which may overlap and repeat, as markers of which at most one range is open (spec: sstable-data
// §4.8, §4.10; UnfilteredDeserializer's TombstoneTracker of 3.x). Called by the conversion to rows, one partition after the other.
import { MalformedBytes } from '@scamander/bytes';
import {
  boundPlace,
  type ClusteringComparator,
  type ClusteringPlace,
} from '../rows/clustering-comparator.ts';
import { detachValues } from '../rows/detach.ts';
import { type DeletionTime, MARKER_KIND, type Marker, type Unfiltered } from '../rows/model.ts';

/** A deletion from one place to another; `start` comes before `end`. Its values are copies. */
export interface PlacedRange {
  readonly start: ClusteringPlace;
  readonly end: ClusteringPlace;
  readonly deletion: DeletionTime;
}

type OpenRange = Omit<PlacedRange, 'start'>;

/** Whether `a` deletes everything that `b` does (DeletionTime.supersedes). */
export const supersedes = (a: DeletionTime, b: DeletionTime | undefined): boolean =>
  b === undefined ||
  a.markedForDeleteAt > b.markedForDeleteAt ||
  (a.markedForDeleteAt === b.markedForDeleteAt && a.localDeletionTime > b.localDeletionTime);

/** A row begins in between: boundaries of the first kind lie before those that have its values, those of the second behind them. */
const isBeforeRow = ({ kind }: ClusteringPlace): boolean =>
  kind === MARKER_KIND.EXCL_END_BOUND || kind === MARKER_KIND.INCL_START_BOUND;

const marker = (
  place: ClusteringPlace,
  closes: DeletionTime | undefined,
  opens: DeletionTime | undefined,
): Marker => {
  const isBefore = isBeforeRow(place);
  const { values } = place;
  const kind = 'marker';
  if (opens === undefined) {
    return { kind, bound: isBefore ? 'EXCL_END_BOUND' : 'INCL_END_BOUND', values, closes, opens };
  }
  if (closes === undefined) {
    const bound = isBefore ? 'INCL_START_BOUND' : 'EXCL_START_BOUND';
    return { kind, bound, values, closes, opens };
  }
  const bound = isBefore ? 'EXCL_END_INCL_START_BOUNDARY' : 'INCL_END_EXCL_START_BOUNDARY';
  return { kind, bound, values, closes, opens };
};

/** Follows one partition. Places must ascend. */
export class RangeTracker {
  /** Deletion of the range that is open in the markers handed out: of everything between the last of them and the next. */
  emitted: DeletionTime | undefined;
  readonly #comparator: ClusteringComparator;
  /** By end, ascending. */
  #open: OpenRange[] = [];
  /** Where ranges begin whose marker waits for others that begin there too. */
  #start: ClusteringPlace | undefined;
  #reached: ClusteringPlace | undefined;

  constructor(comparator: ClusteringComparator) {
    this.#comparator = comparator;
  }

  /** Before the atoms of a partition. */
  begin(): void {
    this.emitted = undefined;
    this.#open = [];
    this.#start = undefined;
    this.#reached = undefined;
  }

  /** The bytes of the place that was reached last are about to be lost. */
  detach(): void {
    if (this.#reached === undefined) return;
    this.#reached = { kind: this.#reached.kind, values: detachValues(this.#reached.values) };
  }

  /** Whether a range that is open deletes all of this one from here on: an index block repeats those that are open at its beginning. */
  isCovered({ end, deletion }: OpenRange): boolean {
    return this.#open.some(
      (open) =>
        !supersedes(deletion, open.deletion) && this.#comparator.comparePlaces(open.end, end) >= 0,
    );
  }

  /** Takes a range that begins at the place that was reached last, or behind it. */
  add(range: PlacedRange): void {
    this.#start ??= range.start;
    const at = this.#open.findIndex(
      (open) => this.#comparator.comparePlaces(open.end, range.end) > 0,
    );
    this.#open.splice(at < 0 ? this.#open.length : at, 0, range);
  }

  /** Puts the markers that come before a place into `out`. Throws MalformedBytes for one that was passed. */
  advance(place: ClusteringPlace, out: Unfiltered[]): void {
    const reached = this.#reached;
    if (reached !== undefined && this.#comparator.comparePlaces(place, reached) < 0) {
      throw new MalformedBytes({
        what: 'ascending clustering order',
        found: 'an atom that begins before what stands before it',
        offset: 0,
      });
    }
    this.#reached = place;
    for (;;) {
      const start = this.#start;
      if (start !== undefined && this.#comparator.comparePlaces(start, place) < 0) {
        this.#begin(start, out);
        continue;
      }
      const [first] = this.#open;
      if (first === undefined || this.#comparator.comparePlaces(first.end, place) >= 0) return;
      this.#endAt(first.end, out);
    }
  }

  /** Markers of what is still open at the end of the partition. */
  finish(out: Unfiltered[]): void {
    if (this.#start !== undefined) this.#begin(this.#start, out);
    for (let first = this.#open[0]; first !== undefined; first = this.#open[0]) {
      this.#endAt(first.end, out);
    }
    if (this.emitted !== undefined) {
      throw new MalformedBytes({ what: 'an end', found: 'a range without one', offset: 0 });
    }
  }

  #begin(start: ClusteringPlace, out: Unfiltered[]): void {
    this.#start = undefined;
    this.#dropUntil(start);
    this.#emit(start, out);
  }

  #endAt(end: ClusteringPlace, out: Unfiltered[]): void {
    this.#dropUntil(end);
    this.#emit(end, out);
  }

  /** Forgets ranges that end there: the place of an exclusive end is that of an inclusive start. */
  #dropUntil(place: ClusteringPlace): void {
    let count = 0;
    for (const { end } of this.#open) {
      if (this.#comparator.comparePlaces(end, place) > 0) break;
      count += 1;
    }
    this.#open.splice(0, count);
  }

  #emit(place: ClusteringPlace, out: Unfiltered[]): void {
    const closes = this.emitted;
    let opens: DeletionTime | undefined;
    for (const { deletion } of this.#open) if (supersedes(deletion, opens)) opens = deletion;
    const isSame =
      opens?.markedForDeleteAt === closes?.markedForDeleteAt &&
      opens?.localDeletionTime === closes?.localDeletionTime;
    if (isSame) return;
    out.push(marker(place, closes, opens));
    this.emitted = opens;
  }
}

/** The place just behind a row. */
export const placeBehind = (values: ClusteringPlace['values']): ClusteringPlace =>
  boundPlace('EXCL_START_BOUND', values);
