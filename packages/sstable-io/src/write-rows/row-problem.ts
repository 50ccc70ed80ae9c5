// Both planes. How the CQL writer says that a row can't be written. Called by this folder.
import { SSTableError } from '../errors.ts';

/** An SSTableError of code `SCM_SSTABLE_ROW`. `file` is where the row comes from, or the table. */
export const rowProblem = (
  file: string,
  column: string | undefined,
  reason: string,
): SSTableError => new SSTableError({ code: 'SCM_SSTABLE_ROW', file, column, reason });
