// Data plane. The loop of a dump: partitions and rows from a reader, text to a writer, pieces of it to whoever pulls. Memory is a batch of the
// reader and a piece of text, whatever the size of the data. Called by dumpRows' users: the command line, tests.
import type { PartitionHead } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { DumpWriter } from './dump-writer.ts';
import { JsonWriter } from './json-writer.ts';
import { KeysWriter } from './keys-writer.ts';
import type { Selection } from './selection.ts';
import { type TableStyle, TableWriter } from './table-writer.ts';
import { TextBuffer } from './text-buffer.ts';
import type { TimestampStyle } from './times.ts';

/** Releases whose dump tools print the same JSON. 5.0 adds the table's kind, and gives the position behind the head of a partition. */
export type DumpRelease = '3.0' | '4.0' | '5.0';

/** How a dump looks. */
export interface DumpOptions {
  /** `json` as Cassandra's sstabledump; `jsonl` the same objects, one partition a line (its `-l`); `table` for people. */
  readonly format: 'json' | 'jsonl' | 'table';
  /** `raw` is the tool's `-t`. Default: `iso`. */
  readonly timestamps?: TimestampStyle;
  /** Whose JSON it is. Default: `5.0`. */
  readonly release?: DumpRelease;
  /** What 5.0 names as the kind of the table: `INDEX` for the table of a built-in index. Default: `REGULAR`. */
  readonly tableKind?: 'REGULAR' | 'INDEX';
  /** Fields that each partition of `json` and `jsonl` begins with, such as the file that it is from. */
  readonly tags?: Readonly<Record<string, string>>;
  /** What `expired` is relative to, in seconds since 1970. */
  readonly nowSeconds: number;
  /** Nothing but the partition keys (the tool's `-e`). */
  readonly keysOnly?: boolean;
  /** Which partitions and rows; everything where it is absent. */
  readonly selection?: Selection;
  /** For `table`. */
  readonly table?: TableStyle;
  /** Memory of a piece that was handed out and is no longer needed, such as to make the next one in. Default: new memory. */
  readonly spare?: () => Uint8Array | undefined;
}

/** Text is handed on in pieces of about this size. */
const PIECE_BYTES = 192 * 1024;

/** The release whose dump tool comes with the nodes that write this version; 3.0 for those before it, whose tool printed another JSON. */
export const dumpReleaseOf = (version: string): DumpRelease => {
  // BTI counts its versions anew
  if (/^[de][a-z]$/.test(version)) return '5.0';
  if (/^[a-m]/.test(version)) return '3.0';
  return version.startsWith('n') ? '4.0' : '5.0';
};

const writerOf = (out: TextBuffer, header: RowHeader, options: DumpOptions): DumpWriter => {
  const {
    format,
    timestamps = 'iso',
    release = '5.0',
    tableKind = 'REGULAR',
    nowSeconds,
  } = options;
  if (format === 'table') {
    const style = { ...options.table, timestamps, nowSeconds, keysOnly: options.keysOnly === true };
    return new TableWriter(out, header, style);
  }
  const pretty = format === 'json';
  if (options.keysOnly === true)
    return new KeysWriter(out, header, { pretty, tags: options.tags ?? {} });
  const isOfFive = release === '5.0';
  return new JsonWriter(out, header, {
    pretty,
    timestamps,
    tags: isOfFive ? { ...options.tags, 'table kind': tableKind } : { ...options.tags },
    positionAfterHead: isOfFive,
    nowSeconds,
  });
};

/** One dump under way. */
class Dump {
  readonly out: TextBuffer;
  readonly #reader: RowReader;
  readonly #writer: DumpWriter;
  readonly #selection: Selection | undefined;
  readonly #keysOnly: boolean;

  constructor(reader: RowReader, options: DumpOptions) {
    this.#reader = reader;
    this.out = new TextBuffer(options.spare);
    this.#writer = writerOf(this.out, reader.header, options);
    this.#selection = options.selection;
    this.#keysOnly = options.keysOnly === true;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#writer.begin();
    for (;;) {
      const head = await this.#reader.nextPartition();
      if (head === undefined) break;
      if (this.#selection?.partition(head) === false) continue;
      yield* this.#partition(head);
      if (this.out.length >= PIECE_BYTES) yield this.out.take();
    }
    this.#writer.end();
    if (this.out.length > 0) yield this.out.take();
  }

  async *#partition(head: PartitionHead): AsyncGenerator<Uint8Array, void, undefined> {
    const writer = this.#writer;
    const selection = this.#selection?.choosesRows === true ? this.#selection : undefined;
    let isStarted = false;
    if (selection === undefined) {
      writer.startPartition(head);
      isStarted = true;
    }
    if (this.#keysOnly && selection === undefined) return;
    for (;;) {
      const batch = await this.#reader.nextBatch();
      if (batch.length === 0) break;
      const starts = this.#reader.batchStarts;
      for (let i = 0; i < batch.length; i++) {
        const unfiltered = batch[i] as (typeof batch)[number];
        if (selection !== undefined && !(unfiltered.kind === 'row' && selection.row(unfiltered)))
          continue;
        if (!isStarted) {
          writer.startPartition(head);
          isStarted = true;
          if (this.#keysOnly) return;
        }
        writer.add(unfiltered, starts?.[i]);
        if (this.out.length >= PIECE_BYTES) yield this.out.take();
      }
    }
    if (isStarted) writer.endPartition();
  }
}

/**
 * The rows of a reader as UTF-8 text, in pieces that are the caller's to keep. Nothing is read ahead of what is pulled. Rejects with the
 * reader's SSTableError; what was read before the damage has been handed out by then. The reader stays the caller's to close.
 */
export async function* dumpRows(
  reader: RowReader,
  options: DumpOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const dump = new Dump(reader, options);
  const pieces = dump.pieces();
  for (;;) {
    let next: IteratorResult<Uint8Array, void>;
    try {
      next = await pieces.next();
    } catch (error) {
      if (dump.out.length > 0) yield dump.out.take();
      throw error;
    }
    if (next.done === true) return;
    yield next.value;
  }
}
