// Data plane. Copies of rows and markers that do not share the bytes of the reader they come from. Called by whoever keeps a row beyond its batch:
// merges, statistics, heads of partitions.
import type { Cell, ClusteringValue, ColumnData, Marker, Row, Unfiltered } from './model.ts';

const copyOf = (bytes: Uint8Array): Uint8Array =>
  bytes.length === 0 ? bytes : new Uint8Array(bytes);

/** Clustering values with bytes of their own. */
export const detachValues = (values: readonly ClusteringValue[]): ClusteringValue[] =>
  values.map((value) => (value === null ? null : copyOf(value)));

const cellOf = (cell: Cell): Cell => ({
  timestamp: cell.timestamp,
  ttl: cell.ttl,
  localDeletionTime: cell.localDeletionTime,
  path: cell.path === undefined ? undefined : copyOf(cell.path),
  value: copyOf(cell.value),
});

const dataOf = ({ column, deletion, cells }: ColumnData): ColumnData => ({
  column,
  deletion,
  cells: cells.map(cellOf),
});

/** A row with bytes of its own. */
export const detachRow = (row: Row): Row => ({
  ...row,
  clustering: detachValues(row.clustering),
  columns: row.columns.map(dataOf),
});

/** A marker with bytes of its own. */
export const detachMarker = (marker: Marker): Marker => ({
  ...marker,
  values: detachValues(marker.values),
});

/** A row or marker with bytes of its own. */
export const detach = (unfiltered: Unfiltered): Unfiltered =>
  unfiltered.kind === 'row' ? detachRow(unfiltered) : detachMarker(unfiltered);
