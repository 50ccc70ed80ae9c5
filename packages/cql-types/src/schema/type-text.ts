// Control plane. Types and columns as they stand in CREATE and ALTER statements, up to where they end; their meaning is found later. Called by
// the statement parsers of this folder.
import type { ColumnDraft, TypeText } from './schema-draft.ts';
import type { SchemaScanner, Token } from './schema-scanner.ts';

const written = ({ kind, text }: Token): string => {
  if (kind === 'string') return `'${text}'`;
  return kind === 'name' ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A type: a quoted class, or a name with what stands between its angle brackets. */
export const readTypeText = (scanner: SchemaScanner): TypeText => {
  const first = scanner.peek();
  if (first.kind !== 'word' && first.kind !== 'name' && first.kind !== 'string')
    throw scanner.syntaxError('a type');
  const parts = [written(scanner.next())];
  if (scanner.accept('.')) parts.push('.', written(scanner.next()));
  if (scanner.accept('<')) {
    parts.push('<');
    for (let depth = 1; depth > 0; ) {
      if (scanner.atStatementEnd()) throw scanner.syntaxError("'>'");
      const token = scanner.next();
      if (token.kind === 'mark') depth += token.text === '<' ? 1 : token.text === '>' ? -1 : 0;
      parts.push(written(token));
    }
  }
  return { text: parts.join(' '), offset: first.offset };
};

/** Passes over a mask or a constraint of 5.0 and later, which do not change what is stored. */
const skipColumnExtras = (scanner: SchemaScanner): void => {
  if (!scanner.isWord('masked', 'check', 'not')) return;
  for (let depth = 0; ; ) {
    const { kind, text } = scanner.peek();
    if (scanner.atStatementEnd() || scanner.isWord('primary')) return;
    if (kind === 'mark' && depth === 0 && (text === ',' || text === ')')) return;
    if (kind === 'mark') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    scanner.next();
  }
};

/** `name type [STATIC] [MASKED WITH …] [CHECK …]`. */
export const readColumn = (scanner: SchemaScanner): ColumnDraft => {
  const name = scanner.name('the name of a column');
  const type = readTypeText(scanner);
  const isStatic = scanner.acceptWords('static');
  skipColumnExtras(scanner);
  return { name, type, isStatic };
};
