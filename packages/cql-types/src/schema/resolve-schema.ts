// Control plane. From what the statements say to typed tables: user types first, in whatever order they came, then tables, then views. Called by
// `parseSchema` at the end of the text.
import { parseCqlName, resolveUdts, type UdtDefinition } from '../cql-name-parser.ts';
import { type CqlType, isMultiCell, reversedType, type UdtType } from '../cql-type.ts';
import { SchemaError, type TypeStringErrorType } from '../errors.ts';
import { compactFacts, hasCounters } from './compact-storage.ts';
import type { SchemaDraft, TableDraft, TypeDraft, TypeText, ViewDraft } from './schema-draft.ts';
import { keyOf } from './schema-draft.ts';
import { tableOptions } from './table-properties.ts';
import type { Schema, SchemaColumn, TableColumns, TableSchema } from './table-schema.ts';

type UdtsByName = ReadonlyMap<string, UdtType>;

const typeError = (draft: SchemaDraft, offset: number, problem: TypeStringErrorType): SchemaError =>
  new SchemaError({ code: 'SCM_SCHEMA_TYPE', ...draft.scanner.placeOf(offset), problem });

/** The place of a problem among the fields of user types: where its text stands, else where its type does. */
const placeOfProblem = (types: readonly TypeDraft[], problem: TypeStringErrorType): number => {
  const byName = 'name' in problem ? types.find(({ id }) => id.name === problem.name) : undefined;
  const fields = types.flatMap(({ fields: own }) => [...own.values()]);
  const field =
    'text' in problem ? fields.find(({ text }) => text.includes(problem.text)) : undefined;
  return field?.offset ?? byName?.id.offset ?? types[0]?.id.offset ?? 0;
};

const resolveTypes = (draft: SchemaDraft): ReadonlyMap<string, UdtsByName> => {
  const byKeyspace = new Map<string, TypeDraft[]>();
  for (const type of draft.types.values()) {
    const { keyspace } = type.id;
    byKeyspace.set(keyspace, [...(byKeyspace.get(keyspace) ?? []), type]);
  }
  const resolved = new Map<string, UdtsByName>();
  for (const [keyspace, types] of byKeyspace) {
    const definitions = types.map(
      ({ id, fields }): UdtDefinition => ({
        name: id.name,
        fieldNames: [...fields.keys()],
        fieldTypes: [...fields.values()].map(({ text }) => text),
      }),
    );
    const udts = resolveUdts(keyspace, definitions);
    if (udts._tag === 'Left')
      throw typeError(draft, placeOfProblem(types, udts.left.detail), udts.left.detail);
    resolved.set(keyspace, udts.right);
  }
  return resolved;
};

/** Makes typed tables of one schema's drafts. */
class Resolver {
  readonly #draft: SchemaDraft;
  readonly #udts: ReadonlyMap<string, UdtsByName>;

  constructor(draft: SchemaDraft, udts: ReadonlyMap<string, UdtsByName>) {
    this.#draft = draft;
    this.#udts = udts;
  }

  #typeOf({ text, offset }: TypeText, keyspace: string): CqlType {
    const type = parseCqlName(text, this.#udts.get(keyspace) ?? new Map());
    if (type._tag === 'Left') throw typeError(this.#draft, offset, type.left.detail);
    return type.right;
  }

  #invalid(offset: number, reason: string): SchemaError {
    return this.#draft.scanner.invalid(offset, reason);
  }

  /** Descending columns of a table; every one that is named has to be a clustering column, in order (CreateTableStatement). */
  #descending({ id, clustering, properties }: TableDraft | ViewDraft): ReadonlySet<string> {
    for (const [index, { name, offset }] of properties.order.entries())
      if (clustering[index] !== name) {
        const expected = clustering[index] ?? 'no more columns';
        const reason = `the order of ${id.name} names ${name} where ${expected} is due`;
        throw this.#invalid(offset, reason);
      }
    const descending = properties.order.filter(({ isDescending }) => isDescending);
    return new Set(descending.map(({ name }) => name));
  }

  /** A column of a primary key: typed, not multi-cell. */
  #keyColumn(table: TableDraft, name: string): SchemaColumn {
    const column = table.columns.get(name);
    if (column === undefined)
      throw this.#invalid(
        table.id.offset,
        `the primary key of ${table.id.name} names ${name}, which is no column`,
      );
    const type = this.#typeOf(column.type, table.id.keyspace);
    const isCounter = type.kind === 'native' && type.name === 'counter';
    if (column.isStatic || isMultiCell(type) || isCounter)
      throw this.#invalid(column.type.offset, `${name} can't be part of a primary key`);
    return { name, type };
  }

  #columns(table: TableDraft): TableColumns {
    const { id, columns, partitionKey, clustering } = table;
    if (partitionKey.length === 0)
      throw this.#invalid(id.offset, `table ${id.name} has no primary key`);
    const key = [...partitionKey, ...clustering];
    const twice = key.find((name, index) => key.indexOf(name) !== index);
    if (twice !== undefined)
      throw this.#invalid(id.offset, `the primary key of ${id.name} names ${twice} twice`);
    const descending = this.#descending(table);
    const others = [...columns.values()].filter(({ name }) => !key.includes(name));
    const typed = (isStatic: boolean): SchemaColumn[] =>
      others
        .filter((column) => column.isStatic === isStatic)
        .map(({ name, type }) => ({ name, type: this.#typeOf(type, id.keyspace) }));
    return {
      partitionKey: partitionKey.map((name) => this.#keyColumn(table, name)),
      clustering: clustering.map((name) => {
        const column = this.#keyColumn(table, name);
        return descending.has(name) ? { name, type: reversedType(column.type) } : column;
      }),
      staticColumns: typed(true),
      regularColumns: typed(false),
    };
  }

  /** What CreateTableStatement refuses, as far as it would mislead whoever reads or writes rows. */
  #check(table: TableDraft, columns: TableColumns): void {
    const { id, properties } = table;
    const { clustering, staticColumns, regularColumns } = columns;
    const others = [...staticColumns, ...regularColumns];
    const isCounter = hasCounters(columns);
    const plain = others.find(({ type }) => type.kind !== 'native' || type.name !== 'counter');
    if (isCounter && plain !== undefined)
      throw this.#invalid(
        id.offset,
        `table ${id.name} has counters beside ${plain.name}, which is none`,
      );
    if (staticColumns.length > 0 && clustering.length === 0)
      throw this.#invalid(
        id.offset,
        `table ${id.name} has static columns without clustering columns`,
      );
    if (!properties.isCompactStorage) return;
    if (staticColumns.length > 0)
      throw this.#invalid(id.offset, `table ${id.name} has static columns and COMPACT STORAGE`);
    if (
      clustering.length > 0 &&
      regularColumns.length > 1 &&
      !regularColumns.some(({ name }) => name === '')
    )
      throw this.#invalid(
        id.offset,
        `table ${id.name} has COMPACT STORAGE, clustering columns and more than one other column`,
      );
  }

  table(table: TableDraft): TableSchema {
    const { id, properties, dropped } = table;
    const columns = this.#columns(table);
    this.#check(table, columns);
    return {
      keyspace: id.keyspace,
      table: id.name,
      id: properties.id,
      ...columns,
      ...compactFacts(columns, properties.isCompactStorage),
      dropped: [...dropped.values()].map(({ name, type, isStatic, droppedAtMicros }) => ({
        name,
        type: this.#typeOf(type, id.keyspace),
        isStatic,
        droppedAtMicros,
      })),
      isView: false,
      isCounter: hasCounters(columns),
      options: tableOptions(this.#draft, properties, id.offset),
    };
  }

  /** Undefined where the table is one of Thrift that CQL can't express; then it is among what is ignored. */
  tableOrNone(table: TableDraft): TableSchema | undefined {
    try {
      return this.table(table);
    } catch (error) {
      if (!(error instanceof SchemaError) || !table.isApproximate) throw error;
      this.#draft.ignore('table', table.id, undefined, `a table of Thrift: ${error.message}`);
      return undefined;
    }
  }

  /** Undefined where the view can't be made of its base table; then it is among what is ignored. */
  view(view: ViewDraft): TableSchema | undefined {
    const { id, base, properties } = view;
    const ignore = (reason: string): undefined => {
      this.#draft.ignore('view', id, base.name, reason);
    };
    const table = this.#draft.tables.get(keyOf(base));
    if (table === undefined || !('columns' in table))
      return ignore(`its table ${base.keyspace}.${base.name} is not described here`);
    const key = [...view.partitionKey, ...view.clustering];
    const names = [...new Set([...key, ...(view.selected ?? table.columns.keys())])];
    const missing = names.find((name) => table.columns.get(name)?.isStatic !== false);
    if (missing !== undefined)
      return ignore(`${missing} is no column of ${base.name} that a view can have`);
    const chosen = names
      .map((name) => table.columns.get(name))
      .filter((column) => column !== undefined);
    const asTable = this.table({
      id,
      columns: new Map(chosen.map((column) => [column.name, column])),
      partitionKey: view.partitionKey,
      clustering: view.clustering,
      dropped: new Map(),
      properties,
      isApproximate: false,
    });
    return { ...asTable, isView: true };
  }
}

/** The schema that all statements together describe. Throws a SchemaError. */
export const resolveSchema = (draft: SchemaDraft): Schema => {
  const udts = resolveTypes(draft);
  const resolver = new Resolver(draft, udts);
  const tables: TableSchema[] = [];
  for (const table of draft.tables.values()) {
    const schema = 'columns' in table ? resolver.tableOrNone(table) : resolver.view(table);
    if (schema !== undefined) tables.push(schema);
  }
  return {
    keyspaces: [...draft.keyspaces],
    tables,
    udts: [...udts.values()].flatMap((byName) => [...byName.values()]),
    ignored: draft.ignored,
  };
};
