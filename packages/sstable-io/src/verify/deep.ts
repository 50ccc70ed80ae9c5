// Data plane. Reads Data.db once from front to back, every chunk with its CRC, every partition by its rows' lengths, beside the index
// (spec: sstable-index-and-stats §10). Called by verification.

import { fixedValueLengths } from '../io/clustering-values.ts';
import { DataCursor } from '../io/data-cursor.ts';
import { DataReader } from '../io/data-reader.ts';
import { corrupt } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { checkBigPartitions } from './big.ts';
import { checkBtiPartitions } from './bti.ts';
import type { Findings } from './findings.ts';
import { PartitionSizes } from './partition-sizes.ts';
import { type PartitionLayout, PartitionWalker } from './partition-walk.ts';

const layoutOf = ({ features, statistics }: SSTableParts): PartitionLayout => {
  const { header } = statistics;
  return {
    hasUIntDeletionTime: features.hasUIntDeletionTime,
    hasStaticRow: header.staticColumns.length > 0,
    clusteringLengths: fixedValueLengths(header.clusteringTypes),
    minTimestamp: header.minTimestamp,
    minLocalDeletionTime: header.minLocalDeletionTime,
  };
};

const checkPartitions = async (
  parts: SSTableParts,
  cursor: DataCursor,
  findings: Findings,
): Promise<void> => {
  const sizes = new PartitionSizes(parts.statistics.stats.estimatedPartitionSize);
  const check = parts.features.format === 'big' ? checkBigPartitions : checkBtiPartitions;
  const walker = new PartitionWalker(cursor, layoutOf(parts));
  await check(parts, walker, sizes, findings);
  if (!cursor.isAtEnd) {
    throw corrupt(
      parts.files.path(parts.features.format === 'big' ? 'Index.db' : 'Partitions.db'),
      undefined,
      `a last partition that ends at ${cursor.position} of Data.db`,
      `one that ends with its ${parts.source.dataLengthBytes} bytes`,
    );
  }
  if (walker.unreadableDeletions > 0) {
    findings.warn(
      `${walker.unreadableDeletions} partition deletions have negative timestamps, which nodes can’t read`,
    );
  }
  const difference = sizes.difference();
  if (difference !== undefined) findings.warn(difference);
};

/**
 * Loads every chunk and so checks its CRC; with `withPartitions` also walks every partition beside the index. Without partitions there is
 * nothing to do for an uncompressed file, whose blocks CRC.db covers.
 */
export const checkData = async (
  parts: SSTableParts,
  withPartitions: boolean,
  findings: Findings,
): Promise<void> => {
  const { source } = parts;
  const storedShare = source.file.lengthBytes / source.dataLengthBytes;
  const reader = new DataReader(source, { readAhead: true });
  const cursor = new DataCursor(reader, (bytes) => findings.read(Math.floor(bytes * storedShare)));
  await findings.check(source.file.path, async () => {
    if (withPartitions) await checkPartitions(parts, cursor, findings);
    const chunkCount = source.compressed?.offsets.params.chunkCount ?? 0;
    await cursor.finish(chunkCount);
  });
};
