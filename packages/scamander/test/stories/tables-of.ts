// What serve must know to take the SSTables below some folders. Called by the tests and by their child processes.
import { discover } from '@scamander/sstable-io';

/** Tables by the names of their folders. */
export const tablesOf = async (
  paths: readonly string[],
): Promise<{ keyspace: string; table: string; tableId: string }[]> =>
  (await discover(paths)).tables.flatMap(({ keyspace, table, tableId }) =>
    tableId === undefined ? [] : [{ keyspace, table, tableId }],
  );
