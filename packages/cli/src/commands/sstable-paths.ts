// Control plane. The SSTables behind FILE… arguments, and the problems found on the way. Called by describe and verify.
import { type ErrorKind, type ScamanderErrorType, sstableErrorPlace } from '@scamander/scamander';
import {
  discover,
  type SSTableError,
  type SSTableFiles,
  sstableErrorMessage,
} from '@scamander/sstable-io';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { errorText } from '../output/errors.ts';
import { jsonLine } from '../output/json-lines.ts';
import { complain, type Terminal } from '../output/terminal.ts';

const kindOf = (error: SSTableError): ErrorKind => {
  if (error.code === 'SCM_SSTABLE_NOT_FOUND') return 'usage';
  // A disk that can't be read says nothing about the data on it.
  // What a version can't hold is sound all the same.
  if (error.code === 'SCM_SSTABLE_UNWRITABLE') return 'failed';
  return error.code === 'SCM_SSTABLE_IO' ? 'failed' : 'bad-data';
};

const ADVICE: Readonly<Record<ErrorKind, string>> = {
  usage: 'check the path',
  failed: 'see who may read and write there, and whether the disk is well and has room',
  refused: 'see who may read it',
  'bad-data': 'take another replica’s copy of the SSTable, or scrub it on a node',
};

const UNWRITABLE_ADVICE =
  'write a newer version, or cap what it can not hold (--cap-deletion-times)';

/** An SSTable's error in the command line's shape. */
export const shown = (error: SSTableError): ScamanderErrorType => ({
  code: error.code,
  kind: kindOf(error),
  message: sstableErrorMessage(error.detail),
  where: sstableErrorPlace(error),
  lost: 'nothing; files are only read',
  advice: error.code === 'SCM_SSTABLE_UNWRITABLE' ? UNWRITABLE_ADVICE : ADVICE[kindOf(error)],
  retryable: error.code === 'SCM_SSTABLE_IO',
});

/** The code of a command over several SSTables: the worst of what was found. */
export const exitCodeOfAll = (kinds: ReadonlySet<ErrorKind>): number => {
  const worst = (['bad-data', 'failed', 'usage'] as const).find((kind) => kinds.has(kind));
  return worst === undefined ? EXIT.ok : exitCodeOf(worst);
};

/** An error as a person sees it, and with --json as a line of its own, too. */
export const showProblem = (terminal: Terminal, error: ScamanderErrorType): void => {
  complain(terminal, errorText(error));
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'Problem', error }));
};

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

const nothingFound = (paths: readonly string[]): ScamanderErrorType => ({
  code: 'SCM_SSTABLE_NOT_FOUND',
  kind: 'usage',
  message: 'no SSTable is there',
  where: paths.join(', '),
  lost: 'nothing',
  advice: 'give a Data.db file, a table directory or a folder above one',
  retryable: false,
});

/** The error of a command whose paths hold no SSTable at all, good or bad; undefined where there is something to look at. */
export const nothingAmong = (
  sstables: readonly SSTableFiles[],
  problems: readonly ScamanderErrorType[],
  paths: readonly string[],
): ScamanderErrorType | undefined => {
  if (sstables.length > 0 || problems.some(({ kind }) => kind !== 'usage')) return undefined;
  return problems[0] ?? nothingFound(paths);
};
