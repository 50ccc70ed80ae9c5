// Both planes. Columns of user types as 3.0 prints them: without saying that they are frozen, which later releases read as not frozen (spec:
// sstable-data pitfall 18). Called when the rows of an SSTable are asked for the first time.
import { freeze } from '@scamander/cql-types';
import type { VersionFeatures } from '../components/version.ts';
import { SSTableError } from '../errors.ts';
import { BARE_TYPE_PROBE_BYTES_MAX } from '../limits.ts';
import type { Row } from './model.ts';
import { openRowReader } from './open-row-reader.ts';
import { type NamedType, orderColumns, type RowHeader } from './row-header.ts';
import type { RowSource } from './row-source.ts';

const isBare = ({ type }: NamedType): boolean => type.kind === 'udt' && !type.frozen;

const bareColumns = (header: RowHeader): string[] =>
  [...header.staticColumns, ...header.regularColumns].filter(isBare).map(({ text }) => text);

/** The header with its bare user types frozen; their columns move to where simple ones stand. */
export const withFrozenUserTypes = (header: RowHeader): RowHeader => {
  const frozen = (columns: readonly NamedType[]): NamedType[] =>
    columns.map((column) =>
      isBare(column) ? { name: column.name, type: freeze(column.type) } : column,
    );
  return {
    ...header,
    staticColumns: orderColumns(frozen(header.staticColumns), true),
    regularColumns: orderColumns(frozen(header.regularColumns), false),
  };
};

/** How far rows can be read with a header: to the byte where they make no sense, or as far as it takes to see every column in question. */
const readableBytes = async (
  source: RowSource,
  header: RowHeader,
  features: VersionFeatures,
  columns: readonly string[],
): Promise<number> => {
  const reader = openRowReader(source, header, features);
  const unseen = new Set(columns);
  const see = (row: Row) => {
    for (const { column } of row.columns) unseen.delete(column.text);
  };
  try {
    for (;;) {
      const head = await reader.nextPartition();
      if (head === undefined) return Number.POSITIVE_INFINITY;
      if (head.staticRow !== undefined) see(head.staticRow);
      for (;;) {
        const batch = await reader.nextBatch();
        if (batch.length === 0) break;
        for (const unfiltered of batch) if (unfiltered.kind === 'row') see(unfiltered);
        if (unseen.size === 0 || reader.position > BARE_TYPE_PROBE_BYTES_MAX) {
          return Number.POSITIVE_INFINITY;
        }
      }
    }
  } catch (error) {
    if (error instanceof SSTableError && error.code !== 'SCM_SSTABLE_IO') return reader.position;
    throw error;
  }
};

/**
 * The header that the rows were written with. Only files of 3.x are in doubt, and only those with a user type outside `FrozenType`: their
 * rows are tried with the types as they stand, then with those frozen, and the header that leads further is taken.
 */
export const resolveBareUserTypes = async (
  header: RowHeader,
  features: VersionFeatures,
  source: () => RowSource,
): Promise<RowHeader> => {
  const columns = bareColumns(header);
  if (columns.length === 0 || !features.version.startsWith('m')) return header;
  const asWritten = await readableBytes(source(), header, features, columns);
  if (asWritten === Number.POSITIVE_INFINITY) return header;
  const frozen = withFrozenUserTypes(header);
  return (await readableBytes(source(), frozen, features, columns)) > asWritten ? frozen : header;
};
