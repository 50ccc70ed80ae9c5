// Control plane. Which statement it is, and those that are only named. Called by `parseSchema` for one statement after the other.
import { readAlterTable } from './alter-table.ts';
import { acceptIfNotExists, readCreateTable, readCreateView } from './create-table.ts';
import type { SchemaDraft } from './schema-draft.ts';
import { keyOf } from './schema-draft.ts';
import type { IgnoredStatement } from './table-schema.ts';
import { readAlterType, readCreateType } from './user-types.ts';

/** Statements that say nothing about tables. DESCRIBE and the others behind it are cqlsh's own. */
const PASSED_OVER = [
  ...['insert', 'update', 'delete', 'select', 'begin', 'apply', 'truncate', 'grant', 'revoke'],
  ...['list', 'add', 'comment', 'security', 'describe', 'desc', 'consistency', 'serial', 'paging'],
  ...['tracing', 'expand', 'source', 'copy', 'login', 'capture', 'show', 'exit', 'quit'],
];

/** What is created, altered or dropped besides tables. */
const OTHER_OBJECTS = ['role', 'user', 'identity', 'generated'];

const readCreateIndex = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  acceptIfNotExists(scanner);
  const { offset } = scanner.peek();
  const name = scanner.isWord('on') ? undefined : scanner.name('the name of an index');
  scanner.expectWords('on');
  const table = draft.qualifiedName('the name of a table');
  // the first name within the parentheses, for what Cassandra calls an index without a name
  const words: string[] = [];
  while (!scanner.atStatementEnd() && !scanner.accept(')')) {
    const token = scanner.next();
    if (token.kind === 'word' || token.kind === 'name') words.push(token.text);
  }
  const id = {
    keyspace: table.keyspace,
    name: name ?? `${table.name}_${words.at(-1)}_idx`,
    offset,
  };
  draft.ignore('index', id, table.name, 'nodes build indexes by themselves');
  scanner.skipStatement();
};

const readTrigger = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  acceptIfNotExists(scanner);
  const { offset } = scanner.peek();
  const name = scanner.name('the name of a trigger');
  scanner.expectWords('on');
  const table = draft.qualifiedName('the name of a table');
  draft.ignore('trigger', { ...table, name, offset }, table.name, 'it acts on writes only');
  scanner.skipStatement();
};

const readNamed = (draft: SchemaDraft, kind: IgnoredStatement['kind']): void => {
  acceptIfNotExists(draft.scanner);
  const id = draft.qualifiedName(`the name of a ${kind}`);
  draft.ignore(kind, id, undefined, `a ${kind} says nothing about what is stored`);
  draft.scanner.skipStatement();
};

const readCreateKeyspace = (draft: SchemaDraft): void => {
  acceptIfNotExists(draft.scanner);
  draft.keyspaces.add(draft.scanner.name('the name of a keyspace'));
  draft.scanner.skipStatement();
};

const readCreate = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  scanner.acceptWords('or', 'replace');
  scanner.acceptWords('custom');
  if (scanner.acceptWords('table') || scanner.acceptWords('columnfamily')) readCreateTable(draft);
  else if (scanner.acceptWords('type')) readCreateType(draft);
  else if (scanner.acceptWords('keyspace')) readCreateKeyspace(draft);
  else if (scanner.acceptWords('materialized', 'view')) readCreateView(draft);
  else if (scanner.acceptWords('index')) readCreateIndex(draft);
  else if (scanner.acceptWords('function')) readNamed(draft, 'function');
  else if (scanner.acceptWords('aggregate')) readNamed(draft, 'aggregate');
  else if (scanner.acceptWords('trigger')) readTrigger(draft);
  else if (scanner.isWord(...OTHER_OBJECTS)) scanner.skipStatement();
  else throw scanner.syntaxError('TABLE, TYPE, KEYSPACE, INDEX or something else that is created');
};

const readAlter = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  if (scanner.acceptWords('table') || scanner.acceptWords('columnfamily')) readAlterTable(draft);
  else if (scanner.acceptWords('type')) readAlterType(draft);
  else if (scanner.isWord('keyspace', 'materialized', ...OTHER_OBJECTS)) scanner.skipStatement();
  else throw scanner.syntaxError('TABLE, TYPE, KEYSPACE or something else that is altered');
};

const dropKeyspace = (draft: SchemaDraft): void => {
  draft.scanner.acceptWords('if', 'exists');
  const keyspace = draft.scanner.name('the name of a keyspace');
  draft.keyspaces.delete(keyspace);
  for (const map of [draft.tables, draft.types])
    for (const [key, { id }] of map) if (id.keyspace === keyspace) map.delete(key);
};

const readDrop = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  const dropFrom = (map: Map<string, unknown>, what: string): void => {
    const mayBeGone = scanner.acceptWords('if', 'exists');
    const id = draft.qualifiedName(`the name of a ${what}`);
    if (!map.delete(keyOf(id)) && !mayBeGone)
      throw scanner.invalid(id.offset, `there is no ${what} ${id.keyspace}.${id.name}`);
  };
  if (scanner.acceptWords('table') || scanner.acceptWords('columnfamily'))
    dropFrom(draft.tables, 'table');
  else if (scanner.acceptWords('materialized', 'view')) dropFrom(draft.tables, 'view');
  else if (scanner.acceptWords('type')) dropFrom(draft.types, 'type');
  else if (scanner.acceptWords('keyspace')) dropKeyspace(draft);
  else if (scanner.isWord('index', 'function', 'aggregate', 'trigger', ...OTHER_OBJECTS)) {
    scanner.skipStatement();
    return;
  } else throw scanner.syntaxError('TABLE, TYPE, KEYSPACE or something else that is dropped');
  scanner.expectStatementEnd();
};

/** Reads the next statement into the draft. False at the end of the text. Throws a SchemaError. */
export const readStatement = (draft: SchemaDraft): boolean => {
  const { scanner } = draft;
  while (scanner.accept(';'));
  if (scanner.peek().kind === 'end') return false;
  if (scanner.acceptWords('create')) readCreate(draft);
  else if (scanner.acceptWords('alter')) readAlter(draft);
  else if (scanner.acceptWords('drop')) readDrop(draft);
  else if (scanner.acceptWords('use')) {
    draft.keyspace = scanner.name('the name of a keyspace');
    scanner.expectStatementEnd();
  } else if (scanner.isWord(...PASSED_OVER)) scanner.skipStatement();
  else throw scanner.syntaxError('CREATE, ALTER, DROP, USE or another statement');
  return true;
};
