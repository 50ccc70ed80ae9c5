// Both planes. The job of `scamander sstable dump`: SSTables one after the other, as text. Run by run-job.ts.
import type { TableSchema } from '@scamander/cql-types';
import { parseRange, type TokenRange } from '@scamander/ring';
import type { ErrorKind, ScamanderErrorType } from '@scamander/scamander';
import {
  type DumpRelease,
  dumpSSTable,
  type SelectionErrorType,
  SSTableError,
  type SSTableFiles,
  selectionErrorMessage,
} from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { shown } from '../commands/sstable-paths.ts';
import { usageError } from '../settings/usage-error.ts';
import { type AnySSTable, openAnySSTable } from './any-sstable.ts';
import type { Job, JobTools } from './job.ts';
import { type SchemaText, schemaFinder } from './schemas.ts';

/** What to dump, and how. */
export interface DumpInput {
  readonly sstables: readonly SSTableFiles[];
  readonly format: 'json' | 'jsonl' | 'table';
  readonly timestamps: 'raw' | 'iso';
  /** Absent: the release of each SSTable's version. */
  readonly release?: DumpRelease | undefined;
  readonly nowSeconds: number;
  readonly keysOnly: boolean;
  readonly keys?: readonly string[] | undefined;
  readonly excludeKeys?: readonly string[] | undefined;
  readonly where?: string | undefined;
  /** Texts `LO:HI`; each SSTable's partitioner understands them. */
  readonly ranges?: readonly string[] | undefined;
  /** Absent: a `schema.cql` beside each SSTable, where there is one. */
  readonly schema?: SchemaText | undefined;
  /** Of SSTables that do not say it: those of 1.0 and before. */
  readonly partitioner?: string | undefined;
  readonly valueCharsMax?: number | undefined;
  /** Partitions are JSON lines among others: each says its type and its SSTable. */
  readonly tagged: boolean;
  /** A line end follows the last array of JSON, as a terminal likes it. */
  readonly endsWithNewline: boolean;
}

/** How it went. */
export interface DumpOutcome {
  readonly bad: number;
  readonly kinds: readonly ErrorKind[];
}

const NEWLINE = Buffer.from('\n');

const selectionUsage = (error: SelectionErrorType): ScamanderErrorType => {
  const flag = error.code === 'SCM_SELECT_VALUE' ? '--keys or --where' : '--where';
  return { ...usageError(selectionErrorMessage(error), flag), code: error.code };
};

const rangesFor = (
  sstable: AnySSTable,
  texts: readonly string[] | undefined,
): Either<ScamanderErrorType, readonly TokenRange[] | undefined> => {
  if (texts === undefined) return right(undefined);
  const ranges: TokenRange[] = [];
  for (const text of texts) {
    const range = parseRange(sstable.partitioner, text);
    if (isLeft(range))
      return left(usageError(`no token range of ${sstable.partitioner.name}: ${text}`, '--ranges'));
    ranges.push(range.right);
  }
  return right(ranges);
};

/** Defined values only: an option that is there and undefined is not one that is absent. */
const present = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

class DumpJob {
  readonly #input: DumpInput;
  readonly #tools: JobTools;
  readonly #schemaOf: (files: SSTableFiles) => TableSchema | undefined;
  readonly #kinds = new Set<ErrorKind>();
  readonly #totalBytes: number;
  #doneBytes = 0;
  #bad = 0;
  #written = 0;
  /** Memory of pieces that were read: those that come are written into it. */
  readonly #spare: Uint8Array[] = [];

  constructor(
    input: DumpInput,
    tools: JobTools,
    findSchema: (files: SSTableFiles) => TableSchema | undefined,
  ) {
    this.#input = input;
    this.#tools = tools;
    this.#schemaOf = findSchema;
    this.#totalBytes = dataBytesOf(input.sstables);
  }

  async run(): Promise<Either<ScamanderErrorType, DumpOutcome>> {
    for (const files of this.#input.sstables) {
      this.#tools.signal.throwIfAborted();
      const usage = await this.#one(files);
      if (usage !== undefined) return left(usage);
      this.#doneBytes += dataBytesOf([files]);
      this.#tools.progress(this.#doneBytes, this.#totalBytes);
    }
    return right({ bad: this.#bad, kinds: [...this.#kinds] });
  }

  #problem(problem: ScamanderErrorType): void {
    this.#bad += 1;
    this.#kinds.add(problem.kind);
    this.#tools.event({ type: 'Problem', error: problem });
  }

  /** An error of the command line, which is the same for every SSTable; problems of this one are told on the way. */
  async #one(files: SSTableFiles): Promise<ScamanderErrorType | undefined> {
    const { partitioner } = this.#input;
    const opened = await openAnySSTable(files, { schema: this.#schemaOf(files), partitioner });
    if (isLeft(opened)) {
      this.#problem(opened.left);
      return undefined;
    }
    try {
      return await this.#dump(opened.right);
    } catch (error) {
      if (!(error instanceof SSTableError)) throw error;
      this.#problem(shown(error));
      return undefined;
    } finally {
      await opened.right.close();
    }
  }

  async #dump(sstable: AnySSTable): Promise<ScamanderErrorType | undefined> {
    const {
      sstables: _sstables,
      schema: _schema,
      partitioner: _partitioner,
      ranges: texts,
      ...options
    } = this.#input;
    const { signal } = this.#tools;
    const ranges = rangesFor(sstable, texts);
    if (isLeft(ranges)) return ranges.left;
    const { descriptor } = sstable.files;
    const dump = await dumpSSTable(sstable, {
      ...present(options),
      format: options.format,
      nowSeconds: options.nowSeconds,
      ...present({ ranges: ranges.right, schema: this.#schemaOf(sstable.files) }),
      ...(options.tagged
        ? {
            tags: {
              type: 'Partition',
              sstable: `${descriptor.directory}/${descriptor.prefix}Data.db`,
            },
          }
        : {}),
      table: present({ valueCharsMax: options.valueCharsMax }),
      spare: () => this.#spare.pop(),
      signal,
      progress: (bytes, total) => this.#progress(sstable, bytes, total),
    });
    if (isLeft(dump)) {
      if (dump.left instanceof SSTableError) throw dump.left;
      return selectionUsage(dump.left);
    }
    await this.#pour(dump.right);
    return undefined;
  }

  async #pour(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const isJson = this.#input.format === 'json';
    if (isJson && this.#written > 0 && !this.#input.endsWithNewline)
      await this.#tools.output(Uint8Array.from(NEWLINE));
    for await (const piece of pieces) {
      this.#written += piece.length;
      this.#spare.push(...(await this.#tools.output(piece)));
    }
    if (isJson && this.#input.endsWithNewline) await this.#tools.output(Uint8Array.from(NEWLINE));
  }

  #progress({ files }: AnySSTable, bytes: number, totalBytes: number | undefined): void {
    const part = totalBytes === undefined || totalBytes === 0 ? 0 : bytes / totalBytes;
    this.#tools.progress(this.#doneBytes + part * dataBytesOf([files]), this.#totalBytes);
  }
}

/** Bytes of their Data.db on disk. */
export const dataBytesOf = (sstables: readonly SSTableFiles[]): number =>
  sstables.reduce((sum, { components }) => sum + (components.get('Data.db') ?? 0), 0);

/** See {@link DumpInput}. Left only where the command line is wrong; problems of SSTables are events. */
export const dumpJob: Job<DumpInput, DumpOutcome> = async (input, tools) => {
  const schemaOf = schemaFinder(input.schema, input.sstables);
  if (isLeft(schemaOf)) return schemaOf;
  return await new DumpJob(input, tools, schemaOf.right).run();
};
