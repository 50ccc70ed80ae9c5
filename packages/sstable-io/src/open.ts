// Control plane. Opens an SSTable: which files, which version, which statistics, which index. Called by planner input, the front door and the
// command line. Reads little at once: everything large is read when it is asked for.
import { type Partitioner, partitionerNamed, type TokenRange } from '@scamander/ring';
import type { Either } from 'fp-ts/lib/Either.js';
import { BigIndex } from './big-index/big-index.ts';
import type { IndexEntryLayout } from './big-index/index-scanner.ts';
import { type SummaryLayout, SummaryReader } from './big-index/summary.ts';
import { BtiIndex, readPartitionsFooter } from './bti/bti-index.ts';
import { ChunkOffsets, readCompressionInfo } from './components/compression-info.ts';
import { manifestOf } from './components/manifest.ts';
import { checkRequired, missing } from './components/requirements.ts';
import { type VersionFeatures, versionFeatures } from './components/version.ts';
import { blockCodecNamed } from './compression/codecs.ts';
import { SSTableError } from './errors.ts';
import { ComponentFiles } from './io/component-files.ts';
import { type ChunkChecksum, DataReader, type DataSource } from './io/data-reader.ts';
import { attempt, corrupt } from './io/decoding.ts';
import { rawChunks } from './io/raw-chunks.ts';
import type { OpenOptions, SSTableParts } from './io/sstable-parts.ts';
import { STATISTICS_BYTES_MAX } from './limits.ts';
import { findKeyFilter, type KeyFilter } from './rows/key-lookup.ts';
import type { RowHeader } from './rows/row-header.ts';
import { partitionOf, sliceOf } from './rows/sstable-lookup.ts';
import { findRowHeader, rowsOf } from './rows/sstable-rows.ts';
import { estimateKeys } from './sections/estimate.ts';
import { chunksOf, sectionsOf } from './sections/sections.ts';
import { decodeStatistics, type Statistics, summarizeStatistics } from './statistics/statistics.ts';
import type { SSTable, SSTableFiles } from './types.ts';
import { verifySSTable } from './verify/verify.ts';

/** What is on the right; throws what is on the left. */
export const orThrow = <T>(result: Either<SSTableError, T>): T => {
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

const statisticsOf = async (files: ComponentFiles): Promise<Statistics> => {
  const { format, version } = files.files.descriptor;
  const features = orThrow(versionFeatures(format, version, files.path('Data.db')));
  const bytes = await files.whole('Statistics.db', STATISTICS_BYTES_MAX);
  return orThrow(decodeStatistics(bytes, features, files.path('Statistics.db')));
};

/** Statistics.db of an SSTable, whole and checked, without opening the rest. */
export const readStatistics = (files: SSTableFiles): Promise<Either<SSTableError, Statistics>> => {
  const components = new ComponentFiles(files);
  return attempt(components.path('Statistics.db'), () => statisticsOf(components));
};

/** The partitioner of this class name; throws for one that is unknown, or that orders built-in indexes. */
export const partitionerOf = (files: ComponentFiles, name: string): Partitioner => {
  const found = partitionerNamed(name);
  if (found._tag === 'Right' && found.right.name !== 'LocalPartitioner') return found.right;
  throw new SSTableError({
    code: 'SCM_SSTABLE_UNSUPPORTED',
    file: files.path('Statistics.db'),
    // the tables of built-in indexes are ordered by a type that their files do not name, and nodes rebuild them
    what: `partitioner ${name}`,
  });
};

/** Data.db as it is stored. `compressionRatio` is that of the statistics; `checksum` stands behind every chunk. */
export const sourceOf = async (
  files: ComponentFiles,
  features: VersionFeatures,
  compressionRatio: number,
  checksum?: ChunkChecksum,
): Promise<DataSource> => {
  const file = await files.file('Data.db');
  if (file.lengthBytes === 0) throw corrupt(file.path, 0, 'an empty file', 'partitions');
  if (!files.has('CompressionInfo.db')) {
    if (compressionRatio >= 0) {
      throw missing(files, 'CompressionInfo.db', 'Statistics.db says that Data.db is compressed');
    }
    return { file, dataLengthBytes: file.lengthBytes, compressed: undefined };
  }
  const paged = await files.paged('CompressionInfo.db');
  const info = await readCompressionInfo(paged, features);
  const codec = blockCodecNamed(info.params.compressor);
  if (codec === undefined) {
    throw new SSTableError({
      code: 'SCM_SSTABLE_UNSUPPORTED',
      file: paged.path,
      what: `compressor ${info.params.compressor}`,
    });
  }
  const offsets = new ChunkOffsets(paged, info, file.lengthBytes);
  const dataLengthBytes = Number(info.params.dataLengthBytes);
  const compressed = { codec, offsets, ...(checksum === undefined ? {} : { checksum }) };
  return { file, dataLengthBytes, compressed };
};

type Opened = Pick<SSTableParts, 'index' | 'summaryError'>;

/** Index.db, and Summary.db where it is sound. The layouts are those of versions before `ma`. */
export const openBig = async (
  files: ComponentFiles,
  partitioner: Partitioner,
  entryLayout?: IndexEntryLayout,
  summaryLayout?: SummaryLayout | 'unread',
): Promise<Opened> => {
  const file = await files.file('Index.db');
  let summary: SummaryReader | undefined;
  let summaryError: SSTableError | undefined;
  if (summaryLayout !== 'unread' && files.has('Summary.db')) {
    const opened = await attempt(files.path('Summary.db'), async () =>
      SummaryReader.open(await files.paged('Summary.db'), summaryLayout),
    );
    if (opened._tag === 'Right') summary = opened.right;
    else summaryError = opened.left;
  }
  const index = await BigIndex.open(file, partitioner, summary, entryLayout);
  if (summary !== undefined && index.summary === undefined) {
    summaryError = corrupt(
      files.path('Summary.db'),
      undefined,
      'entries or boundary keys that Index.db does not have',
      'a sample of Index.db',
    );
  }
  return { index, summaryError };
};

const openBti = async (
  files: ComponentFiles,
  partitioner: Partitioner,
  source: DataSource,
): Promise<Opened> => {
  const partitions = await files.paged('Partitions.db');
  const index = new BtiIndex({
    footer: await readPartitionsFooter(partitions),
    partitions,
    rows: await files.paged('Rows.db'),
    data: new DataReader(source, { readAhead: false }),
    sequentialData: () => new DataReader(source, { readAhead: true }),
    partitioner,
  });
  return { index, summaryError: undefined };
};

const openParts = async (files: ComponentFiles, options: OpenOptions): Promise<SSTableParts> => {
  const { format, version } = files.files.descriptor;
  orThrow(versionFeatures(format, version, files.path('Data.db')));
  checkRequired(files);
  const statistics = await statisticsOf(files);
  const partitioner = partitionerOf(files, statistics.validation.partitionerClass);
  const { compressionRatio } = statistics.stats;
  const source = await sourceOf(files, statistics.features, compressionRatio);
  const opened =
    format === 'big'
      ? await openBig(files, partitioner)
      : await openBti(files, partitioner, source);
  const { features } = statistics;
  let keyFilter: Promise<KeyFilter | undefined> | undefined;
  let rowHeader: Promise<RowHeader> | undefined;
  return {
    files,
    features,
    statistics,
    partitioner,
    source,
    rowHeader: () => {
      rowHeader ??= findRowHeader(files.path('Statistics.db'), { statistics, features, source });
      return rowHeader;
    },
    keyFilter: () => {
      keyFilter ??= findKeyFilter(files, features, opened.index);
      return keyFilter;
    },
    options,
    ...opened,
  };
};

const asSSTable = (parts: SSTableParts): SSTable => {
  const { files, statistics, partitioner, source, index } = parts;
  const dataPath = files.path('Data.db');
  const whileOpen = <T>(work: () => Promise<T>): Promise<Either<SSTableError, T>> =>
    attempt(dataPath, () => {
      files.requireOpen('Data.db');
      return work();
    });
  return {
    files: files.files,
    statistics: summarizeStatistics(statistics),
    header: statistics.header,
    partitioner,
    compression: source.compressed?.offsets.params,
    dataLengthBytes: BigInt(source.dataLengthBytes),
    firstKey: index.firstKey,
    lastKey: index.lastKey,
    estimatedKeys: (sections) => whileOpen(async () => estimateKeys(parts, sections)),
    sections: (ranges: readonly TokenRange[]) =>
      whileOpen(() => sectionsOf(index, partitioner, source.dataLengthBytes, ranges)),
    chunksFor: (sections) =>
      whileOpen(async () =>
        source.compressed === undefined ? [] : await chunksOf(source.compressed.offsets, sections),
      ),
    keys: () => index.keys(),
    rawChunks: (options) => rawChunks(source, options),
    rows: (options = {}) => whileOpen(() => rowsOf(parts, options)),
    partition: (key, options = {}) => whileOpen(() => partitionOf(parts, key, options)),
    slice: (key, slice, options = {}) => whileOpen(() => sliceOf(parts, key, slice, options)),
    manifest: (options) => manifestOf(files.files, options),
    verify: (level, options = {}) => verifySSTable(parts, level, options),
    close: () => files.close(),
  };
};

/**
 * Opens the files of one SSTable. Left: `SCM_SSTABLE_UNKNOWN_VERSION`, `_UNSUPPORTED`, `_MISSING_COMPONENT`, `_CORRUPT`, `_TOO_LONG`,
 * `_NOT_FOUND`, `_IO`. On the left no file stays open; on the right the caller closes.
 */
export const openSSTable = async (
  files: SSTableFiles,
  options: OpenOptions = {},
): Promise<Either<SSTableError, SSTable>> => {
  const components = new ComponentFiles(files);
  const opened = await attempt(components.path('Data.db'), async () =>
    asSSTable(await openParts(components, options)),
  );
  if (opened._tag === 'Left') await components.close();
  return opened;
};
