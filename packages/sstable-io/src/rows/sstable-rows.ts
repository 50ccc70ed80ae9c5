// Both planes. The rows of an open SSTable: all of them, or those of token ranges and sections. Called through SSTable.rows.
import type { TokenRange } from '@scamander/ring';
import { decoding } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { sectionsOf } from '../sections/sections.ts';
import type { Section } from '../types.ts';
import { resolveBareUserTypes } from './bare-user-types.ts';
import { DataRowSource } from './data-row-source.ts';
import { openRowReader, type RowReaderOptions } from './open-row-reader.ts';
import { type RowHeader, rowHeaderOf } from './row-header.ts';
import type { RowReader } from './row-reader.ts';

/** Which rows are read, and how. */
export interface RowsOptions extends Pick<RowReaderOptions, 'strict' | 'signal' | 'progress'> {
  /** Partitions of these token ranges; the index says where they are. @default all */
  readonly ranges?: readonly TokenRange[] | undefined;
  /** These bytes of Data.db: whole partitions, ascending. Not together with `ranges`. @default all */
  readonly sections?: readonly Section[] | undefined;
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

/** See SSTable.rows. Rejects with SSTableError. */
export const rowsOf = async (parts: SSTableParts, options: RowsOptions): Promise<RowReader> => {
  const { ranges, strict, signal, progress } = options;
  const { partitioner, source } = parts;
  const sections =
    ranges === undefined
      ? options.sections
      : await sectionsOf(parts.index, partitioner, source.dataLengthBytes, ranges);
  return openRowReader(
    new DataRowSource(source, sections),
    options.header ?? (await parts.rowHeader()),
    parts.features,
    { strict, signal, progress, partitioner },
  );
};
