// Both planes. Sections that a peer sends → an SSTable of our own version (spec: streaming-4.0-plus §4.1, §4.2, §5; sstable-index-and-stats §9;
// CassandraStreamReader). Called by the front door's IncomingFile. Bounded memory: one chunk or block, one window of rows, the writer's buffers.
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { TableSchema } from '@scamander/cql-types';
import type { Partitioner } from '@scamander/ring';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ioError } from '../directory/bounded-read.ts';
import { SSTableError } from '../errors.ts';
import { attempt, decoded } from '../io/decoding.ts';
import { openRowReader } from '../rows/open-row-reader.ts';
import { type RowHeader, rowHeaderOf } from '../rows/row-header.ts';
import type { RowSource } from '../rows/row-source.ts';
import type { StagedSSTable } from '../write/appearance.ts';
import { copyRows } from '../write/copy-rows.ts';
import type { SSTableWriter } from '../write/sstable-writer.ts';
import { manifestError } from './announcement.ts';
import { BlockSections } from './block-sections.ts';
import { ChunkSections } from './chunk-sections.ts';
import type { ReceiveFileSystem } from './file-system.ts';
import { headerAsDeclared, headerProblem } from './known-columns.ts';
import { interruptible, type PayloadPull } from './payload.ts';
import { type CheckedSections, checkSections, type SectionsHeader } from './section-checks.ts';
import { makeWriter, type SectionTarget } from './section-writer.ts';
import { removeIfEmpty } from './staging.ts';

/** A durable SSTable of what came; `staged` is undefined where no partition came. */
export interface FinishedSections {
  readonly staged: StagedSSTable | undefined;
  readonly partitions: number;
  /** CRC-32 of the new Data.db. */
  readonly checksums: Readonly<Record<string, number>>;
}

const asDeclared = (header: SectionsHeader, schema: TableSchema | undefined): SectionsHeader => {
  if (schema === undefined) return header;
  const { serializationHeader, sstableVersion } = header;
  return {
    ...header,
    serializationHeader: headerAsDeclared(serializationHeader, sstableVersion, schema),
  };
};

/** Sections being received: open, receive, finish; or abort at any moment. */
export class SectionReceive {
  /** Path of the new Data.db, once it is visible. */
  readonly dataPath: string;
  readonly #label: string;
  readonly #header: SectionsHeader;
  readonly #checked: CheckedSections;
  readonly #rowHeader: RowHeader;
  readonly #partitioner: Partitioner;
  readonly #writer: SSTableWriter;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #ending: Promise<Either<SSTableError, void>> | undefined;

  private constructor(
    label: string,
    target: SectionTarget,
    header: SectionsHeader,
    checked: CheckedSections,
    rowHeader: RowHeader,
    writer: SSTableWriter,
    dataPath: string,
  ) {
    this.dataPath = dataPath;
    this.#label = label;
    this.#header = header;
    this.#checked = checked;
    this.#rowHeader = rowHeader;
    this.#partitioner = target.partitioner;
    this.#writer = writer;
  }

  /**
   * Checks what a peer announces and makes the staging folder, before a byte of the payload is read. Errors: UNKNOWN_VERSION, MANIFEST,
   * TOO_LONG, UNSUPPORTED, CORRUPT (a header that is none), IO. Throws a RangeError when the target is wrong, which only our side can cause.
   */
  static async open(
    target: SectionTarget,
    header: SectionsHeader,
    fileSystem?: ReceiveFileSystem,
  ): Promise<Either<SSTableError, SectionReceive>> {
    if (!isAbsolute(target.tableDirectory) || !isAbsolute(target.stagingRoot))
      throw new RangeError('the folders of a receive must be absolute paths');
    const label = `${target.keyspace}.${target.table} (${header.formatName.slice(0, 8)} ${header.sstableVersion.slice(0, 8)} sections)`;
    const checked = checkSections(label, header);
    if (checked._tag === 'Left') return checked;
    const { schema } = target;
    const declared = decoded(label, () => asDeclared(header, schema));
    if (declared._tag === 'Left') return declared;
    const { right: known } = declared;
    const rowHeader = decoded(label, () => rowHeaderOf(known.serializationHeader));
    if (rowHeader._tag === 'Left') return rowHeader;
    const problem = schema === undefined ? undefined : headerProblem(rowHeader.right, schema);
    if (problem !== undefined) return left(manifestError(label, problem));
    const id = target.nextId();
    const writer = await attempt(target.tableDirectory, () =>
      makeWriter(target, known, id, fileSystem),
    );
    if (writer._tag === 'Left') {
      // a disk that is full may have taken the folders around the one that could not be made
      await removeIfEmpty(target.stagingRoot);
      return writer;
    }
    const format = target.version === 'da' ? 'bti' : 'big';
    const dataPath = join(target.tableDirectory, `${target.version}-${id}-${format}-Data.db`);
    const { right: readable } = checked;
    return right(
      new SectionReceive(label, target, known, readable, rowHeader.right, writer.right, dataPath),
    );
  }

  /**
   * Pulls exactly the payload and writes its rows. Rejects with SSTableError, or with what the pull rejects with; only {@link abort} is
   * left then.
   */
  receive(pull: PayloadPull): Promise<void> {
    const running = this.#receive(pull);
    this.#running = running;
    return running;
  }

  async #receive(pull: PayloadPull): Promise<void> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    const reader = openRowReader(
      this.#source(interruptible(pull, signal)),
      this.#rowHeader,
      this.#checked.features,
      {
        partitioner: this.#partitioner,
        signal,
      },
    );
    try {
      await copyRows(reader, this.#writer, { signal });
    } finally {
      await reader.close();
    }
  }

  #source(pull: PayloadPull): RowSource {
    const { sections, compression } = this.#header;
    const { codec } = this.#checked;
    return compression === undefined || codec === undefined
      ? new BlockSections(this.#label, pull, sections)
      : new ChunkSections(this.#label, pull, sections, compression, codec);
  }

  /** Completes the SSTable and waits until it is on the disk; not yet visible. Errors: IO, UNWRITABLE; nothing is left then. */
  async finish(): Promise<Either<SSTableError, FinishedSections>> {
    const { partitions } = this.#writer;
    if (partitions === 0) {
      const aborted = await this.abort();
      return aborted._tag === 'Left'
        ? aborted
        : right({ staged: undefined, partitions, checksums: {} });
    }
    try {
      const staged = await this.#writer.stage();
      const digest = await readFile(join(staged.plan.stagingDirectory, 'Digest.crc32'), 'latin1');
      return right({ staged, partitions, checksums: { 'Data.db': Number(digest) } });
    } catch (error) {
      await this.abort();
      return left(error instanceof SSTableError ? error : ioError(this.#label, error));
    }
  }

  /** Ends what runs and leaves nothing. Safe at any moment, also twice; what was committed stays. Error: IO. */
  abort(): Promise<Either<SSTableError, void>> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<Either<SSTableError, void>> {
    this.#abort.abort(
      new SSTableError({ code: 'SCM_SSTABLE_UNFINISHED', file: this.#label, reason: 'given up' }),
    );
    // the writer's files must not be taken away under it
    await this.#running?.catch(() => undefined);
    return attempt(this.#label, () => this.#writer.abort());
  }
}
