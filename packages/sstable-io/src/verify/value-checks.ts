// Data plane. Whether keys, clustering values, paths and cell values are values of their types (AbstractType#validate). Called by deep
// verification for every row. Counts by place, so that a wrecked column is one finding.
import { type CqlType, nativeType, valueProblemOf } from '@scamander/cql-types';
import { corrupt } from '../io/decoding.ts';
import {
  type Cell,
  type Column,
  type ColumnData,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { Findings } from './findings.ts';
import { hex } from './key-order.ts';

interface Problem {
  count: number;
  readonly first: string;
  /** Of keys and clustering values: nodes can't find such rows. */
  readonly isOfPlace: boolean;
}

type ValueCheck = (bytes: Uint8Array) => string | undefined;

/** What is looked at in the cells of a column. */
interface ColumnCheck {
  readonly path: ValueCheck | undefined;
  /** Undefined for the cells of sets, which have no value. */
  readonly value: ValueCheck | undefined;
  /** Of a user type that is not frozen: a check for each field, which the path names. */
  readonly fields: readonly ValueCheck[] | undefined;
}

const UUID = nativeType('timeuuid');

const complexCheck = (type: CqlType): ColumnCheck => {
  const check = (
    path: CqlType | undefined,
    value: CqlType | undefined,
    fields?: readonly ValueCheck[],
  ): ColumnCheck => ({
    path: path && valueProblemOf(path),
    value: value && valueProblemOf(value),
    fields,
  });
  switch (type.kind) {
    case 'list':
      return check(UUID, type.element);
    case 'set':
      return check(type.element, undefined);
    case 'map':
      return check(type.key, type.value);
    case 'udt':
      return check(
        undefined,
        undefined,
        type.fields.map((field) => valueProblemOf(field.type)),
      );
    default:
      return check(undefined, type);
  }
};

const columnCheck = ({ type, isComplex }: Column): ColumnCheck =>
  isComplex
    ? complexCheck(type)
    : { path: undefined, value: valueProblemOf(type), fields: undefined };

/** Follows one partition after the other. */
export class ValueChecks {
  readonly #keyCheck: ValueCheck;
  readonly #clustering: readonly ValueCheck[];
  readonly #static: readonly ColumnCheck[];
  readonly #regular: readonly ColumnCheck[];
  readonly #problems = new Map<string, Problem>();
  #key: Uint8Array = new Uint8Array(0);

  constructor(header: RowHeader) {
    this.#keyCheck = valueProblemOf(header.keyType);
    this.#clustering = header.clusteringTypes.map(valueProblemOf);
    this.#static = header.staticColumns.map(columnCheck);
    this.#regular = header.regularColumns.map(columnCheck);
  }

  startPartition(key: Uint8Array, staticRow: Row | undefined): void {
    this.#key = key;
    const problem = this.#keyCheck(key);
    if (problem !== undefined) this.#wrong('the partition key', true, key, problem);
    if (staticRow !== undefined) this.#columns(staticRow, this.#static);
  }

  add(unfiltered: Unfiltered): void {
    const values = unfiltered.kind === 'row' ? unfiltered.clustering : unfiltered.values;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      const problem = (this.#clustering[i] as ValueCheck)(value);
      if (problem !== undefined) this.#wrong(`clustering column ${i}`, true, value, problem);
    }
    if (unfiltered.kind === 'row') this.#columns(unfiltered, this.#regular);
  }

  #columns({ columns }: Row, checks: readonly ColumnCheck[]): void {
    for (let i = 0; i < columns.length; i++) {
      const data = columns[i] as ColumnData;
      const check = checks[data.column.index] as ColumnCheck;
      if (data.column.isComplex) this.#complex(data, check);
      else this.#value(data.cells[0] as Cell, check.value as ValueCheck, data.column.text);
    }
  }

  #value(cell: Cell, check: ValueCheck, name: string): void {
    const isTombstone = cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME;
    const problem = isTombstone ? undefined : check(cell.value);
    if (problem !== undefined) this.#wrong(name, false, cell.value, problem);
  }

  #complex({ column, cells }: ColumnData, { path: pathCheck, value, fields }: ColumnCheck): void {
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as Cell;
      const path = cell.path as Uint8Array;
      const problem = pathCheck?.(path);
      if (problem !== undefined) this.#wrong(column.text, false, path, problem);
      const ofField = fields?.[((path[0] ?? 0) << 8) | (path[1] ?? 0)];
      const check = value ?? ofField;
      if (check !== undefined) this.#value(cell, check, column.text);
      else if (fields !== undefined)
        this.#report(column.text, false, `field ${hex(path)} that its type does not have`);
      else if (cell.value.length > 0)
        this.#report(column.text, false, 'an element of a set that has a value');
    }
  }

  #wrong(name: string, isOfPlace: boolean, bytes: Uint8Array, problem: string): void {
    this.#report(name, isOfPlace, `${hex(bytes)}: ${problem}`);
  }

  #report(name: string, isOfPlace: boolean, text: string): void {
    const known = this.#problems.get(name);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const first = `${text} (partition ${hex(this.#key)})`;
    this.#problems.set(name, { count: 1, first, isOfPlace });
  }

  /** Keys and clustering values are errors, since no request leads to them; cells are warnings: nodes hand them out as they are. */
  report(dataPath: string, findings: Findings): void {
    for (const [name, { count, first, isOfPlace }] of this.#problems) {
      const values = count === 1 ? 'a value' : `${count} values`;
      if (isOfPlace) {
        const found = `${values} in ${name} that are none of its type, first ${first}`;
        findings.add(corrupt(dataPath, undefined, found, 'well-formed values'));
      } else {
        findings.warn(
          `Data.db has ${values} in column ${name} that are none of its type, first ${first}`,
        );
      }
    }
  }
}
