// Control plane. The SSTables behind FILE… arguments, and the problems found on the way. Called by describe and verify.
import type { ScamanderErrorType } from '@scamander/scamander';
import { discover, type SSTableError, type SSTableFiles } from '@scamander/sstable-io';

/** An SSTable's error in the command line's shape. */
export const shown = (error: SSTableError): ScamanderErrorType => ({
  code: error.code,
  kind: error.code === 'SCM_SSTABLE_NOT_FOUND' ? 'usage' : 'bad-data',
  message: error.message,
  where: error.detail.file,
  lost: 'nothing; files are only read',
  advice: 'take another replica’s copy of the SSTable, or scrub it on a node',
  retryable: error.code === 'SCM_SSTABLE_IO',
});

/** Everything below the paths. */
export const sstablesAt = async (
  paths: readonly string[],
): Promise<{
  readonly sstables: readonly SSTableFiles[];
  readonly problems: readonly ScamanderErrorType[];
  /** Files that are none of an SSTable's. */
  readonly foreign: readonly string[];
}> => {
  const discovery = await discover(paths);
  const isForeign = ({ code }: SSTableError): boolean => code === 'SCM_SSTABLE_NOT_AN_SSTABLE';
  return {
    sstables: discovery.tables.flatMap(({ sstables }) => sstables),
    problems: discovery.problems.filter((problem) => !isForeign(problem)).map(shown),
    foreign: discovery.problems.filter(isForeign).map(({ message }) => message),
  };
};

/** Used where the paths hold no SSTable at all. */
export const nothingFound = (paths: readonly string[]): ScamanderErrorType => ({
  code: 'SCM_SSTABLE_NOT_FOUND',
  kind: 'usage',
  message: 'no SSTable is there',
  where: paths.join(', '),
  lost: 'nothing',
  advice: 'give a Data.db file, a table directory or a folder above one',
  retryable: false,
});
