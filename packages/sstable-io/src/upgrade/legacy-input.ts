// Control plane. An SSTable of 2.0 to 2.2 as the input of a compaction, a split or an upgrade. Called by whoever has its schema: such SSTables
// don't say their columns.
import type { TableSchema } from '@scamander/cql-types';
import type { RewriteInput } from '../compact/rewrite-input.ts';
import type { LegacySSTable } from '../legacy/legacy-sstable.ts';
import { summarizeLegacyStatistics } from '../legacy/legacy-statistics.ts';

/** The SSTable's rows by its schema, dropped columns included. It stays the caller's to close. */
export const legacyInput = (sstable: LegacySSTable, schema: TableSchema): RewriteInput => ({
  files: sstable.files,
  statistics: summarizeLegacyStatistics(sstable.statistics),
  partitioner: sstable.partitioner,
  compression: sstable.compression,
  dataLengthBytes: sstable.dataLengthBytes,
  // columns come from the schema: there is no other header
  rows: ({ ranges, signal } = {}) => sstable.rows(schema, { ranges, signal }),
});
