// Data plane. JSON lines to rows for the CQL writer: one object a line, as INSERT JSON takes it. Called by the command line. Numbers keep their digits.
import { StringDecoder } from 'node:string_decoder';
import { parseExactJson } from '@scamander/cql-types';
import { JSON_LINE_LENGTH_MAX } from '../limits.ts';
import { rowProblem } from './row-problem.ts';
import type { RowValues } from './statement.ts';

/** A row and where it stood. */
export interface SourcedRow {
  readonly row: RowValues;
  /** From 1. */
  readonly line: number;
}

/** A line without any of these has no number that JavaScript would round. */
const MAY_ROUND = /\d{16}|\.\d|\d[eE]/;

const parse = (text: string): unknown => {
  if (!MAY_ROUND.test(text)) return JSON.parse(text) as unknown;
  const exact = parseExactJson(text);
  if (exact._tag === 'Left') throw exact.left;
  return exact.right;
};

/** The object of one line. */
const parseLine = (text: string, line: number, name: string): RowValues => {
  const source = `${name}, line ${line}`;
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw rowProblem(source, undefined, `no JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw rowProblem(source, undefined, 'a line holds one JSON object');
  return value as RowValues;
};

/** Names of JSON: in lower case unless they stand in double quotes of their own (Json#parseJson). */
const columnName = (name: string): string =>
  name.length > 1 && name.startsWith('"') && name.endsWith('"')
    ? name.slice(1, -1).replaceAll('""', '"')
    : name.toLowerCase();

const isPlain = (name: string): boolean => !name.startsWith('"') && name === name.toLowerCase();

/** The row with the names of columns as CQL understands them. */
const withColumnNames = (row: RowValues): RowValues =>
  Object.keys(row).every(isPlain)
    ? row
    : Object.fromEntries(Object.entries(row).map(([name, value]) => [columnName(name), value]));

/**
 * Rows in batches, one for each piece of input that ends lines; empty lines are passed over. `name` is for errors. Throws `SCM_SSTABLE_ROW` for a
 * line that is no JSON object or longer than {@link JSON_LINE_LENGTH_MAX}.
 */
export const readJsonLines = async function* (
  input: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<readonly SourcedRow[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let line = 0;
  const take = (texts: readonly string[]): SourcedRow[] => {
    const rows: SourcedRow[] = [];
    for (const text of texts) {
      line += 1;
      if (text.trim() === '') continue;
      rows.push({ row: withColumnNames(parseLine(text, line, name)), line });
    }
    return rows;
  };
  for await (const piece of input) {
    const texts = (rest + decoder.write(Buffer.from(piece))).split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > JSON_LINE_LENGTH_MAX)
      throw rowProblem(
        `${name}, line ${line + texts.length + 1}`,
        undefined,
        `a line of more than ${JSON_LINE_LENGTH_MAX} characters`,
      );
    if (texts.length > 0) yield take(texts);
  }
  rest += decoder.end();
  if (rest !== '') yield take([rest]);
};
