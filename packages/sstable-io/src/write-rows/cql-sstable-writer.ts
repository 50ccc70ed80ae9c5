// Both planes. Rows by the names of their columns, in any order → SSTables of a table (Cassandra's CQLSSTableWriter). Called by whoever has rows
// and no cluster at hand: the command line, tests, tools. Holds a budget of rows; what is beyond it is sorted on disk.
import type { TableSchema } from '@scamander/cql-types';
import { Murmur3Partitioner, type Partitioner } from '@scamander/ring';
import { nextSSTableId } from '../directory/next-id.ts';
import { SSTableError } from '../errors.ts';
import { CQL_WRITER_BUFFER_BYTES } from '../limits.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { SSTableFiles } from '../types.ts';
import { type CopyOptions, copyRows } from '../write/copy-rows.ts';
import {
  featuresOf,
  type SSTableWriterOptions,
  type WriterCompression,
  type WrittenVersion,
} from '../write/writer-options.ts';
import { BufferReader } from './buffer-reader.ts';
import { EncodingMinima } from './encoding-minima.ts';
import type { Mutation } from './mutation.ts';
import { RowBuffer } from './row-buffer.ts';
import { RunFolder } from './run-folder.ts';
import { serializationHeaderOfTable } from './serialization-header.ts';
import { SizedOutput } from './sized-output.ts';
import type { DeletedRange, DeleteOptions, RowValues, StatementOptions } from './statement.ts';
import { StatementEncoder } from './statement-encoder.ts';
import { type TableLayout, tableLayoutOf } from './table-layout.ts';
import { bloomFilterFpChanceOf, compressionOf, MIN_INDEX_INTERVAL } from './writer-defaults.ts';

/** What is passed on to every SSTable that is written. */
type OutputOptions = Partial<
  Pick<
    SSTableWriterOptions,
    | 'bloomFilterFpChance'
    | 'minIndexInterval'
    | 'columnIndexBytes'
    | 'sstableLevel'
    | 'release'
    | 'deletionTimeOverflow'
    | 'liveComplexDeletionTime'
    | 'stagingRoot'
    | 'transactionId'
    | 'fileSystem'
  >
>;

/** A table to be filled, and where. Options of the table that are not given here are those of its schema. */
export interface CqlSSTableWriterOptions extends OutputOptions {
  readonly schema: TableSchema;
  /** Absolute; where the SSTables appear. Made if it does not exist. */
  readonly directory: string;
  /** @default 'nb', which 4.0, 4.1 and 5.0 read */
  readonly version?: WrittenVersion | undefined;
  /** @default Murmur3Partitioner */
  readonly partitioner?: Partitioner | undefined;
  /** `none` stores Data.db as it is. @default what the schema says, else LZ4 */
  readonly compression?: WriterCompression | 'none' | undefined;
  /** Ids of the SSTables. @default sequence numbers behind those in the directory */
  readonly nextId?: (() => string) | undefined;
  /** A new SSTable begins behind the partition that reaches this, in stored bytes of Data.db. @default no limit */
  readonly sstableBytesMax?: number | undefined;
  /** Rows in memory, by estimate; what is beyond goes to sorted runs on disk. @default 64 MiB */
  readonly bufferBytesMax?: number | undefined;
  /** Where a folder for sorted runs is made: it may take as much as the data. @default `directory` */
  readonly temporaryDirectory?: string | undefined;
  /** Of statements that say nothing, in microseconds. @default the moment at which the writer is made */
  readonly timestampMicros?: bigint | undefined;
  /** Of statements that say nothing, in seconds. @default the moment at which the writer is made */
  readonly nowSeconds?: number | undefined;
  /** Of statements that say nothing, in seconds. @default the table's default_time_to_live */
  readonly ttlSeconds?: number | undefined;
  /** Tells list elements of different writers apart (30 bits); the same rows with the same nonce are the same bytes. @default random */
  readonly listNonce?: number | undefined;
  /** Milliseconds since 1970, asked once. @default the system's clock */
  readonly clock?: (() => number) | undefined;
  /** From 0 up to 1. @default the system's */
  readonly random?: (() => number) | undefined;
}

/** Sequence numbers behind those in a directory. */
const idsBehind = async (directory: string): Promise<() => string> => {
  const first = await nextSSTableId([directory]);
  if (first._tag === 'Left') throw first.left;
  let next = Number(first.right);
  return () => {
    next += 1;
    return String(next - 1);
  };
};

interface WriterState {
  readonly options: CqlSSTableWriterOptions;
  readonly version: WrittenVersion;
  readonly partitioner: Partitioner;
  readonly layout: TableLayout;
  readonly encoder: StatementEncoder;
  readonly runs: RunFolder;
  readonly nextId: () => string;
}

/**
 * Fills one table. Statements may come in any order; what they say of the same rows is reconciled as Cassandra does. They throw
 * `SCM_SSTABLE_ROW` for rows that do not fit the table and have then changed nothing: the next ones may follow. A promise that is returned
 * must be waited for before the next call; it rejects with `SCM_SSTABLE_IO` or `SCM_SSTABLE_UNWRITABLE`, after which only {@link abort} is left.
 */
export class CqlSSTableWriter {
  readonly #state: WriterState;
  readonly #buffer: RowBuffer;
  readonly #minima = new EncodingMinima();
  readonly #columns = new Set<string>();
  readonly #bufferBytesMax: number;
  #statements = 0;
  #isEnded = false;
  /** The run that is being written: one after the other, also for callers that do not wait. */
  #sorting: Promise<void> = Promise.resolve();

  private constructor(state: WriterState) {
    this.#state = state;
    this.#buffer = new RowBuffer(state.layout.header);
    this.#bufferBytesMax = state.options.bufferBytesMax ?? CQL_WRITER_BUFFER_BYTES;
  }

  /** Rejects with `SCM_SSTABLE_UNSUPPORTED` for tables of counters and views, and with what finding an id rejects with. Writes nothing yet. */
  static async create(options: CqlSSTableWriterOptions): Promise<CqlSSTableWriter> {
    const { schema, directory, version = 'nb', partitioner = Murmur3Partitioner } = options;
    const { clock = Date.now, random = Math.random } = options;
    const layout = tableLayoutOf(schema);
    const problem = tableProblem(schema);
    if (problem !== undefined)
      throw new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file: layout.name, what: problem });
    const features = featuresOf(version, directory);
    if (features._tag === 'Left') throw features.left;
    const nowMs = Math.trunc(clock());
    const defaults = {
      timestampMicros: options.timestampMicros ?? BigInt(nowMs) * 1000n,
      nowSeconds: options.nowSeconds ?? Math.floor(nowMs / 1000),
      ttlSeconds: options.ttlSeconds ?? schema.options.defaultTimeToLive ?? 0,
    };
    const nonce = options.listNonce ?? Math.floor(random() * 2 ** 30);
    const { header } = layout;
    const { hasUIntDeletionTime } = features.right;
    const parent = options.temporaryDirectory ?? directory;
    return new CqlSSTableWriter({
      options,
      version,
      partitioner,
      layout,
      encoder: new StatementEncoder(layout, defaults, nonce),
      runs: new RunFolder(
        parent,
        { header, hasUIntDeletionTime, deletionTimeOverflow: options.deletionTimeOverflow },
        partitioner,
      ),
      nextId: options.nextId ?? (await idsBehind(directory)),
    });
  }

  /** Statements taken so far. */
  get statements(): number {
    return this.#statements;
  }

  /** INSERT: the row exists from then on, whatever becomes of its columns. Without clustering values only static columns are set. */
  insert(row: RowValues, options: StatementOptions = {}): Promise<void> | undefined {
    return this.#take(this.#state.encoder.upsert(row, options, true));
  }

  /** UPDATE: the row exists as long as a column of it does. */
  update(row: RowValues, options: StatementOptions = {}): Promise<void> | undefined {
    return this.#take(this.#state.encoder.upsert(row, options, false));
  }

  /**
   * DELETE. `row` has the partition key, for the whole partition; or also the first clustering columns, for the rows that begin with them; or
   * all of them, for a row. With `columns` only these are deleted, or elements of them.
   */
  delete(row: RowValues, options: DeleteOptions = {}): Promise<void> | undefined {
    return this.#take(this.#state.encoder.delete(row, options));
  }

  /** DELETE of the rows between two ends. `row` has the partition key and as many clustering columns as are the same in all of them. */
  deleteRange(
    row: RowValues,
    range: DeletedRange,
    options: StatementOptions = {},
  ): Promise<void> | undefined {
    const mutation = this.#state.encoder.deleteRange(row, range, options);
    return mutation === undefined ? undefined : this.#take(mutation);
  }

  /** Sorts what is left, merges and writes. The SSTables appear together, none when there were no rows. On an error nothing is left. */
  async finish(options: CopyOptions = {}): Promise<readonly SSTableFiles[]> {
    this.#requireOpen();
    this.#isEnded = true;
    const output = new SizedOutput(this.#outputOptions());
    let reader: RowReader | undefined;
    try {
      await this.#sorting;
      reader = this.#readAll();
      await copyRows(reader, output, options);
      return await output.finish();
    } catch (error) {
      await output.abort();
      throw error;
    } finally {
      await reader?.close();
      await this.#state.runs.remove();
    }
  }

  /** Leaves nothing of what was taken. Safe at any moment. */
  async abort(): Promise<void> {
    this.#isEnded = true;
    this.#buffer.drain(this.#state.partitioner);
    await this.#sorting.catch(() => undefined);
    await this.#state.runs.remove();
  }

  #requireOpen(): void {
    if (this.#isEnded)
      throw new SSTableError({
        code: 'SCM_SSTABLE_UNFINISHED',
        file: this.#state.layout.name,
        reason: 'the writer has ended',
      });
  }

  #take(mutation: Mutation): Promise<void> | undefined {
    this.#requireOpen();
    this.#statements += 1;
    this.#minima.add(mutation);
    for (const row of [mutation.staticRow, mutation.row])
      for (const { column } of row?.columns ?? []) this.#columns.add(column.text);
    this.#buffer.add(mutation);
    return this.#buffer.sizeBytes < this.#bufferBytesMax ? undefined : this.#sortToDisk();
  }

  /** What is buffered, in order. */
  #readBuffer(): RowReader {
    const { layout, partitioner } = this.#state;
    return new BufferReader(layout.header, this.#buffer.drain(partitioner));
  }

  #sortToDisk(): Promise<void> {
    const reader = this.#readBuffer();
    this.#sorting = this.#sorting.then(() => this.#state.runs.add(reader));
    return this.#sorting;
  }

  #readAll(): RowReader {
    return this.#state.runs.read(this.#readBuffer());
  }

  #outputOptions(): ConstructorParameters<typeof SizedOutput>[0] {
    const { options, version, partitioner, nextId } = this.#state;
    const { schema, compression } = options;
    return {
      ...passedOn(options),
      directory: options.directory,
      keyspace: schema.keyspace,
      table: schema.table,
      tableId: schema.id,
      version,
      partitioner,
      nextId,
      sstableBytesMax: options.sstableBytesMax,
      header: serializationHeaderOfTable(schema, {
        columns: this.#columns,
        encoding: this.#minima.stats,
      }),
      compression:
        compression === 'none' ? undefined : (compression ?? compressionOf(schema, version)),
      bloomFilterFpChance: options.bloomFilterFpChance ?? bloomFilterFpChanceOf(schema),
      minIndexInterval:
        options.minIndexInterval ?? schema.options.minIndexInterval ?? MIN_INDEX_INTERVAL,
    };
  }
}

const passedOn = ({
  columnIndexBytes,
  sstableLevel,
  release,
  deletionTimeOverflow,
  liveComplexDeletionTime,
  stagingRoot,
  transactionId,
  fileSystem,
}: CqlSSTableWriterOptions): OutputOptions => ({
  columnIndexBytes,
  sstableLevel,
  release,
  deletionTimeOverflow,
  liveComplexDeletionTime,
  stagingRoot,
  transactionId,
  fileSystem,
});

/** Why rows can't be made for a table; undefined when they can. */
const tableProblem = (schema: TableSchema): string | undefined => {
  // spec: sstable-data §5: "inventing new shards is not [safe]": two writers would each have the node's id and count twice, or not at all
  if (schema.isCounter)
    return 'rows of counters: a count belongs to the node that counted it, and made-up ones would be merged wrongly';
  if (schema.isView) return 'rows of a view: nodes make them of its table';
  if (schema.isSuper) return 'rows of a super column family';
  return undefined;
};
