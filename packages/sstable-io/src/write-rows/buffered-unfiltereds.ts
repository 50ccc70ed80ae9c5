// Data plane. Rows and range deletions of a buffered partition as one list in clustering order, without what is deleted (spec:
// hints-commitlog-compaction F §3; RowAndDeletionMergeIterator). Called when a buffered partition is read.
import type { RowMerger } from '../merge/row-merger.ts';
import type { ClusteringComparator } from '../rows/clustering-comparator.ts';
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import type { RangeDeletion } from './mutation.ts';
import { rangeMarkers } from './range-markers.ts';

/** Sorts rows (stable: older ones come first), and puts the markers of the ranges between them. */
export const joinUnfiltereds = (
  rows: Row[],
  ranges: readonly RangeDeletion[],
  partitionDeletion: DeletionTime | undefined,
  comparator: ClusteringComparator,
  merger: RowMerger,
): Unfiltered[] => {
  rows.sort((a, b) => comparator.compareUnfiltered(a, b));
  const markers = rangeMarkers(ranges, comparator, partitionDeletion);
  const all: Unfiltered[] = [];
  let open: DeletionTime | undefined;
  let next = 0;
  for (let index = 0; index < rows.length; ) {
    const row = rows[index] as Row;
    // rows whose bytes differ may be the same to their types: 1.0 and 1.00
    const versions = [row];
    for (index += 1; index < rows.length; index++) {
      const other = rows[index] as Row;
      if (comparator.compareUnfiltered(row, other) !== 0) break;
      versions.push(other);
    }
    for (let marker = markers[next]; marker !== undefined; marker = markers[next]) {
      if (comparator.compareUnfiltered(marker, row) > 0) break;
      all.push(marker);
      open = marker.opens;
      next += 1;
    }
    const left = merger.merge(versions, versions.length, open ?? partitionDeletion);
    if (left !== undefined) all.push(left);
  }
  return [...all, ...markers.slice(next)];
};
