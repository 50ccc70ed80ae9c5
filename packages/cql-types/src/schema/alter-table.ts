// Control plane. ALTER TABLE: what snapshots say of dropped columns (SchemaCQLHelper), and what hand-written files do (AlterTableStatement).
// Called by the dispatcher of statements.
import type { ColumnDraft, SchemaDraft, TableDraft } from './schema-draft.ts';
import { keyOf } from './schema-draft.ts';
import type { SchemaScanner } from './schema-scanner.ts';
import { readProperties } from './table-properties.ts';
import { readColumn, readTypeText } from './type-text.ts';

const WHOLE_NUMBER = /^-?\d+$/;

/** One column, or several with or without parentheses around them. */
const readList = (scanner: SchemaScanner, readOne: () => void): void => {
  const hasParentheses = scanner.accept('(');
  do readOne();
  while (scanner.accept(','));
  if (hasParentheses) scanner.expect(')');
};

const addColumns = (draft: SchemaDraft, table: TableDraft): void => {
  const { scanner } = draft;
  const mayExist = scanner.acceptWords('if', 'not', 'exists');
  readList(scanner, () => {
    const { offset } = scanner.peek();
    const column = readColumn(scanner);
    const known = table.columns.has(column.name);
    if (known && !mayExist) throw draft.duplicate('column', { name: column.name, offset });
    if (!known) table.columns.set(column.name, column);
  });
};

const readMicros = (scanner: SchemaScanner): bigint => {
  const sign = scanner.accept('-') ? '-' : '';
  const token = scanner.peek();
  if (token.kind !== 'word' || !WHOLE_NUMBER.test(token.text))
    throw scanner.syntaxError('a timestamp in microseconds');
  return BigInt(`${sign}${scanner.next().text}`);
};

const dropColumns = (draft: SchemaDraft, table: TableDraft): void => {
  const { scanner } = draft;
  const mayBeGone = scanner.acceptWords('if', 'exists');
  const columns: ColumnDraft[] = [];
  readList(scanner, () => {
    const { offset } = scanner.peek();
    const name = scanner.name('a column');
    const column = table.columns.get(name);
    if (table.partitionKey.includes(name) || table.clustering.includes(name))
      throw scanner.invalid(offset, `${name} is part of the primary key`);
    if (column !== undefined) columns.push(column);
    else if (!mayBeGone) throw unknownColumn(scanner, offset, name);
  });
  const droppedAtMicros = scanner.acceptWords('using', 'timestamp')
    ? readMicros(scanner)
    : undefined;
  for (const column of columns) {
    table.columns.delete(column.name);
    table.dropped.set(column.name, { ...column, droppedAtMicros });
  }
};

const unknownColumn = (scanner: SchemaScanner, offset: number, name: string) =>
  scanner.invalid(offset, `there is no column ${name}`);

const renamed = <T extends { readonly name: string }>(
  columns: Map<string, T>,
  from: string,
  to: string,
): void => {
  const entries = [...columns].map(([name, column]): [string, T] =>
    name === from ? [to, { ...column, name: to }] : [name, column],
  );
  columns.clear();
  for (const [name, column] of entries) columns.set(name, column);
};

const renameColumns = (draft: SchemaDraft, table: TableDraft): void => {
  const { scanner } = draft;
  const mayBeGone = scanner.acceptWords('if', 'exists');
  do {
    const { offset } = scanner.peek();
    const from = scanner.name('a column');
    scanner.expectWords('to');
    const to = scanner.name('a new name');
    if (!table.columns.has(from)) {
      if (mayBeGone) continue;
      throw unknownColumn(scanner, offset, from);
    }
    if (table.columns.has(to)) throw draft.duplicate('column', { name: to, offset });
    renamed(table.columns, from, to);
    const rename = (name: string): string => (name === from ? to : name);
    table.partitionKey = table.partitionKey.map(rename);
    table.clustering = table.clustering.map(rename);
    table.properties.order = table.properties.order.map((entry) => ({
      ...entry,
      name: rename(entry.name),
    }));
  } while (scanner.acceptWords('and'));
};

/** `ALTER column TYPE type` of releases before 3.11, or the mask or constraint of a column, which is passed over. */
const alterColumn = (draft: SchemaDraft, table: TableDraft): void => {
  const { scanner } = draft;
  const mayBeGone = scanner.acceptWords('if', 'exists');
  const { offset } = scanner.peek();
  const name = scanner.name('a column');
  const column = table.columns.get(name);
  if (column === undefined && !mayBeGone) throw unknownColumn(scanner, offset, name);
  if (!scanner.acceptWords('type')) {
    while (!scanner.atStatementEnd()) scanner.next();
    return;
  }
  const type = readTypeText(scanner);
  if (column !== undefined) table.columns.set(name, { ...column, type });
};

const unusedName = (base: string, from: number, table: TableDraft): string => {
  let index = from;
  while (table.columns.has(index === 0 ? base : `${base}${index}`)) index += 1;
  return index === 0 ? base : `${base}${index}`;
};

/** What was hidden becomes visible (spec: sstable-data §4.11; CompactTables). */
const dropCompactStorage = (table: TableDraft, offset: number): void => {
  table.properties.isCompactStorage = false;
  const others = [...table.columns.values()].filter(
    ({ name }) => !table.partitionKey.includes(name) && !table.clustering.includes(name),
  );
  const isStaticCompact = table.clustering.length === 0;
  if (!isStaticCompact && others.length > 0) return;
  const add = (name: string, text: string): void => {
    table.columns.set(name, { name, type: { text, offset }, isStatic: false });
  };
  const isCounter = others.some(({ type }) => type.text.toLowerCase() === 'counter');
  const value = unusedName('value', 0, table);
  if (isStaticCompact) {
    const column = unusedName('column', 1, table);
    for (const other of others) table.columns.set(other.name, { ...other, isStatic: true });
    add(column, 'text');
    table.clustering = [column];
  }
  add(value, isStaticCompact ? (isCounter ? 'counter' : 'blob') : 'empty');
};

/** What follows `ALTER TABLE`. */
export const readAlterTable = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  const mayBeGone = scanner.acceptWords('if', 'exists');
  const id = draft.qualifiedName('the name of a table');
  const table = draft.tables.get(keyOf(id));
  if (table === undefined || !('columns' in table)) {
    if (!mayBeGone) throw scanner.invalid(id.offset, `there is no table ${id.keyspace}.${id.name}`);
    scanner.skipStatement();
    return;
  }
  if (scanner.acceptWords('add')) addColumns(draft, table);
  else if (scanner.acceptWords('drop')) {
    if (scanner.acceptWords('compact', 'storage')) dropCompactStorage(table, id.offset);
    else dropColumns(draft, table);
  } else if (scanner.acceptWords('rename')) renameColumns(draft, table);
  else if (scanner.acceptWords('alter')) alterColumn(draft, table);
  else if (scanner.isWord('with')) readProperties(scanner, table.properties);
  else throw scanner.syntaxError('ADD, DROP, RENAME, ALTER or WITH');
  scanner.expectStatementEnd();
};
