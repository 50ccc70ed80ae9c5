// Control plane. A schema while its statements are read: types as texts, since a user type may be created or altered after the tables that use
// it. Filled by the statement parsers, turned into a Schema by `resolve-schema.ts`.
import type { SchemaError } from '../errors.ts';
import type { SchemaScanner } from './schema-scanner.ts';
import type { IgnoredStatement, TableOptionValue } from './table-schema.ts';

/** A type as written, and where. */
export interface TypeText {
  readonly text: string;
  readonly offset: number;
}

/** A column that is not part of the primary key, or that may be. */
export interface ColumnDraft {
  readonly name: string;
  readonly type: TypeText;
  readonly isStatic: boolean;
}

/** A column that was dropped. */
export interface DroppedDraft extends ColumnDraft {
  readonly droppedAtMicros: bigint | undefined;
}

/** Name of a table, a type or a view. */
export interface QualifiedName {
  readonly keyspace: string;
  readonly name: string;
  readonly offset: number;
}

/** What stands behind WITH. */
export interface PropertiesDraft {
  id: string | undefined;
  isCompactStorage: boolean;
  /** Undefined where there is no CLUSTERING ORDER BY. */
  order: { readonly name: string; readonly isDescending: boolean; readonly offset: number }[];
  readonly options: Map<string, TableOptionValue>;
}

/** A table. */
export interface TableDraft {
  readonly id: QualifiedName;
  readonly columns: Map<string, ColumnDraft>;
  partitionKey: string[];
  clustering: string[];
  readonly dropped: Map<string, DroppedDraft>;
  readonly properties: PropertiesDraft;
  /** It stood in the comment of a Thrift table: what CQL can't express is not in it. */
  readonly isApproximate: boolean;
}

/** A materialized view: columns of its base table. */
export interface ViewDraft {
  readonly id: QualifiedName;
  readonly base: QualifiedName;
  /** Undefined for all. */
  readonly selected: readonly string[] | undefined;
  readonly partitionKey: string[];
  readonly clustering: string[];
  readonly properties: PropertiesDraft;
}

/** A user type: its fields in order. */
export interface TypeDraft {
  readonly id: QualifiedName;
  readonly fields: Map<string, TypeText>;
}

/** An option map's key of a name within its keyspace. */
export const keyOf = ({ keyspace, name }: Pick<QualifiedName, 'keyspace' | 'name'>): string =>
  `${keyspace}\0${name}`;

/** Everything that the statements so far have said. */
export class SchemaDraft {
  readonly scanner: SchemaScanner;
  readonly keyspaces = new Set<string>();
  readonly types = new Map<string, TypeDraft>();
  /** Tables and views by name, in the order of their statements. */
  readonly tables = new Map<string, TableDraft | ViewDraft>();
  readonly ignored: IgnoredStatement[] = [];
  /** What USE has set, or the caller. */
  keyspace: string | undefined;

  constructor(scanner: SchemaScanner, keyspace: string | undefined) {
    this.scanner = scanner;
    this.keyspace = keyspace;
  }

  /** A name with its keyspace; where that is not written it is the one in use. */
  qualifiedName(what: string): QualifiedName {
    const { offset } = this.scanner.peek();
    const first = this.scanner.name(what);
    if (this.scanner.accept('.')) return { keyspace: first, name: this.scanner.name(what), offset };
    if (this.keyspace === undefined)
      throw this.scanner.invalid(offset, `${first} has no keyspace, and none is in use`);
    return { keyspace: this.keyspace, name: first, offset };
  }

  /** Names what is of no use here. */
  ignore(
    kind: IgnoredStatement['kind'],
    id: QualifiedName,
    on: string | undefined,
    reason: string,
  ): void {
    const { line } = this.scanner.placeOf(id.offset);
    this.ignored.push({ kind, keyspace: id.keyspace, name: id.name, on, reason, line });
  }

  /** The error of a name that is taken. */
  duplicate(what: string, { name, offset }: Pick<QualifiedName, 'name' | 'offset'>): SchemaError {
    return this.scanner.invalid(offset, `there is already a ${what} ${name}`);
  }
}
