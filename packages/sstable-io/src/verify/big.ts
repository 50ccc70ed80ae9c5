// Data plane. Index.db, Summary.db and Data.db read side by side (spec: sstable-index-and-stats §10 rules 4–6). Called by deep verification.
import { BigIndex } from '../big-index/big-index.ts';
import { IndexScanner } from '../big-index/index-scanner.ts';
import { corrupt } from '../io/decoding.ts';
import type { ReadableFile } from '../io/readable-file.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { PROMOTED_INDEX_BYTES_MAX } from '../limits.ts';
import { ClusteringReader } from '../rows/clustering-reader.ts';
import type { PartitionHead } from '../rows/model.ts';
import type { Findings } from './findings.ts';
import { hex, KeyOrder } from './key-order.ts';
import type { PartitionSizes } from './partition-sizes.ts';
import type { BlockCheck, PartitionWalker } from './partition-walk.ts';
import { PromotedIndex, type PromotedLayout } from './promoted-index.ts';
import { SummaryCheck } from './summary.ts';

const promotedOf = async (
  file: ReadableFile,
  scanner: IndexScanner,
  layout: PromotedLayout,
  head: PartitionHead,
  findings: Findings,
): Promise<BlockCheck | undefined> => {
  const { promotedBytes, promotedOffset, entryOffset } = scanner;
  if (promotedBytes > PROMOTED_INDEX_BYTES_MAX) {
    findings.warn(
      `Index.db: the ${promotedBytes} bytes of blocks at byte ${entryOffset} were not checked`,
    );
    return undefined;
  }
  const bytes = new Uint8Array(promotedBytes);
  await file.read(bytes, promotedOffset, promotedBytes);
  const place = { path: file.path, offset: promotedOffset };
  const index = new PromotedIndex(bytes, place, layout, head);
  if (index.hasOddDeletion) {
    findings.warn(`Index.db: the deletion of no partition at byte ${promotedOffset} has a time`);
  }
  return index;
};

/** Throws the first contradiction as SSTableError. */
export const checkBigPartitions = async (
  parts: SSTableParts,
  walker: PartitionWalker,
  sizes: PartitionSizes,
  findings: Findings,
): Promise<void> => {
  const file = await parts.files.file('Index.db');
  const scanner = new IndexScanner(file, 0, 'scan');
  const { clusteringTypes } = await parts.rowHeader();
  const layout = {
    clusterings: new ClusteringReader(clusteringTypes),
    hasUIntDeletionTime: parts.features.hasUIntDeletionTime,
  };
  const order = new KeyOrder(parts.partitioner);
  const summary =
    parts.index instanceof BigIndex && parts.index.summary !== undefined
      ? await SummaryCheck.begin(parts.index.summary, parts.files.path('Summary.db'))
      : undefined;
  while (await scanner.next()) {
    const { key, entryOffset, dataPosition } = scanner;
    order.next(key, file.path, entryOffset);
    if (dataPosition !== walker.position) {
      throw corrupt(
        file.path,
        entryOffset,
        `position ${dataPosition} of key ${hex(key)}`,
        `${walker.position}, where the partition before ends`,
      );
    }
    const walked = await walker.walk((head) => {
      if (Buffer.compare(head.key, key) !== 0) {
        throw corrupt(
          file.path,
          entryOffset,
          `key ${hex(key)}`,
          `${hex(head.key)}, as at ${dataPosition} of Data.db`,
        );
      }
      if (scanner.promotedBytes === 0) return undefined;
      return promotedOf(file, scanner, layout, head, findings);
    });
    sizes.add(walked.length);
    if (summary?.wants(entryOffset)) await summary.entry(key, entryOffset, order.count - 1);
  }
  summary?.end(order.count);
};
