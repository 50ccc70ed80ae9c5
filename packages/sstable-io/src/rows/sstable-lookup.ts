// Both planes. One partition of an open SSTable by its key, whole or cut to a slice. Called through SSTable.partition and SSTable.slice.
import { ClusteringEncoder } from '../bti/comparable-clustering.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { LOOKUP_WINDOW_BYTES } from '../limits.ts';
import type { FoundPartition } from '../sections/partition-index.ts';
import { ClusteringComparator } from './clustering-comparator.ts';
import { ClusteringReader } from './clustering-reader.ts';
import { DataRowSource } from './data-row-source.ts';
import { findKey, runOf } from './key-lookup.ts';
import { type DataRowReader, openRowReader, type RowReaderOptions } from './open-row-reader.ts';
import { PromotedBlocks } from './promoted-blocks.ts';
import { ReversedSliceReader } from './reversed-slice-reader.ts';
import type { RowBlocks } from './row-blocks.ts';
import type { RowHeader } from './row-header.ts';
import type { RowReader } from './row-reader.ts';
import { type RowSlice, SliceFilter } from './slice-filter.ts';
import { SliceReader } from './slice-reader.ts';
import { TrieBlocks } from './trie-blocks.ts';

/** How one partition is read. */
export interface LookupOptions extends Pick<RowReaderOptions, 'strict' | 'signal'> {
  /** Columns to decode with where the SSTable's own header is known to be wrong. @default the SSTable's own */
  readonly header?: RowHeader | undefined;
}

const readerOf = (
  parts: SSTableParts,
  found: FoundPartition,
  header: RowHeader,
  { strict, signal }: LookupOptions,
): DataRowReader =>
  openRowReader(new DataRowSource(parts.source, [runOf(found, parts)]), header, parts.features, {
    strict,
    signal,
    windowBytes: LOOKUP_WINDOW_BYTES,
  });

/** See SSTable.partition. Rejects with SSTableError. */
export const partitionOf = async (
  parts: SSTableParts,
  key: Uint8Array,
  options: LookupOptions,
): Promise<RowReader | undefined> => {
  const found = await findKey(parts, key);
  if (found === undefined) return undefined;
  return readerOf(parts, found, options.header ?? (await parts.rowHeader()), options);
};

const blocksOf = async (
  parts: SSTableParts,
  { rowIndex }: FoundPartition,
  header: RowHeader,
  comparator: ClusteringComparator,
  filter: SliceFilter,
): Promise<RowBlocks | undefined> => {
  if (rowIndex === undefined) return undefined;
  if (rowIndex.kind === 'promoted') {
    return await PromotedBlocks.open(await parts.files.paged('Index.db'), rowIndex, {
      clusterings: new ClusteringReader(header.clusteringTypes),
      comparator,
      hasUIntDeletionTime: parts.features.hasUIntDeletionTime,
    });
  }
  const encoder = ClusteringEncoder.ofTypes(header.clusteringTypes);
  if (encoder === undefined) return undefined;
  const blocks = new TrieBlocks(await parts.files.paged('Rows.db'), rowIndex.entry, encoder);
  const places = [filter.from, filter.to].filter((place) => place !== undefined);
  return places.every((place) => blocks.canFind(place)) ? blocks : undefined;
};

/** See SSTable.slice. Rejects with SSTableError. */
export const sliceOf = async (
  parts: SSTableParts,
  key: Uint8Array,
  slice: RowSlice,
  options: LookupOptions,
): Promise<RowReader | undefined> => {
  const found = await findKey(parts, key);
  if (found === undefined) return undefined;
  const header = options.header ?? (await parts.rowHeader());
  const comparator = new ClusteringComparator(header.clusteringTypes);
  const filter = new SliceFilter(comparator, slice);
  const sliceParts = {
    reader: readerOf(parts, found, header, options),
    filter,
    blocks: await blocksOf(parts, found, header, comparator, filter),
  };
  return slice.isReversed === true
    ? new ReversedSliceReader(sliceParts, comparator)
    : new SliceReader(sliceParts);
};
