// Control plane. How 2.x laid out the cells of a table, and which columns 3.0 made of them (CFMetaData, LegacyLayout, CompactTables). Made once
// for each reader from the schema; called by the decoding of names.
import {
  type CqlType,
  type DroppedSchemaColumn,
  nativeType,
  type SchemaColumn,
  storageColumns,
  type TableSchema,
  valueLengthIfFixed,
} from '@scamander/cql-types';
import type { Column } from '../rows/model.ts';
import { NO_ENCODING_STATS, orderColumns, type RowHeader } from '../rows/row-header.ts';

/** Bytes of a name as a key of a map, without a loss. */
export const nameKey = (name: Uint8Array): string =>
  Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');

/** What a name in a cell means. */
export type NamedColumn =
  | { readonly kind: 'column'; readonly column: LegacyColumn }
  | { readonly kind: 'key' }
  | { readonly kind: 'unknown' };

/** A column, and what is needed to take cells into it. */
export interface LegacyColumn {
  readonly column: Column;
  /** Bytes of each value; −1 where they vary. */
  readonly valueBytes: number;
  /** Bytes of each element, key or time-UUID of a collection; −1 where they vary, or where it is none. */
  readonly pathBytes: number;
  readonly isCounter: boolean;
  /** The same, as found by a name. */
  readonly asNamed: NamedColumn;
}

const KEY: NamedColumn = { kind: 'key' };
const UNKNOWN: NamedColumn = { kind: 'unknown' };

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

const utf8 = new TextEncoder();

const encode = (name: string): Uint8Array => utf8.encode(name);

const named = (columns: readonly SchemaColumn[]) =>
  columns.map(({ name, type }) => ({ name: encode(name), type }));

const keyTypeOf = (schema: TableSchema): CqlType => {
  const types = schema.partitionKey.map(({ type }) => type);
  const [only] = types;
  return types.length === 1 && only !== undefined ? only : { kind: 'composite', components: types };
};

/** Columns of the model in which rows of the schema's table are handed out. */
const headerOf = (schema: TableSchema, minTimestamp: bigint | undefined): RowHeader => {
  const columns = storageColumns(schema);
  return {
    keyType: keyTypeOf(schema),
    clusteringTypes: columns.clustering.map(({ type }) => type),
    staticColumns: orderColumns(named(columns.staticColumns), true),
    regularColumns: orderColumns(named(columns.regularColumns), false),
    encoding: { ...NO_ENCODING_STATS, ...(minTimestamp === undefined ? {} : { minTimestamp }) },
  };
};

const pathTypeOf = (type: CqlType): CqlType | undefined => {
  switch (type.kind) {
    case 'list':
      return nativeType('timeuuid');
    case 'set':
      return type.element;
    case 'map':
      return type.key;
    default:
      return undefined;
  }
};

const fixedBytes = (type: CqlType | undefined): number =>
  (type === undefined ? undefined : valueLengthIfFixed(type)) ?? -1;

const legacyColumn = (column: Column): LegacyColumn => {
  const facts = {
    column,
    valueBytes: column.isComplex ? -1 : fixedBytes(column.type),
    pathBytes: column.isComplex ? fixedBytes(pathTypeOf(column.type)) : -1,
    isCounter: column.type.kind === 'native' && column.type.name === 'counter',
  };
  const made: LegacyColumn = {
    ...facts,
    get asNamed(): NamedColumn {
      return asNamed;
    },
  };
  const asNamed: NamedColumn = { kind: 'column', column: made };
  return made;
};

/** The layout of one table. */
export class LegacyTable {
  readonly header: RowHeader;
  /** Values in front of a cell's column name. */
  readonly clusteringCount: number;
  /** Bytes of each clustering value; −1 where they vary. */
  readonly clusteringBytes: readonly number[];
  readonly isCompound: boolean;
  readonly isDense: boolean;
  readonly isSuper: boolean;
  readonly isStaticCompact: boolean;
  /** Tables of CQL 3 have row markers, those with COMPACT STORAGE have none. */
  readonly hasRowMarkers: boolean;
  /** Column of cells whose name holds no column: of dense tables, and of names that a static compact table does not declare. */
  readonly valueColumn: LegacyColumn | undefined;
  readonly #columns = new Map<string, LegacyColumn>();
  /** By name, as cells of a row come. */
  readonly #byName: readonly LegacyColumn[];
  /** Place in it of the column that was found last. */
  #last = 0;
  readonly #keys = new Set<string>();
  readonly #dropped = new Map<string, DroppedSchemaColumn>();
  readonly #text: string;

  /** `minTimestamp` of the statistics, if they are to be believed: a base for whoever writes the rows again. */
  constructor(schema: TableSchema, minTimestamp?: bigint) {
    this.header = headerOf(schema, minTimestamp);
    const { clusteringTypes, staticColumns, regularColumns } = this.header;
    this.clusteringCount = clusteringTypes.length;
    this.clusteringBytes = clusteringTypes.map(fixedBytes);
    this.isSuper = schema.isSuper;
    // names of super column families are made of two parts since 2.0
    this.isCompound = schema.isCompound || schema.isSuper;
    this.isDense = schema.isDense && !schema.isSuper;
    this.isStaticCompact = schema.isStaticCompact;
    this.hasRowMarkers = !schema.isCompactStorage;
    for (const column of [...staticColumns, ...regularColumns]) {
      this.#columns.set(nameKey(column.name), legacyColumn(column));
    }
    this.#byName = [...this.#columns.values()].sort((a, b) =>
      Buffer.compare(a.column.name, b.column.name),
    );
    this.valueColumn = this.#valueColumnOf(regularColumns);
    for (const { name } of [...schema.partitionKey, ...schema.clustering]) {
      this.#keys.add(nameKey(encode(name)));
    }
    for (const dropped of schema.dropped) this.#dropped.set(nameKey(encode(dropped.name)), dropped);
    this.#text = `${schema.keyspace}.${schema.table}`;
  }

  #valueColumnOf(regularColumns: readonly Column[]): LegacyColumn | undefined {
    const [first] = regularColumns;
    const isCompact = this.isDense || this.isStaticCompact || this.isSuper;
    if (!isCompact || first === undefined) return undefined;
    const map = this.isSuper ? regularColumns.find(({ text }) => text === '') : first;
    return map === undefined ? undefined : legacyColumn(map);
  }

  /** A column by the bytes of its name; the hidden ones of static compact tables have none that a cell could say. */
  find(name: Uint8Array): NamedColumn {
    const next = this.#likely(name);
    if (next !== undefined) return next.asNamed;
    const key = nameKey(name);
    const column = this.#columns.get(key);
    const isHidden = this.isStaticCompact && column?.column.isStatic === false;
    if (column !== undefined && !isHidden) return column.asNamed;
    return this.#keys.has(key) ? KEY : UNKNOWN;
  }

  /** The column of the cell before, or the one behind it: rows name their columns in order. */
  #likely(name: Uint8Array): LegacyColumn | undefined {
    if (this.isStaticCompact) return undefined;
    for (let i = 0; i < 2; i++) {
      const at = (this.#last + i) % this.#byName.length;
      const column = this.#byName[at];
      if (column === undefined || !sameBytes(column.column.name, name)) continue;
      this.#last = at;
      return column;
    }
    return undefined;
  }

  /** Whether what has this timestamp was written to a column of this name before it was dropped. */
  isBeforeDrop(name: Uint8Array, timestamp: bigint): boolean {
    if (this.#dropped.size === 0) return false;
    const droppedAt = this.#dropped.get(nameKey(name))?.droppedAtMicros;
    return droppedAt !== undefined && timestamp <= droppedAt;
  }

  /** Whether a column of this name was dropped, perhaps one of another type than a column of that name has now. */
  wasDropped(name: Uint8Array): boolean {
    return this.#dropped.has(nameKey(name));
  }

  /** What the schema says, for messages. */
  get text(): string {
    const names = [...this.#columns.values()].map(({ column }) => column.text);
    return `a column of ${this.#text} (${names.join(', ')}), or one that its schema says was dropped`;
  }
}
