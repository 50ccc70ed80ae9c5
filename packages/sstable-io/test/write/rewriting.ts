// Writes an SSTable again from its rows, with everything as it was, so that the components can be compared. Called by tests only.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { versionFeatures } from '../../src/components/version.ts';
import { ComponentFiles } from '../../src/io/component-files.ts';
import { DataReader } from '../../src/io/data-reader.ts';
import { componentPath } from '../../src/naming/file-name.ts';
import { openSSTable, orThrow, sourceOf } from '../../src/open.ts';
import { decodeStatistics, type Statistics } from '../../src/statistics/statistics.ts';
import type { WritingRelease } from '../../src/statistics/writing-release.ts';
import type { SSTable, SSTableFiles } from '../../src/types.ts';
import { copyRows } from '../../src/write/copy-rows.ts';
import { serializationHeaderOf } from '../../src/write/header-of.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import type { SSTableWriterOptions, WrittenVersion } from '../../src/write/writer-options.ts';

/** Versions that can be written. */
export const isWritten = ({ descriptor }: SSTableFiles): boolean =>
  ['me', 'nb', 'oa', 'da'].includes(descriptor.version);

/** `real` folder such as `5.0.6-nb`; undefined for the samples of Cassandra's own tests. */
const releaseFolder = ({ descriptor }: SSTableFiles): string =>
  basename(dirname(descriptor.directory));

/** Whose habits the statistics of a fixture show. */
export const releaseOf = (files: SSTableFiles): WritingRelease => {
  const folder = releaseFolder(files);
  if (folder.startsWith('5.')) return '5.0';
  if (folder.startsWith('4.')) return '4.x';
  return files.descriptor.version === 'me'
    ? '3.11'
    : files.descriptor.version === 'nb'
      ? '4.x'
      : '5.0';
};

/** `column_index_size` of the node that wrote a fixture (their READMEs). */
export const columnIndexBytesOf = (files: SSTableFiles): number => {
  const { table, format } = files.descriptor;
  // 3.0 knows no other than its default
  if (releaseFolder(files).startsWith('3.0.')) return 65_536;
  if (!/-(me|nb|oa|da)$/.test(releaseFolder(files))) return 4096;
  if (table.startsWith('bo_')) return format === 'big' ? 65_536 : 16_384;
  return table.startsWith('rp_') ? 4096 : 1024;
};

/** One component of an SSTable. */
export const componentOf = (files: SSTableFiles, name: string): Buffer =>
  readFileSync(componentPath(files.descriptor, name));

/** Statistics.db, decoded. */
export const statisticsOf = (files: SSTableFiles): Statistics => {
  const { format, version } = files.descriptor;
  const features = orThrow(versionFeatures(format, version, 'Statistics.db'));
  return orThrow(decodeStatistics(componentOf(files, 'Statistics.db'), features));
};

/** Uncompressed Data.db. */
export const dataOf = async (files: SSTableFiles): Promise<Buffer> => {
  const components = new ComponentFiles(files);
  try {
    const { features, stats } = statisticsOf(files);
    const source = await sourceOf(components, features, stats.compressionRatio);
    const reader = new DataReader(source, { readAhead: true });
    const chunks: Buffer[] = [];
    for (let i = 0; i * reader.chunkLengthBytes < source.dataLengthBytes; i++)
      chunks.push(Buffer.from(await reader.chunk(i)));
    return Buffer.concat(chunks);
  } finally {
    await components.close();
  }
};

/** The options that make the same SSTable again in another folder. */
export const sameOptions = (
  sstable: SSTable,
  statistics: Statistics,
  directory: string,
): SSTableWriterOptions => {
  const { files, header, partitioner, compression } = sstable;
  const { descriptor } = files;
  const { stats, validation } = statistics;
  const minIndexInterval = files.components.has('Summary.db')
    ? componentOf(files, 'Summary.db').readInt32BE(0)
    : 128;
  const release = releaseOf(files);
  return {
    directory,
    keyspace: descriptor.keyspace,
    table: descriptor.table,
    version: descriptor.version as WrittenVersion,
    id: descriptor.id,
    partitioner,
    header,
    compression,
    bloomFilterFpChance: validation.bloomFilterFpChance,
    minIndexInterval,
    columnIndexBytes: columnIndexBytesOf(files),
    sstableLevel: stats.sstableLevel,
    repairedAtMs: stats.repairedAtMs,
    pendingRepair: stats.pendingRepair,
    isTransient: stats.isTransient,
    originatingHostId: stats.originatingHostId,
    commitLogIntervals: stats.commitLogIntervals,
    tokenSpaceCoverage: stats.tokenSpaceCoverage,
    release,
    liveComplexDeletionTime: release === '5.0' ? 0xffffffff : 0x7fffffff,
  };
};

/** Writes an SSTable again. */
export const rewrite = async (
  files: SSTableFiles,
  directory: string,
  change: Partial<SSTableWriterOptions> = {},
): Promise<SSTableFiles> => {
  const sstable = orThrow(await openSSTable(files));
  try {
    const reader = orThrow(await sstable.rows());
    const writer = await SSTableWriter.create({
      ...sameOptions(sstable, statisticsOf(files), directory),
      // what the reader found out about the columns, which is the file's own header but for user types of 3.0
      header: serializationHeaderOf(reader.header),
      ...change,
    });
    try {
      await copyRows(reader, writer);
      return await writer.finish();
    } finally {
      await writer.abort();
      await reader.close();
    }
  } finally {
    await sstable.close();
  }
};
