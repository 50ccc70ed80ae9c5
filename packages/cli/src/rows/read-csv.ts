// Data plane. A CSV to rows for the CQL writer: texts by column name. Called by the job of `sstable write`. The format itself is the library's business.
import { pipeline, Readable } from 'node:stream';
import { type RowValues, type SourcedRow, SSTableError } from '@scamander/sstable-io';
import { CsvError, type Info, type Options, parse } from 'csv-parse';

/** How the file is written. */
export interface CsvFormat {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  /** Names of the columns, where the first line does not say them. */
  readonly columns?: readonly string[] | undefined;
  /** What stands where there is nothing. */
  readonly nullText: string;
  /** Whether nothing is left alone or deletes what the column holds. */
  readonly nulls: 'missing' | 'tombstone';
}

/** Records that are handed on at once. */
const BATCH_MAX = 256;
/** Longest record: one row, as text. */
const RECORD_LENGTH_MAX = 128 * 1024 * 1024;

const problem = (source: string, reason: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_ROW', file: source, column: undefined, reason });

/** The names of a first line, as the table has them: a name that it has only in lower case means that one. */
const namesOf = (header: readonly string[], known: ReadonlySet<string>, name: string): string[] => {
  const names = header.map((column) =>
    !known.has(column) && known.has(column.toLowerCase()) ? column.toLowerCase() : column,
  );
  const twice = names.find((column, index) => names.indexOf(column) !== index);
  if (twice !== undefined) throw problem(`${name}, line 1`, `two columns are called ${twice}`);
  return names;
};

const optionsOf = (format: CsvFormat, known: ReadonlySet<string>, name: string): Options => ({
  delimiter: format.delimiter,
  quote: format.quote,
  escape: format.escape,
  bom: true,
  info: true,
  skip_empty_lines: true,
  max_record_size: RECORD_LENGTH_MAX,
  columns:
    format.columns === undefined
      ? (header: string[]) => namesOf(header, known, name)
      : namesOf(format.columns, known, name),
});

interface ParsedRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly info: Info;
}

const withoutNothing = (
  record: ParsedRecord['record'],
  { nullText, nulls }: CsvFormat,
): RowValues => {
  const row: Record<string, string | null> = {};
  for (const [name, text] of Object.entries(record))
    if (text !== nullText) row[name] = text;
    else if (nulls === 'tombstone') row[name] = null;
  return row;
};

/**
 * Rows in batches. `known` are the names that a row may have; `name` is for errors. Throws `SCM_SSTABLE_ROW` for what is no CSV, and what the input throws.
 */
export const readCsv = async function* (
  input: AsyncIterable<Uint8Array>,
  format: CsvFormat,
  known: ReadonlySet<string>,
  name: string,
): AsyncGenerator<readonly SourcedRow[]> {
  const parser = parse(optionsOf(format, known, name));
  // an error comes out of the parser, too
  pipeline(Readable.from(input), parser, () => undefined);
  let batch: SourcedRow[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      batch.push({ row: withoutNothing(record, format), line: info.lines });
      if (batch.length < BATCH_MAX) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { readonly lines?: number };
    throw problem(
      lines === undefined ? name : `${name}, line ${lines}`,
      `no CSV: ${error.message}`,
    );
  }
  if (batch.length > 0) yield batch;
};
