// Control plane. CREATE TYPE and ALTER TYPE. Called by the dispatcher of statements.
import { acceptIfNotExists } from './create-table.ts';
import type { SchemaDraft, TypeDraft } from './schema-draft.ts';
import { keyOf } from './schema-draft.ts';
import { readTypeText } from './type-text.ts';

const addField = (draft: SchemaDraft, type: TypeDraft, mayExist: boolean): void => {
  const { offset } = draft.scanner.peek();
  const name = draft.scanner.name('the name of a field');
  const text = readTypeText(draft.scanner);
  const known = type.fields.has(name);
  if (known && !mayExist) throw draft.duplicate('field', { name, offset });
  if (!known) type.fields.set(name, text);
};

/** What follows `CREATE TYPE`. */
export const readCreateType = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  const mayExist = acceptIfNotExists(scanner);
  const id = draft.qualifiedName('the name of a type');
  const type: TypeDraft = { id, fields: new Map() };
  scanner.expect('(');
  do addField(draft, type, false);
  while (scanner.accept(','));
  scanner.expect(')');
  scanner.expectStatementEnd();
  const known = draft.types.has(keyOf(id));
  if (known && !mayExist) throw draft.duplicate('type', id);
  if (!known) draft.types.set(keyOf(id), type);
};

const renameFields = (draft: SchemaDraft, type: TypeDraft, mayBeGone: boolean): void => {
  const { scanner } = draft;
  do {
    const { offset } = scanner.peek();
    const from = scanner.name('a field');
    scanner.expectWords('to');
    const to = scanner.name('a new name');
    if (!type.fields.has(from) && !mayBeGone)
      throw scanner.invalid(offset, `there is no field ${from}`);
    const fields = [...type.fields];
    type.fields.clear();
    for (const [name, text] of fields) type.fields.set(name === from ? to : name, text);
  } while (scanner.acceptWords('and'));
};

/** What follows `ALTER TYPE`. */
export const readAlterType = (draft: SchemaDraft): void => {
  const { scanner } = draft;
  const mayBeGone = scanner.acceptWords('if', 'exists');
  const id = draft.qualifiedName('the name of a type');
  const type = draft.types.get(keyOf(id));
  if (type === undefined) {
    if (!mayBeGone) throw scanner.invalid(id.offset, `there is no type ${id.keyspace}.${id.name}`);
    scanner.skipStatement();
    return;
  }
  if (scanner.acceptWords('add')) addField(draft, type, acceptIfNotExists(scanner));
  else if (scanner.acceptWords('rename'))
    renameFields(draft, type, scanner.acceptWords('if', 'exists'));
  else if (scanner.acceptWords('alter')) {
    const { offset } = scanner.peek();
    const name = scanner.name('a field');
    scanner.expectWords('type');
    if (!type.fields.has(name)) throw scanner.invalid(offset, `there is no field ${name}`);
    type.fields.set(name, readTypeText(scanner));
  } else throw scanner.syntaxError('ADD, RENAME or ALTER');
  scanner.expectStatementEnd();
};
