// Data plane. Where the partitions of given keys stand: Filter.db first, then the index. Called by lookups and by rows of chosen keys.
import type { VersionFeatures } from '../components/version.ts';
import { SSTableError } from '../errors.ts';
import { type FilterLayout, filterMayContain, readFilterLayout } from '../filter/bloom-filter.ts';
import type { ComponentFiles } from '../io/component-files.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import type { FoundPartition, PartitionIndex } from '../sections/partition-index.ts';
import type { RowRun } from './row-source.ts';

/** A filter whose "no" is believed. */
export interface KeyFilter {
  readonly paged: PagedFile;
  readonly layout: FilterLayout;
}

/** Filter.db, unless it is absent, malformed, or lacks a key that the SSTable begins or ends with (spec: sstable-data pitfall 20). */
export const findKeyFilter = async (
  files: ComponentFiles,
  features: VersionFeatures,
  index: PartitionIndex,
): Promise<KeyFilter | undefined> => {
  if ((files.files.components.get('Filter.db') ?? 0) === 0) return undefined;
  try {
    const paged = await files.paged('Filter.db');
    const layout = await readFilterLayout(paged, features);
    const isSound =
      (await filterMayContain(paged, layout, index.firstKey)) &&
      (await filterMayContain(paged, layout, index.lastKey));
    return isSound ? { paged, layout } : undefined;
  } catch (error) {
    // lookups do without; verification names what is wrong with it
    if (error instanceof SSTableError && error.code !== 'SCM_SSTABLE_IO') return undefined;
    throw error;
  }
};

/** Rejects with SSTableError. */
export const findKey = async (
  { index, keyFilter }: Pick<SSTableParts, 'index' | 'keyFilter'>,
  key: Uint8Array,
): Promise<FoundPartition | undefined> => {
  const filter = await keyFilter();
  if (filter !== undefined && !(await filterMayContain(filter.paged, filter.layout, key))) {
    return undefined;
  }
  return await index.find(key);
};

/** The run of a partition that was found. */
export const runOf = (
  { dataPosition }: FoundPartition,
  parts: Pick<SSTableParts, 'source'>,
): RowRun => ({
  position: dataPosition,
  end: parts.source.dataLengthBytes,
  isSingle: true,
});

/** Runs of those keys that are there, ascending. */
export const runsOfKeys = async (
  parts: SSTableParts,
  keys: readonly Uint8Array[],
): Promise<RowRun[]> => {
  const positions = new Map<number, RowRun>();
  for (const key of keys) {
    const found = await findKey(parts, key);
    if (found !== undefined) positions.set(found.dataPosition, runOf(found, parts));
  }
  return [...positions.values()].sort((a, b) => a.position - b.position);
};
