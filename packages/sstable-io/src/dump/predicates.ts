// Control plane while they are made, data plane when they are asked. Predicates bound to the columns of a table. Called by selection.ts.
import { type Comparator, type CqlType, comparatorOf, encodeText } from '@scamander/cql-types';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { Column, ColumnData, Row } from '../rows/model.ts';
import { NO_DELETION_TIME } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { KeyColumnNames } from './column-names.ts';
import { keyPartTypes } from './key-parts.ts';
import type { SelectionErrorType } from './selection-error.ts';
import type { ParsedPredicate, WhereOperator } from './where-parser.ts';

/** Where a predicate finds its value. */
export type PredicatePlace =
  | { readonly kind: 'key'; readonly index: number }
  | { readonly kind: 'clustering'; readonly index: number }
  | { readonly kind: 'column'; readonly column: Column };

/** A predicate that can be asked. `holds` takes the value, or undefined for null. */
export interface Predicate {
  readonly place: PredicatePlace;
  readonly holds: (value: Uint8Array | undefined) => boolean;
}

const valueType = (type: CqlType): CqlType => (type.kind === 'reversed' ? type.base : type);

const comparison = (
  operator: WhereOperator,
  compare: Comparator,
  values: readonly Uint8Array[],
): Predicate['holds'] => {
  const first = values[0] as Uint8Array;
  switch (operator) {
    case 'IS NULL':
      return (value) => value === undefined;
    case 'IS NOT NULL':
      return (value) => value !== undefined;
    case 'IN':
      return (value) => value !== undefined && values.some((one) => compare(value, one) === 0);
    case '=':
      return (value) => value !== undefined && compare(value, first) === 0;
    case '!=':
      return (value) => value !== undefined && compare(value, first) !== 0;
    case '<':
      return (value) => value !== undefined && compare(value, first) < 0;
    case '<=':
      return (value) => value !== undefined && compare(value, first) <= 0;
    case '>':
      return (value) => value !== undefined && compare(value, first) > 0;
    case '>=':
      return (value) => value !== undefined && compare(value, first) >= 0;
    default: {
      const never: never = operator;
      return never;
    }
  }
};

interface Place {
  readonly place: PredicatePlace;
  readonly type: CqlType;
}

const placesOf = (header: RowHeader, names: KeyColumnNames): Map<string, Place> => {
  const places = new Map<string, Place>();
  for (const column of [...header.staticColumns, ...header.regularColumns])
    places.set(column.text, { place: { kind: 'column', column }, type: column.type });
  for (const [index, type] of header.clusteringTypes.entries())
    places.set(names.clustering[index] ?? '', { place: { kind: 'clustering', index }, type });
  for (const [index, type] of keyPartTypes(header.keyType).entries())
    places.set(names.partitionKey[index] ?? '', { place: { kind: 'key', index }, type });
  return places;
};

const isText = (type: CqlType): boolean =>
  type.kind === 'native' && (type.name === 'text' || type.name === 'ascii');

/** Texts mean what stands between their quotes; for other types encodeText knows about quotes. */
const unquoted = (literal: string): string =>
  literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;

const isOnNull = (operator: WhereOperator): boolean =>
  operator === 'IS NULL' || operator === 'IS NOT NULL';

const isComparable = ({ place, type }: Place): boolean =>
  !(place.kind === 'column' && place.column.isComplex) &&
  !(type.kind === 'native' && type.name === 'counter');

const bind = (
  parsed: ParsedPredicate,
  places: ReadonlyMap<string, Place>,
): Either<SelectionErrorType, Predicate> => {
  const found = places.get(parsed.column);
  if (found === undefined) {
    const known = [...places.keys()].join(', ');
    return left({ code: 'SCM_SELECT_COLUMN', name: parsed.column, known });
  }
  if (!isOnNull(parsed.operator) && !isComparable(found)) {
    const reason = 'collections that are not frozen and counters can only be asked for NULL';
    return left({ code: 'SCM_SELECT_UNSUPPORTED', text: parsed.column, reason });
  }
  const type = valueType(found.type);
  const values: Uint8Array[] = [];
  for (const text of parsed.literals) {
    const value = encodeText(type, isText(type) ? unquoted(text) : text);
    if (value._tag === 'Left')
      return left({ code: 'SCM_SELECT_VALUE', text, reason: value.left.message });
    values.push(value.right);
  }
  const holds = comparison(parsed.operator, comparatorOf(type), values);
  return right({ place: found.place, holds });
};

/** Finds the columns and values of parsed predicates. */
export const bindPredicates = (
  parsed: readonly ParsedPredicate[],
  header: RowHeader,
  names: KeyColumnNames,
): Either<SelectionErrorType, readonly Predicate[]> => {
  const places = placesOf(header, names);
  const predicates: Predicate[] = [];
  for (const one of parsed) {
    const predicate = bind(one, places);
    if (predicate._tag === 'Left') return predicate;
    predicates.push(predicate.right);
  }
  return right(predicates);
};

const NOTHING = new Uint8Array(0);

/** What a row has in a column at that time: undefined for nothing, a tombstone and what has expired. Complex columns: whether anything is there. */
const liveValue = (data: ColumnData, nowSeconds: number): Uint8Array | undefined => {
  for (const cell of data.cells) {
    const isLive =
      cell.localDeletionTime === NO_DELETION_TIME ||
      (cell.ttl !== 0 && nowSeconds < cell.localDeletionTime);
    if (isLive) return data.column.isComplex ? NOTHING : cell.value;
  }
  return undefined;
};

/** The value of a column in a row (of the column's kind: static or not); undefined is null. */
export const valueInRow = (
  row: Row,
  column: Column,
  nowSeconds: number,
): Uint8Array | undefined => {
  for (const data of row.columns)
    if (data.column.index === column.index) return liveValue(data, nowSeconds);
  return undefined;
};
