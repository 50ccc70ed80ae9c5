// Control plane. Opens an SSTable of `f` to `lb`: which version, which statistics, which index. Called by the front door and the command
// line. Reads little at once, as open.ts does for newer ones.
import type { Either } from 'fp-ts/lib/Either.js';
import { checkRequired } from '../components/requirements.ts';
import type { SSTableError } from '../errors.ts';
import { ComponentFiles } from '../io/component-files.ts';
import { attempt } from '../io/decoding.ts';
import { STATISTICS_BYTES_MAX } from '../limits.ts';
import { openBig, orThrow, partitionerOf, sourceOf } from '../open.ts';
import { DataRowSource } from '../rows/data-row-source.ts';
import { sectionsOf } from '../sections/sections.ts';
import type { Section, SSTableFiles } from '../types.ts';
import { LegacyAtomReader } from './atom-reader.ts';
import { ADLER_32, CRC_32_OF_PLAIN } from './chunk-checksums.ts';
import { legacyFeatures } from './features.ts';
import type { LegacyOpenOptions, LegacyParts } from './legacy-parts.ts';
import { openLegacyRowReader } from './legacy-row-reader.ts';
import type { LegacyReadOptions, LegacySSTable } from './legacy-sstable.ts';
import {
  decodeLegacyStatistics,
  type LegacyStatistics,
  OLDEST_PARTITIONER,
} from './legacy-statistics.ts';
import { findRowForm, type LegacyRowForm } from './row-form.ts';
import { verifyLegacySSTable } from './verify/verify-legacy.ts';

const statisticsOf = async (files: ComponentFiles): Promise<LegacyStatistics> => {
  const { format, version } = files.files.descriptor;
  const features = orThrow(legacyFeatures(format, version, files.path('Data.db')));
  const bytes = await files.whole('Statistics.db', STATISTICS_BYTES_MAX);
  return orThrow(decodeLegacyStatistics(bytes, features, files.path('Statistics.db')));
};

/** Statistics.db of an old SSTable, whole, without opening the rest. */
export const readLegacyStatistics = (
  files: SSTableFiles,
): Promise<Either<SSTableError, LegacyStatistics>> => {
  const components = new ComponentFiles(files);
  return attempt(components.path('Statistics.db'), () => statisticsOf(components));
};

/** Below 0 for what is not compressed, which up to 1.1 has the smallest double. */
const ratioOf = ({ compressionRatio = -1 }: LegacyStatistics): number =>
  compressionRatio > Number.MIN_VALUE ? compressionRatio : -1;

const openParts = async (
  files: ComponentFiles,
  options: LegacyOpenOptions,
): Promise<LegacyParts> => {
  const { format, version } = files.files.descriptor;
  orThrow(legacyFeatures(format, version, files.path('Data.db')));
  checkRequired(files);
  const statistics = await statisticsOf(files);
  const { features, partitionerClass } = statistics;
  const partitioner =
    partitionerClass === undefined && options.partitioner !== undefined
      ? options.partitioner
      : partitionerOf(files, partitionerClass ?? OLDEST_PARTITIONER);
  const checksum = features.hasPlainChunkChecksum ? CRC_32_OF_PLAIN : ADLER_32;
  const source = await sourceOf(files, features, ratioOf(statistics), checksum);
  const { hasSamplingLevel, hasSummary, indexLayout } = features;
  const opened = await openBig(
    files,
    partitioner,
    indexLayout,
    hasSummary ? { hasSamplingLevel, hasBoundaries: true } : 'unread',
  );
  let form: Promise<LegacyRowForm> | undefined;
  return {
    files,
    features,
    statistics,
    partitioner,
    source,
    options,
    ...opened,
    form: () => {
      form ??= findRowForm(source, features);
      return form;
    },
  };
};

const sectionsToRead = async (
  { index, partitioner, source }: LegacyParts,
  { ranges, sections }: LegacyReadOptions,
): Promise<readonly Section[] | undefined> =>
  ranges === undefined
    ? sections
    : await sectionsOf(index, partitioner, source.dataLengthBytes, ranges);

const asLegacySSTable = (parts: LegacyParts): LegacySSTable => {
  const { files, statistics, partitioner, source, index } = parts;
  const whileOpen = <T>(work: () => Promise<T>): Promise<Either<SSTableError, T>> =>
    attempt(files.path('Data.db'), () => {
      files.requireOpen('Data.db');
      return work();
    });
  return {
    files: files.files,
    statistics,
    partitioner,
    compression: source.compressed?.offsets.params,
    dataLengthBytes: BigInt(source.dataLengthBytes),
    firstKey: index.firstKey,
    lastKey: index.lastKey,
    sections: (ranges) =>
      whileOpen(() => sectionsOf(index, partitioner, source.dataLengthBytes, ranges)),
    keys: () => index.keys(),
    atoms: (options = {}) =>
      whileOpen(async () => {
        const sections = await sectionsToRead(parts, options);
        const { signal, progress } = options;
        return new LegacyAtomReader(new DataRowSource(source, sections), {
          ...(await parts.form()),
          partitioner,
          signal,
          progress,
        });
      }),
    rows: (schema, options = {}) =>
      whileOpen(async () => {
        const sections = await sectionsToRead(parts, options);
        const { signal, progress } = options;
        return openLegacyRowReader(new DataRowSource(source, sections), schema, {
          ...(await parts.form()),
          partitioner,
          signal,
          progress,
          minTimestamp: statistics.minTimestamp,
          reopen: (section) => new DataRowSource(source, [section]),
        });
      }),
    verify: (level, options = {}) => verifyLegacySSTable(parts, level, options),
    close: () => files.close(),
  };
};

/**
 * Opens the files of one SSTable of a version from `f` to `lb` (0.7 to 2.2). Left: `SCM_SSTABLE_UNKNOWN_VERSION`, `_UNSUPPORTED` (other versions),
 * `_MISSING_COMPONENT`, `_CORRUPT`, `_TOO_LONG`, `_NOT_FOUND`, `_IO`. On the left no file stays open; on the right the caller closes.
 */
export const openLegacySSTable = async (
  files: SSTableFiles,
  options: LegacyOpenOptions = {},
): Promise<Either<SSTableError, LegacySSTable>> => {
  const components = new ComponentFiles(files);
  const opened = await attempt(components.path('Data.db'), async () =>
    asLegacySSTable(await openParts(components, options)),
  );
  if (opened._tag === 'Left') await components.close();
  return opened;
};
