// Control plane. How the rows of an old SSTable stand: by its version, and up to 1.2 by whether its table is a super column family, which
// nothing in the files says. Called when atoms are read for the first time.
import { SSTableError } from '../errors.ts';
import type { DataSource } from '../io/data-reader.ts';
import { DataRowSource } from '../rows/data-row-source.ts';
import { LegacyAtomReader } from './atom-reader.ts';
import type { LegacyFeatures, LegacyRowLayout } from './features.ts';

/** What an atom reader must know beside the bytes. */
export interface LegacyRowForm {
  readonly layout: LegacyRowLayout;
  /** Columns are super columns, which hold columns. From 2.0 on they are columns with names of two parts. */
  readonly isSuper: boolean;
}

/** Rows that are tried. Their sizes and counts must fit to the byte, so that one with a column tells. */
const ROWS_TRIED = 8;

const fits = async (source: DataSource, form: LegacyRowForm): Promise<boolean> => {
  const reader = new LegacyAtomReader(new DataRowSource(source), form);
  try {
    for (let i = 0; i < ROWS_TRIED; i++) {
      if ((await reader.nextPartition()) === undefined) break;
      while ((await reader.nextBatch()).length > 0);
    }
    return true;
  } catch (error) {
    if (error instanceof SSTableError && error.code !== 'SCM_SSTABLE_IO') return false;
    throw error;
  } finally {
    await reader.close();
  }
};

/** The form in which the first rows can be read; that of a standard family where none can. */
export const findRowForm = async (
  source: DataSource,
  { rowLayout }: LegacyFeatures,
): Promise<LegacyRowForm> => {
  const standard = { layout: rowLayout, isSuper: false };
  if (rowLayout === 'marked' || (await fits(source, standard))) return standard;
  const asSuper = { layout: rowLayout, isSuper: true };
  return (await fits(source, asSuper)) ? asSuper : standard;
};
