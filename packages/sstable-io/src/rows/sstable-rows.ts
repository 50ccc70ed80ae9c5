// Both planes. The rows of an open SSTable: all of them, or those of token ranges and sections. Called through SSTable.rows.
import type { TokenRange } from '@scamander/ring';
import { decoding } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { sectionsOf } from '../sections/sections.ts';
import type { Section } from '../types.ts';
import { resolveBareUserTypes } from './bare-user-types.ts';
import { DataRowSource } from './data-row-source.ts';
import { runsOfKeys } from './key-lookup.ts';
import { openRowReader, type RowReaderOptions } from './open-row-reader.ts';
import { type RowHeader, rowHeaderOf } from './row-header.ts';
import type { RowReader } from './row-reader.ts';
import type { RowRun } from './row-source.ts';

/** Which rows are read, and how. */
export interface RowsOptions extends Pick<RowReaderOptions, 'strict' | 'signal' | 'progress'> {
  /** Partitions of these token ranges; the index says where they are. @default all */
  readonly ranges?: readonly TokenRange[] | undefined;
  /** These bytes of Data.db: whole partitions, ascending. Not together with `ranges`. @default all */
  readonly sections?: readonly Section[] | undefined;
  /** Only the partitions of these keys, as far as there are any; in the order of the partitioner. Not together with the others. @default all */
  readonly keys?: readonly Uint8Array[] | undefined;
  /**
   * Columns to decode with where the SSTable's own header is known to be wrong: 3.0 called frozen user types not frozen (spec: sstable-data §16,
   * pitfall 18). @default the SSTable's own
   */
  readonly header?: RowHeader | undefined;
}

/** The columns of an SSTable as its rows use them. Rejects with `SCM_SSTABLE_CORRUPT` for a type that is none. */
export const findRowHeader = async (
  path: string,
  { statistics, features, source }: Pick<SSTableParts, 'statistics' | 'features' | 'source'>,
): Promise<RowHeader> => {
  const header = decoding(path, 0, () => rowHeaderOf(statistics.header));
  return await resolveBareUserTypes(header, features, () => new DataRowSource(source));
};

const runsOf = async (
  parts: SSTableParts,
  { ranges, sections, keys }: RowsOptions,
): Promise<readonly (RowRun | Section)[] | undefined> => {
  const { index, partitioner, source } = parts;
  if (keys !== undefined) return await runsOfKeys(parts, keys);
  if (ranges === undefined) return sections;
  return await sectionsOf(index, partitioner, source.dataLengthBytes, ranges);
};

/** See SSTable.rows. Rejects with SSTableError. */
export const rowsOf = async (parts: SSTableParts, options: RowsOptions): Promise<RowReader> => {
  const { strict, signal, progress } = options;
  const { partitioner, source } = parts;
  const runs = await runsOf(parts, options);
  return openRowReader(
    new DataRowSource(source, runs),
    options.header ?? (await parts.rowHeader()),
    parts.features,
    { strict, signal, progress, partitioner },
  );
};
