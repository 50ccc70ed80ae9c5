// Data plane. Which partitions and rows a dump shows: keys, keys left out, predicates. Called by dump-rows.ts for every partition and row.
import { type CqlType, encodeText } from '@scamander/cql-types';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { PartitionHead, Row } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { type KeyColumnNames, madeUpNames } from './column-names.ts';
import { eachKeyPart } from './key-parts.ts';
import { bindPredicates, type Predicate, valueInRow } from './predicates.ts';
import type { SelectionErrorType } from './selection-error.ts';
import { parseWhere } from './where-parser.ts';

/** What to show, as people say it. */
export interface SelectionOptions {
  /** Only these partition keys, as texts; parts of a composite key are separated by colons. */
  readonly keys?: readonly string[];
  /** Not these. */
  readonly excludeKeys?: readonly string[];
  /** Predicates joined by AND. Those on the key and on static columns choose partitions, the others rows. */
  readonly where?: string;
  /** Names of key columns; else they are called `partitionkey` and `clustering`. */
  readonly names?: KeyColumnNames;
  /** What has expired by then is null to predicates. */
  readonly nowSeconds: number;
}

/** Answers per partition and per row. */
export interface Selection {
  /** False when none of the partition is shown. */
  partition(head: PartitionHead): boolean;
  /** False when this row is not shown. */
  row(row: Row): boolean;
  /** Rows are chosen one by one: a partition without any is not shown, and range tombstones are not either. */
  readonly choosesRows: boolean;
  /** The bytes of `keys`, for those who can look them up. */
  readonly keys: readonly Uint8Array[] | undefined;
}

const encodeKeys = (
  type: CqlType,
  texts: readonly string[],
): Either<SelectionErrorType, readonly Uint8Array[]> => {
  const keys: Uint8Array[] = [];
  for (const text of texts) {
    const key = encodeText(type, text);
    if (key._tag === 'Left')
      return left({ code: 'SCM_SELECT_VALUE', text, reason: key.left.message });
    keys.push(key.right);
  }
  return right(keys);
};

/** Keys by their bytes: a string whose characters are the bytes can be looked up. */
const keySet = (keys: readonly Uint8Array[]): ReadonlySet<string> =>
  new Set(keys.map((key) => Buffer.from(key).toString('latin1')));

const isIn = (set: ReadonlySet<string>, key: Uint8Array): boolean =>
  set.has(Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1'));

const predicatesOf = (
  options: SelectionOptions,
  header: RowHeader,
): Either<SelectionErrorType, readonly Predicate[]> => {
  if (options.where === undefined) return right([]);
  const parsed = parseWhere(options.where);
  if (parsed._tag === 'Left') return parsed;
  return bindPredicates(parsed.right, header, options.names ?? madeUpNames(header));
};

const keyHolds = (predicates: readonly Predicate[], keyType: CqlType, key: Uint8Array): boolean => {
  if (predicates.length === 0) return true;
  const parts: Uint8Array[] = [];
  eachKeyPart(keyType, key, (index, part) => {
    parts[index] = part;
  });
  return predicates.every(({ place, holds }) => place.kind === 'key' && holds(parts[place.index]));
};

const rowHolds = (
  { place, holds }: Predicate,
  row: Row | undefined,
  nowSeconds: number,
): boolean => {
  if (place.kind === 'clustering') return holds(row?.clustering[place.index] ?? undefined);
  if (place.kind === 'key' || row === undefined) return holds(undefined);
  return holds(valueInRow(row, place.column, nowSeconds));
};

/** Makes the selection for a table. */
export const selectionOf = (
  options: SelectionOptions,
  header: RowHeader,
): Either<SelectionErrorType, Selection> => {
  const only = options.keys === undefined ? undefined : encodeKeys(header.keyType, options.keys);
  if (only?._tag === 'Left') return only;
  const without = encodeKeys(header.keyType, options.excludeKeys ?? []);
  if (without._tag === 'Left') return without;
  const bound = predicatesOf(options, header);
  if (bound._tag === 'Left') return bound;
  const included = only === undefined ? undefined : keySet(only.right);
  const excluded = keySet(without.right);
  const { nowSeconds } = options;
  const onKey = bound.right.filter(({ place }) => place.kind === 'key');
  const isOnStatic = ({ place }: Predicate): boolean =>
    place.kind === 'column' && place.column.isStatic;
  const onStatic = bound.right.filter(isOnStatic);
  const onRows = bound.right.filter((one) => one.place.kind !== 'key' && !isOnStatic(one));
  return right({
    keys: only?.right,
    choosesRows: onRows.length > 0,
    partition: (head) =>
      (included === undefined || isIn(included, head.key)) &&
      (excluded.size === 0 || !isIn(excluded, head.key)) &&
      keyHolds(onKey, header.keyType, head.key) &&
      onStatic.every((one) => rowHolds(one, head.staticRow, nowSeconds)),
    row: (row) => onRows.every((one) => rowHolds(one, row, nowSeconds)),
  });
};
