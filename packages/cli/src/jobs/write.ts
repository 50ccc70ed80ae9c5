// Both planes. The job of `scamander sstable write`: rows of JSON lines or CSV files to SSTables of a table. Run by run-job.ts.
import { createReadStream } from 'node:fs';
import { NumberText, type TableSchema } from '@scamander/cql-types';
import { partitionerNamed } from '@scamander/ring';
import type { ScamanderErrorType } from '@scamander/scamander';
import {
  CqlSSTableWriter,
  type CqlSSTableWriterOptions,
  type RowValues,
  readJsonLines,
  type SourcedRow,
  SSTableError,
  type SSTableFiles,
  type StatementOptions,
} from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { shown } from '../commands/sstable-paths.ts';
import { type CsvFormat, readCsv } from '../rows/read-csv.ts';
import type { Job, JobTools } from './job.ts';

/** What to write, and where. */
export interface WriteInput
  extends Pick<
    CqlSSTableWriterOptions,
    | 'version'
    | 'sstableBytesMax'
    | 'bufferBytesMax'
    | 'temporaryDirectory'
    | 'timestampMicros'
    | 'ttlSeconds'
    | 'nowSeconds'
  > {
  /** `-` is the standard input. */
  readonly files: readonly string[];
  /** Bytes of all files, as far as they are known. */
  readonly totalBytes: number;
  readonly schema: TableSchema;
  /** Where the SSTables appear. */
  readonly directory: string;
  readonly partitioner: string;
  /** Absent: JSON lines. */
  readonly csv?: CsvFormat | undefined;
  readonly statement: 'insert' | 'update' | 'delete';
  readonly collections: 'replace' | 'append';
  /** Names in the rows that are no columns: timestamp in microseconds, TTL in seconds. */
  readonly timestampColumn?: string | undefined;
  readonly ttlColumn?: string | undefined;
  /** So many rows may be wrong: they are told and left out. */
  readonly badRowsMax: number;
}

/** How it went. */
export interface WriteOutcome {
  readonly rows: number;
  readonly bad: number;
  readonly sstables: readonly SSTableFiles[];
}

const WHOLE_NUMBER = /^-?\d{1,19}$/;

const rowError = (source: string, column: string, reason: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_ROW', file: source, column, reason });

const wholeNumber = (value: unknown, column: string, source: string): string | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const text = value instanceof NumberText ? value.text : String(value);
  if (!WHOLE_NUMBER.test(text)) throw rowError(source, column, `no whole number: ${text}`);
  return text;
};

const isRowError = (error: unknown): error is SSTableError =>
  error instanceof SSTableError && error.code === 'SCM_SSTABLE_ROW';

/** One run of the command. */
class WriteJob {
  readonly #input: WriteInput;
  readonly #tools: JobTools;
  readonly #writer: CqlSSTableWriter;
  readonly #names: ReadonlySet<string>;
  #doneBytes = 0;
  #rows = 0;
  #bad = 0;

  constructor(input: WriteInput, tools: JobTools, writer: CqlSSTableWriter) {
    const { schema, timestampColumn, ttlColumn } = input;
    const { partitionKey, clustering, staticColumns, regularColumns } = schema;
    this.#input = input;
    this.#tools = tools;
    this.#writer = writer;
    this.#names = new Set(
      [...partitionKey, ...clustering, ...staticColumns, ...regularColumns]
        .map(({ name }) => name)
        .concat(timestampColumn ?? [], ttlColumn ?? []),
    );
  }

  async run(): Promise<WriteOutcome> {
    for (const file of this.#input.files) await this.#file(file);
    const sstables = await this.#writer.finish({ signal: this.#tools.signal });
    return { rows: this.#rows, bad: this.#bad, sstables };
  }

  async *#bytes(file: string): AsyncGenerator<Uint8Array> {
    const stream = file === '-' ? process.stdin : createReadStream(file);
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      this.#tools.signal.throwIfAborted();
      this.#doneBytes += piece.length;
      this.#tools.progress(this.#doneBytes, this.#input.totalBytes);
      yield piece;
    }
  }

  async #file(file: string): Promise<void> {
    const name = file === '-' ? 'standard input' : file;
    const { csv } = this.#input;
    const batches =
      csv === undefined
        ? readJsonLines(this.#bytes(file), name)
        : readCsv(this.#bytes(file), csv, this.#names, name);
    for await (const batch of batches)
      for (const row of batch) {
        try {
          const waiting = this.#row(row, `${name}, line ${row.line}`);
          if (waiting !== undefined) await waiting;
        } catch (error) {
          if (!isRowError(error) || this.#bad >= this.#input.badRowsMax) throw error;
          this.#bad += 1;
          this.#tools.event({ type: 'Problem', error: shownRow(error) });
        }
      }
  }

  #row({ row }: SourcedRow, source: string): Promise<void> | undefined {
    const { timestampColumn, ttlColumn, statement, csv, collections } = this.#input;
    let values = row;
    const taken = (column: string | undefined): string | undefined => {
      if (column === undefined) return undefined;
      const { [column]: value, ...others } = values;
      values = others;
      return wholeNumber(value, column, source);
    };
    const timestamp = taken(timestampColumn);
    const ttl = taken(ttlColumn);
    const options: StatementOptions = {
      source,
      collections,
      form: csv === undefined ? 'json' : 'text',
      ...(timestamp === undefined ? {} : { timestampMicros: BigInt(timestamp) }),
      ...(ttl === undefined ? {} : { ttlSeconds: Number(ttl) }),
    };
    const waiting = this.#statement(statement, values, options);
    this.#rows += 1;
    return waiting;
  }

  #statement(
    statement: WriteInput['statement'],
    row: RowValues,
    options: StatementOptions,
  ): Promise<void> | undefined {
    if (statement === 'delete') return this.#writer.delete(row, options);
    return statement === 'insert'
      ? this.#writer.insert(row, options)
      : this.#writer.update(row, options);
  }
}

/** A wrong row, or what else ends the job, in the command line's shape. */
const shownRow = (error: SSTableError): ScamanderErrorType => ({
  ...shown(error),
  kind: error.code === 'SCM_SSTABLE_ROW' ? 'bad-data' : 'failed',
  lost: 'nothing; no SSTable has appeared',
  advice:
    error.code === 'SCM_SSTABLE_ROW'
      ? 'correct the row, or let some be wrong with --bad-rows'
      : shown(error).advice,
});

/** See {@link WriteInput}. Left: a row too many is wrong, or the SSTables can't be written; nothing is left of them then. */
export const writeJob: Job<WriteInput, WriteOutcome> = async (
  input,
  tools,
): Promise<Either<ScamanderErrorType, WriteOutcome>> => {
  const partitioner = partitionerNamed(input.partitioner);
  if (isLeft(partitioner)) throw new RangeError(`no partitioner: ${input.partitioner}`);
  let writer: CqlSSTableWriter | undefined;
  try {
    writer = await CqlSSTableWriter.create({ ...input, partitioner: partitioner.right });
    return right(await new WriteJob(input, tools, writer).run());
  } catch (error) {
    await writer?.abort();
    if (error instanceof SSTableError) return left(shownRow(error));
    throw error;
  }
};
