// Data plane. Whether keys, clustering values, paths and cell values are values of their types (AbstractType#validate). Called by deep
// verification for every row. Counts by place, so that a wrecked column is one finding.
import { type CqlType, nativeType, valueProblem } from '@scamander/cql-types';
import { corrupt } from '../io/decoding.ts';
import {
  type Cell,
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

const UUID = nativeType('timeuuid');

/** Types of a cell's path and value in a complex column; undefined for a field that the type does not have. */
const cellTypes = (
  type: CqlType,
  path: Uint8Array,
): { readonly path: CqlType | undefined; readonly value: CqlType | undefined } | undefined => {
  switch (type.kind) {
    case 'list':
      return { path: UUID, value: type.element };
    case 'set':
      return { path: type.element, value: undefined };
    case 'map':
      return { path: type.key, value: type.value };
    case 'udt': {
      const field = type.fields[((path[0] ?? 0) << 8) | (path[1] ?? 0)];
      return field === undefined ? undefined : { path: undefined, value: field.type };
    }
    default:
      return { path: undefined, value: type };
  }
};

/** Follows one partition after the other. */
export class ValueChecks {
  readonly #header: RowHeader;
  readonly #problems = new Map<string, Problem>();
  #key: Uint8Array = new Uint8Array(0);

  constructor(header: RowHeader) {
    this.#header = header;
  }

  startPartition(key: Uint8Array, staticRow: Row | undefined): void {
    this.#key = key;
    this.#check('the partition key', true, this.#header.keyType, key);
    if (staticRow !== undefined) this.#columns(staticRow);
  }

  add(unfiltered: Unfiltered): void {
    const values = unfiltered.kind === 'row' ? unfiltered.clustering : unfiltered.values;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      this.#check('clustering column', true, this.#header.clusteringTypes[i] as CqlType, value, i);
    }
    if (unfiltered.kind === 'row') this.#columns(unfiltered);
  }

  #columns(row: Row): void {
    for (const data of row.columns) {
      if (data.column.isComplex) this.#complex(data);
      else this.#value(data.cells[0] as Cell, data.column.type, data.column.text);
    }
  }

  #value(cell: Cell, type: CqlType, name: string): void {
    const isTombstone = cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME;
    if (!isTombstone) this.#check(name, false, type, cell.value);
  }

  #complex({ column, cells }: ColumnData): void {
    for (const cell of cells) {
      const path = cell.path as Uint8Array;
      const types = cellTypes(column.type, path);
      if (types === undefined) {
        this.#report(column.text, false, `field ${hex(path)} that its type does not have`);
        continue;
      }
      if (types.path !== undefined) this.#check(column.text, false, types.path, path);
      if (types.value !== undefined) this.#value(cell, types.value, column.text);
      else if (cell.value.length > 0) {
        this.#report(column.text, false, 'an element of a set that has a value');
      }
    }
  }

  #check(name: string, isOfPlace: boolean, type: CqlType, bytes: Uint8Array, index?: number): void {
    const problem = valueProblem(type, bytes);
    if (problem === undefined) return;
    const place = index === undefined ? name : `${name} ${index}`;
    this.#report(place, isOfPlace, `${hex(bytes)}: ${problem}`);
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
