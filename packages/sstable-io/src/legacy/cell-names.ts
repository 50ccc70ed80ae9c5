// Data plane. What the name of a cell or the bound of a deletion says: which row, which column, which element (LegacyLayout.decodeCellName,
// decodeBound). Called by the conversion to rows. Throws MalformedBytes where a name does not fit the schema; hands out views.
import { MalformedBytes } from '@scamander/bytes';
import { boundPlace, type ClusteringPlace } from '../rows/clustering-comparator.ts';
import type { ClusteringValue } from '../rows/model.ts';
import { CompositeCursor, isStaticName, nameText, STATIC_MARK_BYTES } from './composite.ts';
import type { LegacyTable } from './legacy-table.ts';

const EMPTY = new Uint8Array(0);
/** End-of-component bytes above this are negative. */
const END_MAX = 127;

const misfit = (name: Uint8Array, found: string, what: string): MalformedBytes =>
  new MalformedBytes({ what, found: `${found} in the name ${nameText(name)}`, offset: 0 });

/** One end of a range tombstone. */
export interface DecodedBound {
  /** With all of its row where it lies within one: see {@link DecodedBound.column}. */
  readonly place: ClusteringPlace;
  readonly isStatic: boolean;
  /** Name of the collection that begins or ends there. */
  readonly column: Uint8Array | undefined;
}

/** Reads the names of one table. */
export class CellNames {
  /** Name of the column that {@link CellNames.rest} found; empty for a row marker. */
  column: Uint8Array = EMPTY;
  /** Element within the column, if the name has one. */
  element: Uint8Array | undefined;
  readonly #table: LegacyTable;

  constructor(table: LegacyTable) {
    this.#table = table;
  }

  /** Clustering values of a cell's name, and where its other parts begin; of a static one no values. */
  clustering(name: Uint8Array): { values: ClusteringValue[]; end: number } {
    const { clusteringCount, isDense } = this.#table;
    const isStatic = isStaticName(name);
    const cursor = new CompositeCursor(name, isStatic ? STATIC_MARK_BYTES : 0);
    const values: ClusteringValue[] = [];
    while (values.length < clusteringCount && !(isDense && cursor.isAtEnd)) {
      values.push(cursor.nextOfCell());
    }
    if (isStatic) {
      if (values.some((value) => value?.length !== 0)) {
        throw misfit(name, 'clustering values', 'empty ones behind the mark of a static cell');
      }
      return { values: [], end: cursor.position };
    }
    // dense tables of several clustering columns may have names that end early: nulls since 3.0
    while (values.length < clusteringCount) values.push(null);
    this.#checkLengths(name, values);
    if (isDense) cursor.finish();
    return { values, end: cursor.position };
  }

  /** Reads the parts from `position` on into `column` and `element`. */
  rest(name: Uint8Array, position: number): void {
    const cursor = new CompositeCursor(name, position);
    this.column = cursor.nextOfCell();
    this.element = cursor.isAtEnd ? undefined : cursor.nextOfCell();
    cursor.finish();
  }

  /** Names that are one value. */
  simpleClustering(name: Uint8Array): ClusteringValue[] {
    const values = [name];
    this.#checkLengths(name, values);
    return values;
  }

  #checkLengths(name: Uint8Array, values: readonly ClusteringValue[]): void {
    const { clusteringBytes } = this.#table;
    for (const [i, value] of values.entries()) {
      const expected = clusteringBytes[i] ?? -1;
      if (value === null || expected < 0 || value.length === 0) continue;
      if (value.length === expected) continue;
      throw misfit(name, `a clustering value of ${value.length} bytes`, `${expected} bytes`);
    }
  }

  /** An end of a range tombstone, its bytes copied. */
  bound(name: Uint8Array, isStart: boolean): DecodedBound {
    const bytes = name.slice();
    if (bytes.length === 0) {
      return {
        place: boundPlace(isStart ? 'INCL_START_BOUND' : 'INCL_END_BOUND', []),
        isStatic: false,
        column: undefined,
      };
    }
    if (this.#table.isCompound) return this.#compoundBound(bytes, isStart);
    const values = this.simpleClustering(bytes);
    const place = boundPlace(isStart ? 'INCL_START_BOUND' : 'INCL_END_BOUND', values);
    return { place, isStatic: false, column: undefined };
  }

  #compoundBound(name: Uint8Array, isStart: boolean): DecodedBound {
    const { clusteringCount } = this.#table;
    const isStatic = isStaticName(name);
    const cursor = new CompositeCursor(name, isStatic ? STATIC_MARK_BYTES : 0);
    const values: Uint8Array[] = [];
    while (values.length < clusteringCount && !cursor.isAtEnd) values.push(cursor.next());
    const column = cursor.isAtEnd ? undefined : cursor.next();
    cursor.finish();
    this.#checkLengths(name, values);
    const end = cursor.endOfComponent;
    // within a row: the range covers all of it, since deletions of 2.x are of whole rows or of one collection (CASSANDRA-15789)
    const isWithin = column !== undefined;
    if (isStart) {
      const isInclusive = isWithin || end === 0 || end > END_MAX;
      const bound = isInclusive ? 'INCL_START_BOUND' : 'EXCL_START_BOUND';
      return { place: boundPlace(bound, values), isStatic, column };
    }
    // a prefix that ends in 0 covers itself, and nothing that is longer (CASSANDRA-12423)
    if (!isWithin && end === 0 && values.length < clusteringCount) {
      return { place: boundPlace('EXCL_END_BOUND', [...values, EMPTY]), isStatic, column };
    }
    const isInclusive = isWithin || end <= END_MAX;
    const bound = isInclusive ? 'INCL_END_BOUND' : 'EXCL_END_BOUND';
    return { place: boundPlace(bound, values), isStatic, column };
  }
}
