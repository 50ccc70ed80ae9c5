// Control plane. The dump of one open SSTable: finds what to read and with which types, then leaves the rest to the loop. Called by the command
// line and by whoever wants the rows of an SSTable as text.

import type { TableSchema } from '@scamander/cql-types';
import type { Partitioner, TokenRange } from '@scamander/ring';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { SSTableError } from '../errors.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { RowReader } from '../rows/row-reader.ts';
import type { RowsOptions } from '../rows/sstable-rows.ts';
import type { SSTableFiles } from '../types.ts';
import type { KeyColumnNames } from './column-names.ts';
import { type DumpOptions, dumpReleaseOf, dumpRows } from './dump-rows.ts';
import { rangesOfKeys } from './key-ranges.ts';
import { type SelectionOptions, selectionOf } from './selection.ts';
import type { SelectionErrorType } from './selection-error.ts';

/** What is dumped, and how. */
export interface DumpSSTableOptions
  extends Omit<DumpOptions, 'selection' | 'tableKind'>,
    Omit<SelectionOptions, 'nowSeconds'>,
    Pick<RowsOptions, 'signal' | 'progress' | 'strict'> {
  /** Partitions of these token ranges only; the index says where they are. */
  readonly ranges?: readonly TokenRange[];
  /** Says the names of key columns. */
  readonly schema?: TableSchema;
}

/** What is dumped: every open SSTable is such a source; who has one of a version before `ma` gives its rows by its schema. */
export interface DumpSource {
  readonly files: SSTableFiles;
  readonly partitioner: Partitioner;
  rows(options?: RowsOptions): Promise<Either<SSTableError, RowReader>>;
}

/** The columns as the rows use them, which is not always what Statistics.db says. */
const headerOf = async (sstable: DumpSource): Promise<Either<SSTableError, RowHeader>> => {
  const rows = await sstable.rows();
  if (rows._tag === 'Left') return rows;
  await rows.right.close();
  return right(rows.right.header);
};

const namesIn = (schema: TableSchema): KeyColumnNames => ({
  partitionKey: schema.partitionKey.map(({ name }) => name),
  clustering: schema.clustering.map(({ name }) => name),
});

async function* dumpAndClose(
  reader: RowReader,
  options: DumpOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* dumpRows(reader, options);
  } finally {
    await reader.close();
  }
}

/**
 * The rows of an SSTable as UTF-8 text, in pieces that are made when they are pulled. Left: an index that can't be read, or keys and predicates
 * that are none of this table. The pieces reject with SSTableError where the data are bad; what comes before has been handed out by then.
 * The SSTable stays the caller's to close.
 */
export const dumpSSTable = async (
  sstable: DumpSource,
  options: DumpSSTableOptions,
): Promise<
  Either<SSTableError | SelectionErrorType, AsyncGenerator<Uint8Array, void, undefined>>
> => {
  const { descriptor } = sstable.files;
  const { schema } = options;
  const header = await headerOf(sstable);
  if (header._tag === 'Left') return header;
  const names = options.names ?? (schema === undefined ? undefined : namesIn(schema));
  const selection = selectionOf(
    names === undefined ? options : { ...options, names },
    header.right,
  );
  if (selection._tag === 'Left') return selection;
  const { keys } = selection.right;
  const reader = await sstable.rows({
    strict: options.strict ?? false,
    ranges: options.ranges ?? (keys && rangesOfKeys(sstable.partitioner, keys)),
    signal: options.signal,
    progress: options.progress,
  });
  if (reader._tag === 'Left') return left(reader.left);
  return right(
    dumpAndClose(reader.right, {
      ...options,
      release: options.release ?? dumpReleaseOf(descriptor.version),
      tableKind: descriptor.indexName === undefined ? 'REGULAR' : 'INDEX',
      selection: selection.right,
      table: { ...options.table, ...(names === undefined ? {} : { names }) },
    }),
  );
};
