// Data plane. What Data.db holds, as values: partitions, rows, markers, cells (spec: sstable-data §4; Cassandra's Unfiltered, Row,
// RangeTombstoneMarker, Cell). Made by every row reader, taken by the writer, the merge, the dump and verification. Holds types and constants.
import type { CqlType } from '@scamander/cql-types';
import type { ClusteringValue } from '../io/clustering-values.ts';

/**
 * Local deletion time (seconds) of what is neither deleted nor expiring, in every version; readers and writers map it to 7fffffff before
 * `oa` and to ffffffff from then on. Larger than every real one.
 */
export const NO_DELETION_TIME = Number.MAX_SAFE_INTEGER;

/** Timestamp of a deletion that deletes nothing; such deletions are `undefined` in this model, whatever their local deletion time. */
export const LIVE_TIMESTAMP = -(2n ** 63n);

/** TTL of a row liveness that a materialized view marked as expired: dead at any time (LivenessInfo.EXPIRED_LIVENESS_TTL). */
export const EXPIRED_LIVENESS_TTL = 0x7fffffff;

export type { ClusteringValue };

/** A deletion of a partition, a row, a range or a complex column. Times in microseconds and in seconds. */
export interface DeletionTime {
  readonly markedForDeleteAt: bigint;
  readonly localDeletionTime: number;
}

/** Primary-key liveness of a row. `ttl` 0 and `localExpirationTime` {@link NO_DELETION_TIME} where it does not expire. */
export interface Liveness {
  readonly timestamp: bigint;
  readonly ttl: number;
  readonly localExpirationTime: number;
}

/**
 * A cell. Live: ttl 0, localDeletionTime {@link NO_DELETION_TIME}. Tombstone: ttl 0, localDeletionTime when it was deleted. Expiring: ttl > 0,
 * localDeletionTime when it expires. `path` is undefined for simple columns: for complex ones the element, key, time-UUID or field index.
 */
export interface Cell {
  readonly timestamp: bigint;
  readonly ttl: number;
  readonly localDeletionTime: number;
  readonly path: Uint8Array | undefined;
  readonly value: Uint8Array;
}

/** A column of a header, in the order of cells within rows (spec §3.1). */
export interface Column {
  readonly name: Uint8Array;
  /** UTF-8 of the name. */
  readonly text: string;
  readonly type: CqlType;
  readonly isStatic: boolean;
  /** Several cells: a collection or user type that is not frozen. */
  readonly isComplex: boolean;
  /** Place in its list (static or regular) of the {@link RowHeader}. */
  readonly index: number;
}

/** What a row has in one column. A simple column has exactly one cell and no deletion; a complex one may have a deletion without cells. */
export interface ColumnData {
  readonly column: Column;
  /** Complex columns only. */
  readonly deletion: DeletionTime | undefined;
  /** Ascending by path. */
  readonly cells: readonly Cell[];
}

/** A row. The static row of a partition has no clustering values. */
export interface Row {
  readonly kind: 'row';
  readonly isStatic: boolean;
  readonly clustering: readonly ClusteringValue[];
  readonly liveness: Liveness | undefined;
  readonly deletion: DeletionTime | undefined;
  /** The row deletion is a shadowable one of an old materialized view. */
  readonly isShadowable: boolean;
  /** In the order of the header's columns. */
  readonly columns: readonly ColumnData[];
}

/** Kinds of a range tombstone marker, by their ordinals on disk (spec §4.8; ClusteringPrefix.Kind). */
export const MARKER_KIND = {
  EXCL_END_BOUND: 0,
  INCL_START_BOUND: 1,
  EXCL_END_INCL_START_BOUNDARY: 2,
  INCL_END_EXCL_START_BOUNDARY: 5,
  INCL_END_BOUND: 6,
  EXCL_START_BOUND: 7,
} as const;

/** Name of a marker's kind. */
export type MarkerKind = keyof typeof MARKER_KIND;

/** An end of a range tombstone, or the place where one ends and another begins. */
export interface Marker {
  readonly kind: 'marker';
  readonly bound: MarkerKind;
  /** May be fewer than the clustering columns. */
  readonly values: readonly ClusteringValue[];
  /** Deletion of the range that ends here. */
  readonly closes: DeletionTime | undefined;
  /** Deletion of the range that begins here. */
  readonly opens: DeletionTime | undefined;
}

/** What follows a partition's head, in clustering order. */
export type Unfiltered = Row | Marker;

/** What precedes the rows of a partition. */
export interface PartitionHead {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime | undefined;
  /** Undefined where there is none or where it is empty. */
  readonly staticRow: Row | undefined;
  /** Where the partition begins, in uncompressed bytes of what is read. */
  readonly position: number;
  /** Bytes of key, deletion and static row. */
  readonly headerLength: number;
}
