// Control plane. What callers of the CQL writer say: rows by the names of their columns, and how they are meant. Holds types only.
import type { CqlValue } from '@scamander/cql-types';

/**
 * How the values of a row are written. `typed`: as `encodeValue` takes them. `json`: as INSERT JSON takes them. `text`: as CQL literals or plain
 * text, such as the fields of a CSV.
 */
export type RowForm = 'typed' | 'json' | 'text';

/** Values by column name, in their form. Null deletes what the column holds; a column that is missing or undefined is left alone. */
export type RowValues = Readonly<Record<string, CqlValue | null | undefined>>;

/** How one statement is meant; what is left out is the writer's default. */
export interface StatementOptions {
  /** Microseconds (USING TIMESTAMP). */
  readonly timestampMicros?: bigint | undefined;
  /** Seconds that cells and row live (USING TTL); 0 stands for ever. @default the table's default_time_to_live */
  readonly ttlSeconds?: number | undefined;
  /** When it is written, in seconds: deletions carry it, and time to live counts from it. */
  readonly nowSeconds?: number | undefined;
  /** @default 'typed' */
  readonly form?: RowForm | undefined;
  /** Whether a collection or user type that is not frozen takes the place of what is there, or is added to it (a list at either end). @default 'replace' */
  readonly collections?: 'replace' | 'append' | 'prepend' | undefined;
  /** Where the row comes from, for errors, such as `rows.csv, line 3`. @default the table's name */
  readonly source?: string | undefined;
}

/** One entry of a map, one element of a set, one field of a user type. */
export interface ElementOf {
  readonly column: string;
  /** Key, element or field name, in the statement's form. */
  readonly element: CqlValue;
}

/** What a deletion deletes. */
export interface DeleteOptions extends StatementOptions {
  /** Columns of the row, or elements of them. @default the whole row, or all rows that begin with the given clustering values, or the partition */
  readonly columns?: readonly (string | ElementOf)[] | undefined;
}

/** One end of a range of rows, in the order in which they are stored (a descending column counts down). */
export interface RangeEnd {
  /** Values of the clustering columns behind those that the row names, as many as are to be compared. */
  readonly values: readonly CqlValue[];
  readonly isInclusive: boolean;
}

/** Rows of a partition: all that begin with the given clustering values, from one end to the other. */
export interface DeletedRange {
  /** @default the first one */
  readonly from?: RangeEnd | undefined;
  /** @default the last one */
  readonly to?: RangeEnd | undefined;
}
