// Data plane. Statements to mutations: what INSERT, UPDATE and DELETE of CQL store (spec: sstable-data §4.11; UpdateStatement, DeleteStatement).
// Called by the CQL writer for every row. Throws `SCM_SSTABLE_ROW`, and has then changed nothing.
import type { CqlValue } from '@scamander/cql-types';
import type { SSTableError } from '../errors.ts';
import { boundPlace, ClusteringComparator } from '../rows/clustering-comparator.ts';
import type { Column, ColumnData, DeletionTime, Row } from '../rows/model.ts';
import { type ColumnContext, ColumnWriter } from './column-writer.ts';
import { ListPaths } from './list-paths.ts';
import type { Mutation, RangeDeletion } from './mutation.ts';
import { clusteringPrefixOf, partitionKeyOf } from './primary-key.ts';
import { rowProblem } from './row-problem.ts';
import type {
  DeletedRange,
  DeleteOptions,
  RangeEnd,
  RowValues,
  StatementOptions,
} from './statement.ts';
import { type StatementDefaults, StatementTimes } from './statement-times.ts';
import type { TableLayout } from './table-layout.ts';
import { encodeForm } from './value-form.ts';

const EMPTY = new Uint8Array(0);

const rowOf = (
  clustering: readonly Uint8Array[],
  columns: readonly ColumnData[],
  parts: Partial<Pick<Row, 'isStatic' | 'liveness' | 'deletion'>> = {},
): Row => ({
  kind: 'row',
  isStatic: parts.isStatic ?? false,
  clustering,
  liveness: parts.liveness,
  deletion: parts.deletion,
  isShadowable: false,
  columns: [...columns].sort((a, b) => a.column.index - b.column.index),
});

/** Encodes the statements of one writer. */
export class StatementEncoder {
  readonly #layout: TableLayout;
  readonly #defaults: StatementDefaults;
  readonly #columns: ColumnWriter;
  readonly #comparator: ClusteringComparator;

  /** `listNonce`: see {@link ListPaths}. */
  constructor(layout: TableLayout, defaults: StatementDefaults, listNonce: number) {
    this.#layout = layout;
    this.#defaults = defaults;
    this.#columns = new ColumnWriter(new ListPaths(listNonce));
    this.#comparator = new ClusteringComparator(layout.header.clusteringTypes);
  }

  /** INSERT, or UPDATE, which does not make the row exist by itself. */
  upsert(row: RowValues, options: StatementOptions, isInsert: boolean): Mutation {
    const context = this.#context(options);
    const { form, source } = context;
    const { clustering, columns } = this.#layout;
    this.#checkNames(row, source);
    const key = partitionKeyOf(this.#layout, row, form, source);
    const values = clusteringPrefixOf(this.#layout, row, form, source);
    const statics: ColumnData[] = [];
    const regulars: ColumnData[] = [];
    let hasRegular = false;
    for (const [name, column] of columns) {
      const value = row[name];
      if (value === undefined) continue;
      if (!column.isStatic) hasRegular = true;
      const data = this.#columns.write(column, value, context);
      if (data !== undefined) (column.isStatic ? statics : regulars).push(data);
    }
    if (isInsert && this.#layout.schema.isStaticCompact && statics.length === 0)
      throw this.#onlyByValue(source);
    // a row of static columns alone needs no clustering values
    const hasRow = values.length === clustering.length && !this.#layout.schema.isStaticCompact;
    if (!hasRow && (hasRegular || (statics.length === 0 && clustering.length > 0)))
      throw rowProblem(
        source,
        clustering[values.length]?.name,
        'it is part of the primary key and missing',
      );
    if (values.length > 0 && values.length < clustering.length)
      throw rowProblem(
        source,
        clustering[values.length]?.name,
        'it is part of the primary key and missing',
      );
    return {
      key,
      partitionDeletion: undefined,
      staticRow: statics.length === 0 ? undefined : rowOf([], statics, { isStatic: true }),
      row: hasRow ? this.#regularRow(values, regulars, context, isInsert) : undefined,
      range: undefined,
    };
  }

  /** DELETE of a partition, of the rows that begin with some clustering values, of a row, or of columns. */
  delete(row: RowValues, options: DeleteOptions): Mutation {
    const context = this.#context(options);
    const { form, source, times } = context;
    const { clustering, compactColumn } = this.#layout;
    this.#checkKeyOnly(row, source);
    const key = partitionKeyOf(this.#layout, row, form, source);
    const values = clusteringPrefixOf(this.#layout, row, form, source);
    if (options.columns !== undefined)
      return this.#deleteColumns(key, values, options.columns, context);
    const whole = (parts: Partial<Mutation>): Mutation => ({
      key,
      partitionDeletion: undefined,
      staticRow: undefined,
      row: undefined,
      range: undefined,
      ...parts,
    });
    if (values.length === 0) return whole({ partitionDeletion: times.deletion });
    if (values.length === clustering.length)
      return whole({
        row:
          compactColumn === undefined
            ? rowOf(values, [], { deletion: times.deletion })
            : // "deleting the row or deleting that single cell is equivalent": compact tables do the latter (UpdateParameters#addRowDeletion)
              rowOf(values, [this.#columns.delete(compactColumn, context)]),
      });
    return whole({ range: this.#range(values, [], [], true, true, times.deletion) });
  }

  /** DELETE of a range of rows; undefined when no row can be in it. */
  deleteRange(
    row: RowValues,
    range: DeletedRange,
    options: StatementOptions,
  ): Mutation | undefined {
    const context = this.#context(options);
    const { form, source, times } = context;
    this.#checkKeyOnly(row, source);
    const key = partitionKeyOf(this.#layout, row, form, source);
    const prefix = clusteringPrefixOf(this.#layout, row, form, source);
    const { from, to } = range;
    const deleted = this.#range(
      prefix,
      this.#endValues(prefix.length, from, context),
      this.#endValues(prefix.length, to, context),
      from?.isInclusive ?? true,
      to?.isInclusive ?? true,
      times.deletion,
    );
    if (this.#comparator.comparePlaces(deleted.start, deleted.end) >= 0) return undefined;
    return {
      key,
      partitionDeletion: undefined,
      staticRow: undefined,
      row: undefined,
      range: deleted,
    };
  }

  #context(options: StatementOptions): ColumnContext {
    const source = options.source ?? this.#layout.name;
    return {
      times: new StatementTimes(options, this.#defaults, source),
      form: options.form ?? 'typed',
      collections: options.collections ?? 'replace',
      source,
    };
  }

  #checkNames(row: RowValues, source: string): void {
    for (const name of Object.keys(row))
      if (row[name] !== undefined && !this.#layout.names.has(name))
        throw rowProblem(source, name, `${this.#layout.name} has no such column`);
  }

  #checkKeyOnly(row: RowValues, source: string): void {
    this.#checkNames(row, source);
    for (const name of this.#layout.columns.keys())
      if (row[name] !== undefined)
        throw rowProblem(source, name, 'a deletion takes values of the primary key only');
  }

  /** The row with clustering values of an INSERT or UPDATE. */
  #regularRow(
    values: readonly Uint8Array[],
    regulars: readonly ColumnData[],
    { times, source }: ColumnContext,
    isInsert: boolean,
  ): Row | undefined {
    const { hasLiveness, compactColumn, isKeyOnly } = this.#layout;
    if (hasLiveness) {
      const liveness = isInsert ? times.liveness() : undefined;
      return liveness === undefined && regulars.length === 0
        ? undefined
        : rowOf(values, regulars, { liveness });
    }
    if (regulars.length > 0) return rowOf(values, regulars);
    if (compactColumn === undefined || !isKeyOnly) throw this.#onlyByValue(source);
    const cell = times.cell(undefined, EMPTY);
    return rowOf(values, [{ column: compactColumn, deletion: undefined, cells: [cell] }]);
  }

  #onlyByValue(source: string): SSTableError {
    const [column] = this.#layout.columns.keys();
    return rowProblem(source, column, 'a row of a compact table exists by its values only');
  }

  #deleteColumns(
    key: Uint8Array,
    values: readonly Uint8Array[],
    targets: NonNullable<DeleteOptions['columns']>,
    context: ColumnContext,
  ): Mutation {
    const { source } = context;
    const { clustering } = this.#layout;
    const byColumn = new Map<Column, ColumnData>();
    for (const target of targets) {
      const name = typeof target === 'string' ? target : target.column;
      const column = this.#layout.columns.get(name);
      if (column === undefined)
        throw rowProblem(source, name, 'it is no column that a row can lose');
      const data =
        typeof target === 'string'
          ? this.#columns.delete(column, context)
          : this.#columns.deleteElement(column, target.element, context);
      const known = byColumn.get(column);
      byColumn.set(column, known === undefined ? data : this.#columns.joined(known, data));
    }
    const all = [...byColumn.values()];
    const statics = all.filter(({ column }) => column.isStatic);
    const regulars = all.filter(({ column }) => !column.isStatic);
    if (regulars.length > 0 && values.length < clustering.length)
      throw rowProblem(
        source,
        clustering[values.length]?.name,
        'it is part of the primary key and missing',
      );
    return {
      key,
      partitionDeletion: undefined,
      staticRow: statics.length === 0 ? undefined : rowOf([], statics, { isStatic: true }),
      row: regulars.length === 0 ? undefined : rowOf(values, regulars),
      range: undefined,
    };
  }

  /** Values of one end of a range, for the clustering columns behind the prefix. */
  #endValues(
    prefixLength: number,
    end: RangeEnd | undefined,
    { form, source }: ColumnContext,
  ): Uint8Array[] {
    const { clustering } = this.#layout;
    return (end?.values ?? []).map((value: CqlValue, index) => {
      const column = clustering[prefixLength + index];
      if (column === undefined)
        throw rowProblem(
          source,
          undefined,
          'a range has more values than there are clustering columns',
        );
      return encodeForm(column.type, value, form, column.name, source);
    });
  }

  #range(
    prefix: readonly Uint8Array[],
    from: readonly Uint8Array[],
    to: readonly Uint8Array[],
    isFromInclusive: boolean,
    isToInclusive: boolean,
    deletion: DeletionTime,
  ): RangeDeletion {
    return {
      start: boundPlace(isFromInclusive ? 'INCL_START_BOUND' : 'EXCL_START_BOUND', [
        ...prefix,
        ...from,
      ]),
      end: boundPlace(isToInclusive ? 'INCL_END_BOUND' : 'EXCL_END_BOUND', [...prefix, ...to]),
      deletion,
    };
  }
}
