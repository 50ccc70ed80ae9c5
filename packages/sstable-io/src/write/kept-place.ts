// Data plane. A place in the clustering order that is kept while the rows go on: what readers hand out are views that stand for a short time.
// Called by the SSTable writer and the statistics for every row, so memory is used again where the lengths allow it.
import { type ClusteringPlace, kindOf, ROW_KIND, valuesOf } from '../rows/clustering-comparator.ts';
import type { ClusteringValue, Unfiltered } from '../rows/model.ts';

/** Values up to here are copied byte by byte: a call into the engine costs more. */
const SHORT_BYTES_MAX = 16;

const copyInto = (target: Uint8Array, source: Uint8Array): void => {
  const { length } = source;
  if (length > SHORT_BYTES_MAX) target.set(source);
  else for (let i = 0; i < length; i++) target[i] = source[i] as number;
};

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
      else if (mine?.length === value.length) copyInto(mine, value);
      else this.values[i] = new Uint8Array(value);
    }
  }
}
