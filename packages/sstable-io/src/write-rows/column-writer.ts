// Data plane. One column of a statement: its value or its deletion as cells (spec: sstable-data §4.11; Operation, Constants, Lists, Sets, Maps,
// UserTypes). Called for every column of every row.
import {
  type Comparator,
  type CqlType,
  type CqlValue,
  freeze,
  type UdtType,
} from '@scamander/cql-types';
import { KEY_BYTES_MAX } from '../limits.ts';
import { pathOrderOf } from '../merge/path-order.ts';
import type { Cell, Column, ColumnData } from '../rows/model.ts';
import { collectionParts } from './collection-parts.ts';
import type { ListPaths } from './list-paths.ts';
import { rowProblem } from './row-problem.ts';
import type { RowForm } from './statement.ts';
import type { StatementTimes } from './statement-times.ts';
import { encodeForm } from './value-form.ts';

/** What of a statement a column needs. */
export interface ColumnContext {
  readonly times: StatementTimes;
  readonly form: RowForm;
  readonly collections: 'replace' | 'append' | 'prepend';
  /** For errors. */
  readonly source: string;
}

/** What is known of a complex column before any value. */
interface ComplexRules {
  /** The type whose values are taken apart into cells. */
  readonly frozen: CqlType;
  readonly pathOrder: Comparator;
}

/** Writes the columns of one table. */
export class ColumnWriter {
  readonly #lists: ListPaths;
  readonly #rules = new Map<Column, ComplexRules>();

  constructor(lists: ListPaths) {
    this.#lists = lists;
  }

  /** What the column gets; null deletes what it holds. Undefined where there is nothing to do. */
  write(column: Column, value: CqlValue | null, context: ColumnContext): ColumnData | undefined {
    const { times, form, source } = context;
    if (column.isComplex) return this.#writeComplex(column, value, context);
    if (value === null) return { column, deletion: undefined, cells: [times.tombstone(undefined)] };
    const bytes = encodeForm(column.type, value, form, column.text, source);
    return { column, deletion: undefined, cells: [times.cell(undefined, bytes)] };
  }

  /** What deletes the column (DELETE column). */
  delete(column: Column, { times }: ColumnContext): ColumnData {
    return column.isComplex
      ? { column, deletion: times.deletion, cells: [] }
      : { column, deletion: undefined, cells: [times.tombstone(undefined)] };
  }

  /** What deletes one element (DELETE column[key], DELETE udt.field). */
  deleteElement(column: Column, element: CqlValue, context: ColumnContext): ColumnData {
    const path = this.#elementPath(column, element, context);
    return { column, deletion: undefined, cells: [context.times.tombstone(path)] };
  }

  /** Both of what one statement does to a column. */
  joined(a: ColumnData, b: ColumnData): ColumnData {
    const { column } = a;
    const cells = [...a.cells, ...b.cells];
    return {
      column,
      deletion: a.deletion ?? b.deletion,
      cells: column.isComplex ? this.#sorted(column, cells) : cells.slice(-1),
    };
  }

  #elementPath(column: Column, element: CqlValue, { form, source }: ColumnContext): Uint8Array {
    const { type, text } = column;
    if (!column.isComplex || type.kind === 'list')
      throw rowProblem(source, text, 'elements of its type can not be deleted by themselves');
    if (type.kind === 'set') return encodeForm(type.element, element, form, text, source);
    if (type.kind === 'map') return encodeForm(type.key, element, form, text, source);
    const index = (type as UdtType).fields.findIndex(({ name }) => name === element);
    if (index < 0) throw rowProblem(source, text, `it has no field ${String(element)}`);
    return Uint8Array.of(index >> 8, index & 0xff);
  }

  #writeComplex(
    column: Column,
    value: CqlValue | null,
    context: ColumnContext,
  ): ColumnData | undefined {
    const { times, collections } = context;
    const cells = value === null ? [] : this.#cells(column, value, context);
    // a null takes the place of what is there, whatever is done with other values
    const deletion = collections === 'replace' || value === null ? times.overwrite : undefined;
    return deletion === undefined && cells.length === 0 ? undefined : { column, deletion, cells };
  }

  #cells(column: Column, value: CqlValue, context: ColumnContext): Cell[] {
    const { times, form, source, collections } = context;
    const { type, text } = column;
    const { frozen } = this.#rulesOf(column);
    const parts = collectionParts(type, encodeForm(frozen, value, form, text, source));
    if (type.kind === 'list') {
      const paths = this.#lists.next(times.timestamp, parts.length, collections === 'prepend');
      return parts.map((part, index) => times.cell(paths[index], part.value));
    }
    const long = parts.find(({ path }) => (path as Uint8Array).length > KEY_BYTES_MAX);
    if (long !== undefined)
      throw rowProblem(source, text, `an element or key of more than ${KEY_BYTES_MAX} bytes`);
    return this.#sorted(
      column,
      parts.map(({ path, value: bytes }) => times.cell(path, bytes)),
    );
  }

  #rulesOf(column: Column): ComplexRules {
    let rules = this.#rules.get(column);
    if (rules === undefined) {
      const { type } = column;
      rules = { frozen: freeze(type), pathOrder: pathOrderOf(type) };
      this.#rules.set(column, rules);
    }
    return rules;
  }

  /** Ascending by path; of several with the same one the last one stays. */
  #sorted(column: Column, cells: Cell[]): Cell[] {
    const { pathOrder } = this.#rulesOf(column);
    const inOrder = cells.sort((a, b) => pathOrder(a.path as Uint8Array, b.path as Uint8Array));
    return inOrder.filter((cell, index) => {
      const next = inOrder[index + 1];
      return (
        next === undefined || pathOrder(cell.path as Uint8Array, next.path as Uint8Array) !== 0
      );
    });
  }
}
