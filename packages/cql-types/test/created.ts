// Reads the CREATE statements that lie beside real SSTables: enough of them to get the columns' type texts. Called by the tests of this
// package.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UdtDefinition } from '@scamander/cql-types';

/** What the statements say. */
export interface Created {
  readonly types: readonly UdtDefinition[];
  /** Type texts of all columns by name. */
  readonly columns: ReadonlyMap<string, string>;
}

/** The parts between commas that stand in no brackets or quotes. */
const splitAtCommas = (text: string): string[] => {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if ('(<'.includes(character)) depth += 1;
    if (')>'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, text.slice(from).trim()];
};

/** Name and type of each definition between the outer parentheses of a statement. */
const definitions = (statement: string): [string, string][] => {
  const open = statement.indexOf('(');
  const end = statement.search(/\)\s*(WITH\b|;?\s*$)/);
  const found: [string, string][] = [];
  for (const part of splitAtCommas(statement.slice(open + 1, end))) {
    const match = /^("(?:[^"]|"")+"|\w+)\s+([\s\S]+?)(?:\s+static)?(?:\s+primary key)?$/i.exec(
      part,
    );
    if (match === null || /^primary$/i.test(match[1] as string)) continue;
    const name = match[1] as string;
    const plain = name.startsWith('"')
      ? name.slice(1, -1).replaceAll('""', '"')
      : name.toLowerCase();
    found.push([plain, match[2] as string]);
  }
  return found;
};

/** The statements beside a file; undefined where there are none. */
export const createdBeside = (file: string): Created | undefined => {
  const path = join(dirname(file), 'schema.cql');
  if (!existsSync(path)) return undefined;
  const types: UdtDefinition[] = [];
  let columns: ReadonlyMap<string, string> = new Map();
  for (const statement of readFileSync(path, 'utf8').split(';')) {
    const type = /CREATE TYPE (?:\w+\.)?(\w+)/i.exec(statement);
    if (type !== null) {
      const fields = definitions(statement);
      types.push({
        name: type[1] as string,
        fieldNames: fields.map(([name]) => name),
        fieldTypes: fields.map(([, text]) => text),
      });
    }
    if (/CREATE TABLE/i.test(statement)) columns = new Map(definitions(statement));
  }
  return { types, columns };
};
