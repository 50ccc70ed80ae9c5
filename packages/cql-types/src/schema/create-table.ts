// Control plane. CREATE TABLE and CREATE MATERIALIZED VIEW (Cassandra's Parser.g; SchemaCQLHelper writes them into snapshots). Called by the
// dispatcher of statements.
import type { QualifiedName, SchemaDraft, TableDraft } from './schema-draft.ts';
import { keyOf } from './schema-draft.ts';
import type { SchemaScanner } from './schema-scanner.ts';
import { noProperties, readProperties } from './table-properties.ts';
import { readColumn } from './type-text.ts';

/** `[IF NOT EXISTS]`. */
export const acceptIfNotExists = (scanner: SchemaScanner): boolean =>
  scanner.acceptWords('if', 'not', 'exists');

interface PrimaryKey {
  readonly partitionKey: string[];
  readonly clustering: string[];
}

const readNames = (scanner: SchemaScanner): string[] => {
  const names: string[] = [];
  do names.push(scanner.name('a column'));
  while (scanner.accept(','));
  return names;
};

/** `(a, b)`, or `((a, b), c)` where several columns make the partition key. */
const readPrimaryKey = (scanner: SchemaScanner): PrimaryKey => {
  scanner.expect('(');
  let partitionKey: string[];
  if (scanner.accept('(')) {
    partitionKey = readNames(scanner);
    scanner.expect(')');
  } else {
    partitionKey = [scanner.name('a column')];
  }
  const clustering = scanner.accept(',') ? readNames(scanner) : [];
  scanner.expect(')');
  return { partitionKey, clustering };
};

/** Takes a primary key; a table has one. */
const setPrimaryKey = (
  draft: SchemaDraft,
  table: TableDraft,
  offset: number,
  key: PrimaryKey,
): void => {
  if (table.partitionKey.length > 0)
    throw draft.scanner.invalid(offset, `table ${table.id.name} has two primary keys`);
  table.partitionKey = key.partitionKey;
  table.clustering = key.clustering;
};

/** One definition between the parentheses of a table: the primary key, or a column. */
const readDefinition = (draft: SchemaDraft, table: TableDraft): void => {
  const { scanner } = draft;
  const { offset } = scanner.peek();
  if (scanner.acceptWords('primary', 'key')) {
    setPrimaryKey(draft, table, offset, readPrimaryKey(scanner));
    return;
  }
  const column = readColumn(scanner);
  if (table.columns.has(column.name))
    throw draft.duplicate('column', { name: column.name, offset });
  table.columns.set(column.name, column);
  if (scanner.acceptWords('primary', 'key'))
    setPrimaryKey(draft, table, offset, { partitionKey: [column.name], clustering: [] });
};

/** What follows `CREATE TABLE`. */
export const readCreateTable = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  const mayExist = acceptIfNotExists(scanner);
  const id = draft.qualifiedName('the name of a table');
  const table: TableDraft = {
    id,
    columns: new Map(),
    partitionKey: [],
    clustering: [],
    dropped: new Map(),
    properties: noProperties(),
    isApproximate: scanner.isInOmitted,
  };
  scanner.expect('(');
  do readDefinition(draft, table);
  while (scanner.accept(','));
  scanner.expect(')');
  readProperties(scanner, table.properties);
  scanner.expectStatementEnd(table.properties.options.size > 0 ? "AND or ';'" : "WITH or ';'");
  const known = draft.tables.has(keyOf(id));
  if (known && !mayExist) throw draft.duplicate('table', id);
  if (!known) draft.tables.set(keyOf(id), table);
};

/** The columns behind SELECT: undefined for all, `complex` for anything but plain names. */
const readSelection = (scanner: SchemaScanner): string[] | undefined | 'complex' => {
  if (scanner.accept('*')) return undefined;
  const names = readNames(scanner);
  return scanner.isWord('from') ? names : 'complex';
};

const skipTo = (scanner: SchemaScanner, first: string): void => {
  while (!scanner.isWord(first)) {
    if (scanner.atStatementEnd()) throw scanner.syntaxError(first.toUpperCase());
    scanner.next();
  }
};

/** What follows `CREATE MATERIALIZED VIEW`. A view whose columns are not just chosen is named and passed over. */
export const readCreateView = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  const mayExist = acceptIfNotExists(scanner);
  const id = draft.qualifiedName('the name of a view');
  scanner.expectWords('as', 'select');
  const selected = readSelection(scanner);
  skipTo(scanner, 'from');
  scanner.expectWords('from');
  const base: QualifiedName = draft.qualifiedName('the name of a table');
  if (selected === 'complex') {
    draft.ignore('view', id, base.name, 'it selects more than columns');
    scanner.skipStatement();
    return;
  }
  skipTo(scanner, 'primary');
  scanner.expectWords('primary', 'key');
  const key = readPrimaryKey(scanner);
  const properties = noProperties();
  readProperties(scanner, properties);
  scanner.expectStatementEnd("AND, WITH or ';'");
  const known = draft.tables.has(keyOf(id));
  if (known && !mayExist) throw draft.duplicate('table', id);
  if (!known) draft.tables.set(keyOf(id), { id, base, selected, ...key, properties });
};
