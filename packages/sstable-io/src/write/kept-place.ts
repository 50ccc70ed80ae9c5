// Data plane. A place in the clustering order that is kept while the rows go on: what readers hand out are views that stand for a short time.
// Called by the SSTable writer for every row, so memory is used again where the lengths allow it.
import { type ClusteringPlace, kindOf, ROW_KIND, valuesOf } from '../rows/clustering-comparator.ts';
import type { ClusteringValue, Unfiltered } from '../rows/model.ts';

/** The copy of one place at a time. */
export class KeptPlace implements ClusteringPlace {
  kind: number = ROW_KIND;
  values: ClusteringValue[] = [];

  /** Copies the place of a row or marker. */
  keep(unfiltered: Unfiltered): void {
    const source = valuesOf(unfiltered);
    this.kind = kindOf(unfiltered);
    if (this.values.length !== source.length) this.values.length = source.length;
    for (let i = 0; i < source.length; i++) {
      const value = source[i] as ClusteringValue;
      const mine = this.values[i];
      if (value === null) this.values[i] = null;
      else if (mine?.length === value.length) mine.set(value);
      else this.values[i] = Uint8Array.from(value);
    }
  }
}
