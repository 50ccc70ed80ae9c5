// Control plane. A table as its CREATE statement declares it, with typed columns: what reading an old SSTable and writing a new one need to
// know. Made by the parser of schema files; called by readers and writers of rows. Holds types only.
import type { CqlType, UdtType } from '../cql-type.ts';

/** A column and its type. */
export interface SchemaColumn {
  readonly name: string;
  /** Of clustering columns in descending order: `reversed`. */
  readonly type: CqlType;
}

/** A column that was dropped: SSTables may still hold it. */
export interface DroppedSchemaColumn extends SchemaColumn {
  readonly isStatic: boolean;
  /** Cells with this timestamp (microseconds) or an older one are no longer there; undefined where the statement does not say. */
  readonly droppedAtMicros: bigint | undefined;
}

/** The columns of a table by what they are for. */
export interface TableColumns {
  /** In the order of the key. */
  readonly partitionKey: readonly SchemaColumn[];
  /** In the order of the rows. */
  readonly clustering: readonly SchemaColumn[];
  /** As declared; their order within rows is another one (spec: sstable-data §3.1). */
  readonly staticColumns: readonly SchemaColumn[];
  readonly regularColumns: readonly SchemaColumn[];
}

/** How the table is to be compressed, of either style of options. */
export interface TableCompression {
  /** Class name without Cassandra's package, such as `LZ4Compressor`; undefined where compression is off. */
  readonly compressor: string | undefined;
  /** Undefined where the statement leaves it to the release: 64 KiB before 4.0, 16 KiB from then on. */
  readonly chunkLengthBytes: number | undefined;
  /** Chunks that shrink by less stay as they are (4.0 and later). Undefined or 0: never. */
  readonly minCompressRatio: number | undefined;
  /** What the compressor itself is given, as written. */
  readonly options: readonly (readonly [string, string])[];
}

/** A value behind an option's name: a constant or a map. */
export type TableOptionValue = string | ReadonlyMap<string, string>;

/** What stands behind WITH. Undefined is what the statement leaves to the release. */
export interface TableOptions {
  readonly compression: TableCompression | undefined;
  readonly bloomFilterFpChance: number | undefined;
  readonly minIndexInterval: number | undefined;
  readonly gcGraceSeconds: number | undefined;
  /** Seconds; 0 stands for none. */
  readonly defaultTimeToLive: number | undefined;
  /** Everything by its name in lower case, `id`, `clustering order by` and `compact storage` excepted; constants without their quotes. */
  readonly all: ReadonlyMap<string, TableOptionValue>;
}

/** How the rows of a table were laid out before 3.0, and still are in what they became (CFMetaData, CompactTables). */
export interface CompactFacts {
  /** Declared WITH COMPACT STORAGE, and not altered since. */
  readonly isCompactStorage: boolean;
  /** No cell name holds a column's name: COMPACT STORAGE with clustering columns. */
  readonly isDense: boolean;
  /** Cell names are composites: all tables but compact ones with one clustering column or none. */
  readonly isCompound: boolean;
  /** A super column family of Thrift: the regular column without a name is its map. */
  readonly isSuper: boolean;
  /** COMPACT STORAGE without clustering columns: its columns are stored as static ones, beside hidden columns; see `storageColumns`. */
  readonly isStaticCompact: boolean;
}

/** A table or a materialized view. */
export interface TableSchema extends TableColumns, CompactFacts {
  readonly keyspace: string;
  readonly table: string;
  /** UUID text in lower case. */
  readonly id: string | undefined;
  readonly dropped: readonly DroppedSchemaColumn[];
  readonly isView: boolean;
  /** At least one column is a counter; then all that are not part of the primary key are. */
  readonly isCounter: boolean;
  readonly options: TableOptions;
}

/** What a schema file says that is of no use here, by name. */
export interface IgnoredStatement {
  readonly kind: 'index' | 'view' | 'function' | 'aggregate' | 'trigger' | 'table';
  readonly keyspace: string | undefined;
  readonly name: string;
  /** The table it belongs to. */
  readonly on: string | undefined;
  readonly reason: string;
  /** Line of its statement, from 1. */
  readonly line: number;
}

/** What a schema file says. */
export interface Schema {
  /** Keyspaces that it creates. */
  readonly keyspaces: readonly string[];
  /** In the order of their statements; dropped ones are gone. */
  readonly tables: readonly TableSchema[];
  /** User types of all keyspaces, none of them frozen. */
  readonly udts: readonly UdtType[];
  readonly ignored: readonly IgnoredStatement[];
}
