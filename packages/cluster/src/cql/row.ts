// Control plane. Takes values out of rows of system tables. Called by the functions that turn rows into models; those are pure and
// throw nothing but the private BadRow, which `reading` turns into a Left at the edge.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ClusterError } from '../errors.ts';

/** One row, by column name; the driver's own objects (Uuid, InetAddress, Date) stand as they came. */
export type Row = Readonly<Record<string, unknown>>;

class BadRow extends Error {
  readonly column: string;
  readonly found: string;

  constructor(column: string, found: string) {
    super(`${column} holds ${found}`);
    this.column = column;
    this.found = found;
  }
}

const shown = (value: unknown): string =>
  value === null || value === undefined ? 'nothing' : JSON.stringify(String(value)).slice(0, 100);

const missing = (row: Row, column: string): never => {
  throw new BadRow(column, shown(row[column]));
};

/** Text, or anything that has a text form: uuid, inet. */
export const optionalText = (row: Row, column: string): string | undefined => {
  const value = row[column];
  return value === null || value === undefined ? undefined : String(value);
};

/** Like {@link optionalText}, and an error where there is none. */
export const text = (row: Row, column: string): string =>
  optionalText(row, column) ?? missing(row, column);

/** A whole number; an error where there is none. */
export const wholeNumber = (row: Row, column: string): number => {
  const value = Number(row[column] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : missing(row, column);
};

/** True where the column is true. */
export const flag = (row: Row, column: string): boolean => row[column] === true;

/** A set or list of texts; empty where there is none. */
export const texts = (row: Row, column: string): readonly string[] => {
  const value = row[column];
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return missing(row, column);
  return value.map(String);
};

/** A map of texts; empty where there is none. */
export const textMap = (row: Row, column: string): Readonly<Record<string, string>> => {
  const value = row[column];
  if (value === null || value === undefined) return {};
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [String(key), String(one)]));
};

/** Milliseconds since the epoch of a timestamp column. */
export const timestampMs = (row: Row, column: string): number => {
  const value = row[column];
  const ms = value instanceof Date ? value.getTime() : Date.parse(String(value));
  return Number.isNaN(ms) ? missing(row, column) : ms;
};

/** Runs a function over rows of a table; a bad row becomes a Left. */
export const reading = <T>(table: string, read: () => T): Either<ClusterError, T> => {
  try {
    return right(read());
  } catch (fault) {
    if (!(fault instanceof BadRow)) throw fault;
    const { column, found } = fault;
    return left(new ClusterError({ code: 'SCM_CLUSTER_BAD_ROW', table, column, found }));
  }
};
