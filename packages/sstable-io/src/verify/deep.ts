// Data plane. Reads Data.db once from front to back, every chunk with its CRC, every row and cell, beside the index
// (spec: sstable-index-and-stats §10). Called by verification.

import { DataReader } from '../io/data-reader.ts';
import { corrupt } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { DataRowSource } from '../rows/data-row-source.ts';
import { type DataRowReader, openRowReader } from '../rows/open-row-reader.ts';
import { checkBigPartitions } from './big.ts';
import { checkBtiPartitions } from './bti.ts';
import type { Findings } from './findings.ts';
import { PartitionSizes } from './partition-sizes.ts';
import { PartitionWalker } from './partition-walk.ts';
import { RowChecks } from './row-checks.ts';

/** Progress counts the stored bytes. */
const readerOf = async (parts: SSTableParts, findings: Findings): Promise<DataRowReader> => {
  const { source, features } = parts;
  const storedShare = source.file.lengthBytes / source.dataLengthBytes;
  let done = 0;
  const progress = (bytes: number): void => {
    findings.read(Math.floor((bytes - done) * storedShare));
    done = bytes;
  };
  // the index is what the order of keys is checked in
  return openRowReader(new DataRowSource(source), await parts.rowHeader(), features, { progress });
};

const checkPartitions = async (parts: SSTableParts, findings: Findings): Promise<void> => {
  const { features, files, source, statistics } = parts;
  const sizes = new PartitionSizes(statistics.stats.estimatedPartitionSize);
  const rows = new RowChecks(parts, await parts.rowHeader());
  const reader = await readerOf(parts, findings);
  const walker = new PartitionWalker(reader, rows, source.file.path);
  const check = features.format === 'big' ? checkBigPartitions : checkBtiPartitions;
  await check(parts, walker, sizes, findings);
  if (walker.position !== source.dataLengthBytes) {
    throw corrupt(
      files.path(features.format === 'big' ? 'Index.db' : 'Partitions.db'),
      undefined,
      `a last partition that ends at ${walker.position} of Data.db`,
      `one that ends with its ${source.dataLengthBytes} bytes`,
    );
  }
  if (reader.negativeDeletions > 0) {
    findings.warn(
      `${reader.negativeDeletions} partition deletions have negative timestamps, which nodes can’t read`,
    );
  }
  const difference = sizes.difference();
  if (difference !== undefined) findings.warn(difference);
  rows.report(findings);
};

/** Chunks that hold no rows: all of them where rows are not read, else a surplus one behind the data. */
const checkChunks = async (
  parts: SSTableParts,
  from: number,
  findings: Findings,
): Promise<void> => {
  const { compressed } = parts.source;
  if (compressed === undefined) return;
  const reader = new DataReader(parts.source, { readAhead: true });
  for (let i = from; i < compressed.offsets.params.chunkCount; i++) {
    await reader.chunk(i);
    findings.read((await compressed.offsets.chunk(i)).lengthBytes);
  }
};

/**
 * Loads every chunk and so checks its CRC; with `withPartitions` also reads every partition beside the index. Without partitions there is
 * nothing to do for an uncompressed file, whose blocks CRC.db covers.
 */
export const checkData = async (
  parts: SSTableParts,
  withPartitions: boolean,
  findings: Findings,
): Promise<void> => {
  const { source } = parts;
  await findings.check(source.file.path, async () => {
    if (withPartitions) await checkPartitions(parts, findings);
    const chunkBytes = source.compressed?.offsets.params.chunkLengthBytes ?? 1;
    const read = withPartitions ? Math.ceil(source.dataLengthBytes / chunkBytes) : 0;
    await checkChunks(parts, read, findings);
  });
};
