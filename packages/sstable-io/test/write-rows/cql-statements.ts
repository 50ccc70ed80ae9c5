// Runs the CQL statements beside real SSTables against a CQL writer: INSERT, UPDATE and DELETE with literals, as far as the fixtures need. Called by
// this package's tests only.
import type { CqlSSTableWriter } from '../../src/write-rows/cql-sstable-writer.ts';
import type {
  ElementOf,
  RangeEnd,
  RowValues,
  StatementOptions,
} from '../../src/write-rows/statement.ts';

/** Parts between separators that stand in no brackets and no quotes. */
const splitTop = (text: string, separator: RegExp): string[] => {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === "'") {
      at = text.indexOf("'", at + 1);
      continue;
    }
    if ('([{<'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    separator.lastIndex = at;
    const found = depth === 0 ? separator.exec(text)?.[0] : undefined;
    if (found === undefined) continue;
    parts.push(text.slice(from, at).trim());
    from = at + found.length;
    at = from - 1;
  }
  return [...parts, text.slice(from).trim()];
};

const COMMA = /,/y;
const AND = /\sand\s/iy;

/** A literal as the text form takes it. */
const literal = (text: string): string | null => {
  if (text.toLowerCase() === 'null') return null;
  return /^'.*'$/.test(text) ? text.slice(1, -1) : text;
};

const timesOf = (text: string): StatementOptions => {
  const timestamp = /timestamp (-?\d+)/i.exec(text)?.[1];
  const ttl = /ttl (\d+)/i.exec(text)?.[1];
  return {
    form: 'text',
    ...(timestamp === undefined ? {} : { timestampMicros: BigInt(timestamp) }),
    ...(ttl === undefined ? {} : { ttlSeconds: Number(ttl) }),
  };
};

interface Where {
  readonly row: RowValues;
  readonly from: RangeEnd | undefined;
  readonly to: RangeEnd | undefined;
}

/** Names of columns that are stored in descending order: their ranges begin at the larger end. */
type Descending = ReadonlySet<string>;

const whereOf = (text: string, descending: Descending): Where => {
  const row: Record<string, string | null> = {};
  let from: RangeEnd | undefined;
  let to: RangeEnd | undefined;
  for (const condition of splitTop(text, AND)) {
    const [, name = '', operator = '', value = ''] =
      /^(\w+)\s*(>=|<=|=|>|<)\s*(.*)$/.exec(condition) ?? [];
    if (operator === '=') row[name] = literal(value);
    else {
      const end = { values: [literal(value)], isInclusive: operator.endsWith('=') };
      if (operator.startsWith('>') !== descending.has(name)) from = end;
      else to = end;
    }
  }
  return { row, from, to };
};

type Statement = (writer: CqlSSTableWriter) => Promise<void>;

const insertOf = (text: string): Statement | undefined => {
  const [, names, values, times] =
    /^insert into [\w.]+\s*\(([^)]*)\) values\s*\((.*)\) using (.*);$/i.exec(text) ?? [];
  if (names === undefined || values === undefined) return undefined;
  const literals = splitTop(values, COMMA).map(literal);
  const row = Object.fromEntries(
    splitTop(names, COMMA).map((name, index) => [name, literals[index] ?? null]),
  );
  return async (writer) => {
    await writer.insert(row, timesOf(times ?? ''));
  };
};

const targetOf = (text: string): string | ElementOf => {
  const [, column, key, field] = /^(\w+)(?:\[(.*)\]|\.(\w+))$/.exec(text) ?? [];
  const element = key ?? field;
  return column === undefined || element === undefined
    ? text
    : { column, element: literal(element) };
};

const deleteOf = (text: string, descending: Descending): Statement | undefined => {
  const [, targets = '', times, condition] =
    /^delete (.*?)\s*from [\w.]+ using (.*?) where (.*);$/i.exec(text) ?? [];
  if (condition === undefined) return undefined;
  const options = timesOf(times ?? '');
  const { row, from, to } = whereOf(condition, descending);
  return async (writer) => {
    if (from !== undefined || to !== undefined)
      await writer.deleteRange(row, { from, to }, options);
    else if (targets === '') await writer.delete(row, options);
    else await writer.delete(row, { ...options, columns: splitTop(targets, COMMA).map(targetOf) });
  };
};

/** What one assignment of an UPDATE does. */
const assignmentOf = (
  text: string,
): ((writer: CqlSSTableWriter, row: RowValues, options: StatementOptions) => Promise<void>) => {
  const [, target = '', value = ''] = /^([\w.[\]']+)\s*=\s*(.*)$/.exec(text) ?? [];
  const element = targetOf(target);
  const upsert =
    (column: string, added: string | null, collections: 'append' | 'prepend' | 'replace') =>
    async (writer: CqlSSTableWriter, row: RowValues, options: StatementOptions) => {
      await writer.update({ ...row, [column]: added }, { ...options, collections });
    };
  if (typeof element !== 'string')
    return upsert(
      element.column,
      `{${target.slice(element.column.length + 1).replace(/\]$/, '')}:${value}}`,
      'append',
    );
  const plus = new RegExp(`^${target}\\s*\\+\\s*(.*)$`).exec(value)?.[1];
  if (plus !== undefined) return upsert(target, plus, 'append');
  const before = new RegExp(`^(.*)\\+\\s*${target}$`).exec(value)?.[1];
  if (before !== undefined) return upsert(target, before, 'prepend');
  const minus = new RegExp(`^${target}\\s*-\\s*\\{(.*)\\}$`).exec(value)?.[1];
  if (minus === undefined) return upsert(target, literal(value), 'replace');
  return async (writer, row, options) => {
    const columns = splitTop(minus, COMMA).map((removed) => ({
      column: target,
      element: literal(removed),
    }));
    await writer.delete(row, { ...options, columns });
  };
};

const updateOf = (text: string): Statement | undefined => {
  const [, times, assignments, condition] =
    /^update [\w.]+ using (.*?) set (.*) where (.*);$/i.exec(text) ?? [];
  if (assignments === undefined || condition === undefined) return undefined;
  const { row } = whereOf(condition, new Set());
  const all = splitTop(assignments, COMMA).map(assignmentOf);
  return async (writer) => {
    for (const assign of all) await assign(writer, row, timesOf(times ?? ''));
  };
};

/** Runs every statement but those that create something; one that is not understood is an error. */
export const runStatements = async (
  cql: string,
  writer: CqlSSTableWriter,
  descending: Descending = new Set(),
): Promise<number> => {
  let count = 0;
  for (const line of cql.split('\n')) {
    const text = line.trim();
    if (text === '' || /^(create|use)\b/i.test(text)) continue;
    const statement = insertOf(text) ?? deleteOf(text, descending) ?? updateOf(text);
    if (statement === undefined) throw new Error(`not understood: ${text}`);
    await statement(writer);
    count += 1;
  }
  return count;
};
