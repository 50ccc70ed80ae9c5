// Data plane. Partitions of the model → all components of an SSTable (spec: sstable-data §13, sstable-index-and-stats §8; SSTableWriter). Called by
// the merge, the split, the upgrade, and by whoever has rows. Everything is written in a staging folder and appears at once at the end.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteWriter } from '@scamander/bytes';
import type { VersionFeatures } from '../components/version.ts';
import { ioError } from '../directory/bounded-read.ts';
import { formatToc } from '../directory/toc.ts';
import { SSTableError } from '../errors.ts';
import { decoding } from '../io/decoding.ts';
import { nodeFileSystem, type ReceiveFileSystem } from '../receive/file-system.ts';
import type { ReceivePlan } from '../receive/plan.ts';
import { abortReceive, prepareReceive } from '../receive/staging.ts';
import type { DeletionTime, Row, Unfiltered } from '../rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../rows/row-header.ts';
import { makeStatistics } from '../statistics/make-statistics.ts';
import { encodeStatistics } from '../statistics/statistics.ts';
import { StatisticsCollector } from '../statistics/statistics-collector.ts';
import type { SSTableDescriptor, SSTableFiles } from '../types.ts';
import { appear, planOf, type StagedSSTable, stagingRootOf } from './appearance.ts';
import type { DataOutput, WrittenData } from './data-output.ts';
import { FilterOutput } from './filter-output.ts';
import { inColumnOrder } from './header-of.ts';
import type { IndexOutput } from './index-output.ts';
import { outOfOrder, unwritable } from './refusal.ts';
import { RowSerializer } from './row-serializer.ts';
import { WriteOrder } from './write-order.ts';
import {
  descriptorOf,
  featuresOf,
  optionsProblem,
  type SSTableWriterOptions,
} from './writer-options.ts';
import { makeDataOutput, makeIndexOutput } from './writer-outputs.ts';

/** Serialized rows are handed on in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;
/** What an emptied buffer keeps: one huge row does not pin its memory for good. */
const BUFFER_BYTES_KEPT_MAX = 4 * 1024 * 1024;

/** What a writer is made of. */
interface WriterParts {
  readonly options: SSTableWriterOptions;
  readonly features: VersionFeatures;
  readonly header: RowHeader;
  readonly plan: ReceivePlan;
  readonly fileSystem: ReceiveFileSystem;
  readonly data: DataOutput;
  readonly index: IndexOutput;
}

/** A partition between its beginning and its end. */
interface OpenPartition {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime | undefined;
  readonly staticRow: Row | undefined;
  readonly position: number;
}

const unsupported = ({ directory, version }: SSTableWriterOptions, what: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_UNSUPPORTED',
    file: directory,
    what: `${what}, in an SSTable of version ${version}`,
  });

const isEmptyRow = (row: Row): boolean =>
  row.columns.length === 0 && row.liveness === undefined && row.deletion === undefined;

/**
 * Writes one SSTable. The functions reject or throw with SSTableErrors: `SCM_SSTABLE_ORDER` for what comes in the wrong order, `SCM_SSTABLE_UNWRITABLE` for
 * what the version can't hold, `SCM_SSTABLE_IO` (whose reason begins with ENOSPC when the disk is full). After any of them only {@link abort} is left.
 * A promise that is returned must be waited for before the next call.
 */
export class SSTableWriter {
  readonly #parts: WriterParts;
  readonly #order: WriteOrder;
  readonly #serializer: RowSerializer;
  readonly #statistics: StatisticsCollector;
  readonly #filter: FilterOutput;
  #out = new ByteWriter(PIECE_BYTES * 2);
  #partition: OpenPartition | undefined;
  /** The head of the open partition was written. */
  #isStarted = false;
  #partitions = 0;
  #firstKey: Uint8Array | undefined;
  #lastKey: Uint8Array | undefined;
  #state: 'open' | 'staged' | 'gone' = 'open';

  private constructor(parts: WriterParts) {
    const { options, features, header, plan } = parts;
    const { liveComplexDeletionTime, deletionTimeOverflow, release } = options;
    const file = join(options.directory, `${plan.descriptor.prefix}Data.db`);
    this.#parts = parts;
    this.#order = new WriteOrder(file, options.partitioner, header);
    this.#serializer = new RowSerializer({
      header,
      hasUIntDeletionTime: features.hasUIntDeletionTime,
      file,
      ...(liveComplexDeletionTime === undefined ? {} : { liveComplexDeletionTime }),
      ...(deletionTimeOverflow === undefined ? {} : { deletionTimeOverflow }),
    });
    this.#statistics = new StatisticsCollector({
      header,
      features,
      ...(release === undefined ? {} : { release }),
    });
    this.#filter = new FilterOutput({
      directory: plan.stagingDirectory,
      features,
      fpChance: options.bloomFilterFpChance,
      estimatedPartitions: options.estimatedPartitions,
    });
  }

  /** Checks the options and makes the staging folder and the files in it. */
  static async create(options: SSTableWriterOptions): Promise<SSTableWriter> {
    const features = featuresOf(options.version, options.directory);
    if (features._tag === 'Left') throw features.left;
    const header = decoding(options.directory, 0, () => rowHeaderOf(options.header));
    const problem = optionsProblem(options, header, features.right);
    if (problem !== undefined) throw unsupported(options, problem);
    const descriptor = descriptorOf(options, features.right);
    const plan = planOf(descriptor, options.stagingRoot ?? stagingRootOf(options.directory));
    const fileSystem = options.fileSystem ?? nodeFileSystem;
    const prepared = await prepareReceive(plan, fileSystem);
    if (prepared._tag === 'Left') throw prepared.left;
    const { stagingDirectory } = plan;
    let data: DataOutput | undefined;
    try {
      data = await makeDataOutput(options, features.right, stagingDirectory);
      const index = await makeIndexOutput(options, features.right, header, stagingDirectory);
      return new SSTableWriter({
        options,
        features: features.right,
        header,
        plan,
        fileSystem,
        data,
        index,
      });
    } catch (error) {
      await data?.abort();
      await abortReceive(plan, fileSystem);
      throw error instanceof RangeError
        ? unsupported(options, `${error.message}, which a BTI index needs`)
        : error;
    }
  }

  /** Uncompressed bytes of Data.db so far. */
  get bytesWritten(): number {
    return this.#parts.data.position + this.#out.length;
  }

  /** Bytes of Data.db so far, as they are stored; a little more where some are not compressed yet. */
  get storedBytes(): number {
    return this.#parts.data.storedBytes + this.#out.length;
  }

  /** Partitions so far, without the open one. */
  get partitions(): number {
    return this.#partitions;
  }

  /** Begins a partition; keys ascend strictly by token and bytes. */
  startPartition(
    key: Uint8Array,
    deletion: DeletionTime | undefined,
    staticRow: Row | undefined,
  ): Promise<void> | undefined {
    this.#requireOpen();
    if (this.#partition !== undefined)
      throw outOfOrder(this.#path, key, 'a partition within another', 'endPartition');
    const copy = Uint8Array.from(key);
    this.#order.startPartition(copy);
    this.#partition = {
      key: copy,
      deletion,
      staticRow: staticRow === undefined || isEmptyRow(staticRow) ? undefined : staticRow,
      position: this.bytesWritten,
    };
    this.#isStarted = false;
    // the static row may be a view that does not stand until the first row comes
    if (deletion !== undefined || this.#partition.staticRow !== undefined)
      return this.#begin(this.#partition);
    return undefined;
  }

  /** A row or marker, strictly ascending in the clustering order; rows with nothing in them are left out. Nothing of it is kept. */
  append(unfiltered: Unfiltered): Promise<void> | undefined {
    const partition = this.#partition;
    if (partition === undefined) {
      this.#requireOpen();
      throw outOfOrder(this.#path, undefined, `a ${unfiltered.kind}`, 'startPartition before it');
    }
    if (unfiltered.kind === 'row' && isEmptyRow(unfiltered)) return undefined;
    const waiting = this.#isStarted ? undefined : this.#begin(partition);
    const serializer = this.#serializer;
    this.#order.add(unfiltered);
    const start = serializer.partitionOffset;
    serializer.append(this.#out, unfiltered);
    this.#statistics.add(unfiltered);
    this.#parts.index.add(unfiltered, start, serializer.partitionOffset, this.#order.openDeletion);
    if (waiting !== undefined) return waiting;
    return this.#out.length >= PIECE_BYTES ? this.#passOn() : undefined;
  }

  /** Ends the partition. One with nothing in it is not written. */
  endPartition(): Promise<void> | undefined {
    const partition = this.#partition;
    if (partition === undefined) {
      this.#requireOpen();
      throw outOfOrder(this.#path, undefined, 'the end of a partition', 'startPartition before it');
    }
    this.#partition = undefined;
    if (!this.#isStarted) return undefined;
    this.#order.endPartition();
    const serializer = this.#serializer;
    serializer.endPartition(this.#out);
    this.#statistics.endPartition(serializer.partitionOffset);
    const { index } = this.#parts;
    index.endPartition(this.#order.lastPlace, serializer.partitionOffset);
    this.#partitions += 1;
    this.#firstKey ??= partition.key;
    this.#lastKey = partition.key;
    if (this.#out.length >= PIECE_BYTES) return this.#passOn();
    return index.pressure;
  }

  /** Completes every component, waits until all is on the disk and lets the SSTable appear. On an error nothing is left. */
  async finish(): Promise<SSTableFiles> {
    const staged = await this.stage();
    try {
      const [files] = await appear([staged], this.#parts.options);
      this.#state = 'gone';
      return files as SSTableFiles;
    } catch (error) {
      await this.abort();
      throw error instanceof SSTableError ? error : ioError(this.#path, error);
    }
  }

  /** Like {@link finish}, but the SSTable does not appear yet: several are to appear together, or {@link abort} follows. */
  async stage(): Promise<StagedSSTable> {
    this.#requireOpen();
    try {
      if (this.#partition !== undefined)
        throw outOfOrder(this.#path, this.#partition.key, 'the end', 'endPartition before it');
      if (this.#firstKey === undefined || this.#lastKey === undefined)
        throw unwritable(this.#path, undefined, 'an SSTable without partitions');
      const staged = await this.#complete(this.#firstKey, this.#lastKey);
      this.#state = 'staged';
      return staged;
    } catch (error) {
      await this.abort();
      throw error instanceof SSTableError ? error : ioError(this.#path, error);
    }
  }

  /** Leaves nothing of what was written. Safe at any moment, also after {@link finish}, which it leaves alone. */
  async abort(): Promise<void> {
    if (this.#state === 'gone') return;
    const isOpen = this.#state === 'open';
    this.#state = 'gone';
    const { data, index, plan, fileSystem } = this.#parts;
    if (isOpen) {
      await data.abort();
      await index.abort();
      await this.#filter.close().catch(() => undefined);
    }
    const aborted = await abortReceive(plan, fileSystem);
    if (aborted._tag === 'Left') throw aborted.left;
  }

  get #path(): string {
    const { directory, prefix }: SSTableDescriptor = this.#parts.plan.descriptor;
    return join(directory, `${prefix}Data.db`);
  }

  #requireOpen(): void {
    if (this.#state !== 'open')
      throw new SSTableError({
        code: 'SCM_SSTABLE_UNFINISHED',
        file: this.#path,
        reason: 'the writer has ended',
      });
  }

  /** Head of a partition that is going to be written. */
  #begin({ key, deletion, staticRow, position }: OpenPartition): Promise<void> | undefined {
    this.#isStarted = true;
    this.#serializer.startPartition(this.#out, key, deletion, staticRow);
    this.#statistics.startPartition(key, deletion, staticRow);
    const headerLength = this.#serializer.partitionOffset;
    this.#parts.index.startPartition({ key, position, headerLength, deletion });
    return this.#filter.add(key);
  }

  #passOn(): Promise<void> | undefined {
    const { data, index } = this.#parts;
    data.append(this.#out.toBytes());
    if (this.#out.length > BUFFER_BYTES_KEPT_MAX) this.#out = new ByteWriter(PIECE_BYTES * 2);
    else this.#out.reset();
    return data.pressure ?? index.pressure;
  }

  async #complete(firstKey: Uint8Array, lastKey: Uint8Array): Promise<StagedSSTable> {
    const { data, index, plan, fileSystem } = this.#parts;
    await this.#passOn();
    const written = await data.finish();
    const components = [...written.components, ...(await index.finish())];
    const write = (name: string, bytes: Uint8Array): Promise<void> => {
      components.push(name);
      return fileSystem.write(join(plan.stagingDirectory, name), bytes);
    };
    components.push(...(await this.#filter.finish()));
    await write('Digest.crc32', Buffer.from(`${written.digest}`, 'latin1'));
    await write('Statistics.db', this.#statisticsBytes(written, firstKey, lastKey));
    await write('TOC.txt', Buffer.from(formatToc(components), 'latin1'));
    await fileSystem.syncDirectory(plan.stagingDirectory);
    return { plan, files: await this.#files(components) };
  }

  #statisticsBytes(written: WrittenData, firstKey: Uint8Array, lastKey: Uint8Array): Uint8Array {
    const { options, features, header } = this.#parts;
    const { stats, compaction } = this.#statistics.finish({
      compressionRatio: written.compressionRatio,
      firstKey,
      lastKey,
      sstableLevel: options.sstableLevel ?? 0,
      repairedAtMs: options.repairedAtMs ?? 0n,
      pendingRepair: options.pendingRepair,
      isTransient: options.isTransient ?? false,
      originatingHostId: options.originatingHostId,
      commitLogIntervals: options.commitLogIntervals ?? [],
      tokenSpaceCoverage: options.tokenSpaceCoverage ?? Number.NaN,
    });
    const validation = {
      partitionerClass: options.partitioner.className,
      bloomFilterFpChance: options.bloomFilterFpChance,
    };
    return encodeStatistics(
      makeStatistics({
        features,
        validation,
        compaction,
        stats,
        header: inColumnOrder(options.header, header),
      }),
    );
  }

  async #files(components: readonly string[]): Promise<SSTableFiles> {
    const { plan } = this.#parts;
    const lengths = new Map<string, number>();
    for (const name of components)
      lengths.set(name, (await stat(join(plan.stagingDirectory, name))).size);
    return { descriptor: plan.descriptor, components: lengths };
  }
}
