// Data plane. Sorted partitions in a temporary file: the bytes of Data.db, not compressed and without an index, read once from front to back.
// Called by the CQL writer when its budget is used up.
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { ByteWriter } from '@scamander/bytes';
import { ioError } from '../directory/bounded-read.ts';
import { RUN_WINDOW_BYTES } from '../limits.ts';
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import { openRowReader } from '../rows/open-row-reader.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import { PieceRowSource } from '../rows/row-source.ts';
import { copyRows, type RowSink } from '../write/copy-rows.ts';
import type { DeletionTimeOverflow } from '../write/deletion-bounds.ts';
import { OutputFile } from '../write/output-file.ts';
import { RowSerializer } from '../write/row-serializer.ts';

/** Serialized rows are handed on in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;

/** What the bytes of a run depend on. */
export interface RunFormat {
  readonly header: RowHeader;
  /** As the SSTable that is written in the end: what that can't hold is refused at once. */
  readonly hasUIntDeletionTime: boolean;
  /** @default 'refuse' */
  readonly deletionTimeOverflow?: DeletionTimeOverflow | undefined;
}

/** Takes partitions into a run. */
class RunSink implements RowSink {
  readonly #file: OutputFile;
  readonly #serializer: RowSerializer;
  readonly #out = new ByteWriter(PIECE_BYTES * 2);

  constructor(file: OutputFile, format: RunFormat) {
    const { header, hasUIntDeletionTime, deletionTimeOverflow = 'refuse' } = format;
    this.#file = file;
    this.#serializer = new RowSerializer({
      header,
      hasUIntDeletionTime,
      deletionTimeOverflow,
      file: file.path,
    });
  }

  startPartition(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): undefined {
    this.#serializer.startPartition(this.#out, key, deletion, staticRow);
  }

  append(unfiltered: Unfiltered): Promise<void> | undefined {
    this.#serializer.append(this.#out, unfiltered);
    return this.#out.length < PIECE_BYTES ? undefined : this.passOn();
  }

  endPartition(): Promise<void> | undefined {
    this.#serializer.endPartition(this.#out);
    return this.#out.length < PIECE_BYTES ? undefined : this.passOn();
  }

  passOn(): Promise<void> | undefined {
    this.#file.append(this.#out.toBytes());
    this.#out.reset();
    return this.#file.pressure;
  }
}

/** Writes all that a reader hands out, and closes it. Rejects with SSTableErrors; the file is gone then. */
export const writeRun = async (
  path: string,
  reader: RowReader,
  format: RunFormat,
): Promise<void> => {
  const file = await OutputFile.create(path);
  try {
    const sink = new RunSink(file, format);
    await copyRows(reader, sink);
    await sink.passOn();
    await file.finish();
  } catch (error) {
    await file.abort();
    await rm(path, { force: true });
    throw error;
  } finally {
    await reader.close();
  }
};

const pieces = async function* (path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: RUN_WINDOW_BYTES }))
      yield piece as Uint8Array;
  } catch (cause) {
    throw ioError(path, cause);
  }
};

/** Reads a run. */
export const openRun = (path: string, { header, hasUIntDeletionTime }: RunFormat): RowReader =>
  openRowReader(
    new PieceRowSource(pieces(path), { path }),
    header,
    { hasUIntDeletionTime },
    { windowBytes: RUN_WINDOW_BYTES },
  );
