// Data plane. The sources of one partition in the order of their present rows and markers. Called by the merge only. They are few, and the one that
// has moved on is mostly in front again: so a sorted list, searched from its front.
import type { ClusteringComparator } from '../rows/clustering-comparator.ts';
import type { Unfiltered } from '../rows/model.ts';
import type { MergeSource } from './merge-source.ts';

/** Sources by place; those at the same place by their index. */
export class PlaceQueue {
  readonly #comparator: ClusteringComparator;
  readonly #sources: MergeSource[] = [];

  constructor(comparator: ClusteringComparator) {
    this.#comparator = comparator;
  }

  get isEmpty(): boolean {
    return this.#sources.length === 0;
  }

  clear(): void {
    this.#sources.length = 0;
  }

  /** Adds a source that has a present row or marker. Each comparison is made once: ties are remembered. */
  insert(source: MergeSource): void {
    const sources = this.#sources;
    const current = source.current as Unfiltered;
    let at = 0;
    let order = 1;
    for (; at < sources.length; at++) {
      const other = sources[at] as MergeSource;
      order = this.#comparator.compareUnfiltered(current, other.current as Unfiltered);
      if (order <= 0) break;
    }
    source.tiesWithNext = order === 0;
    if (order === 0 && (sources[at] as MergeSource).index < source.index) {
      let before = sources[at] as MergeSource;
      at += 1;
      while (before.tiesWithNext && (sources[at] as MergeSource).index < source.index) {
        before = sources[at] as MergeSource;
        at += 1;
      }
      source.tiesWithNext = before.tiesWithNext;
      before.tiesWithNext = true;
    }
    if (at === 0) sources.unshift(source);
    else sources.splice(at, 0, source);
  }

  /** Takes the sources at the first place into the beginning of the list; how many there are. */
  takeFirst(taken: MergeSource[]): number {
    const sources = this.#sources;
    for (let count = 1; ; count++) {
      const source = sources.shift() as MergeSource;
      taken[count - 1] = source;
      if (!source.tiesWithNext) return count;
    }
  }
}
