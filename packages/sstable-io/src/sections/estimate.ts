// Control plane. How many partitions some sections hold, roughly (SSTableReader#estimatedKeysForRanges). Called by the open SSTable.

import type { SSTableParts } from '../io/sstable-parts.ts';
import { histogramCount } from '../statistics/histograms.ts';
import type { Section } from '../types.ts';

/** Partitions of the whole SSTable: from the index where it counts them, else from the statistics, else from the data's length. */
const partitionsOf = ({ index, statistics, source }: EstimateInput): bigint => {
  if (index.keyCount !== undefined) return BigInt(index.keyCount);
  const counted = histogramCount(statistics.stats.estimatedPartitionSize);
  // foreign writers leave the histogram at zero
  return counted > 0n
    ? counted
    : BigInt(Math.ceil(source.dataLengthBytes / GUESSED_PARTITION_BYTES));
};

const GUESSED_PARTITION_BYTES = 1024;

type EstimateInput = Pick<SSTableParts, 'index' | 'statistics' | 'source'>;

/** In proportion to the bytes; at least 1 when there are sections, exact for the whole SSTable as far as its statistics are. */
export const estimateKeys = (parts: EstimateInput, sections: readonly Section[]): bigint => {
  const bytes = sections.reduce((sum, { lower, upper }) => sum + (upper - lower), 0n);
  if (sections.length === 0 || bytes <= 0n) return 0n;
  const total = BigInt(parts.source.dataLengthBytes);
  const share = (partitionsOf(parts) * bytes + total - 1n) / total;
  return share < 1n ? 1n : share;
};
