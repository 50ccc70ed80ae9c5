// Control plane. What a failed try means: another try, another node, or the end. Called by the work of a pull; pure.
import type { StreamErrorType } from '@scamander/session';
import type { ScamanderErrorType } from '../../errors.ts';
import { diskFailed } from '../errors.ts';
import { replicaOf, type Unit } from '../plan/units.ts';
import type { Answer } from '../source/ask-node.ts';
import { tableName } from '../tables.ts';

/** What is done about a failed try. */
export type Course =
  /** Nothing can be written any more: everything stops. */
  | { readonly kind: 'stop'; readonly error: ScamanderErrorType }
  /** This node is asked for nothing any more. */
  | { readonly kind: 'leave-node'; readonly error: ScamanderErrorType }
  /** This node is not asked for this table any more: it would be the same again. */
  | { readonly kind: 'leave-table'; readonly error: ScamanderErrorType }
  /** A new session may fare better. */
  | { readonly kind: 'again'; readonly error: ScamanderErrorType };

/** Codes of our own disk, or of the ledger on it. */
const isOurDisk = (fileCode: string): boolean =>
  fileCode === 'SCM_SSTABLE_IO' ||
  fileCode === 'SCM_SSTABLE_UNFINISHED' ||
  fileCode === 'SCM_SSTABLE_NOT_FOUND' ||
  fileCode === 'SCM_NET_FILE' ||
  fileCode.startsWith('SCM_LEDGER_') ||
  /^E[A-Z0-9]+$/.test(fileCode);

/** What may be otherwise in another session: bytes that were spoilt on the way. */
const isDamage = (fileCode: string): boolean =>
  fileCode === 'SCM_SSTABLE_CORRUPT' || fileCode === 'SCM_SSTABLE_DIGEST';

const ADVICE: Readonly<Record<string, string>> = {
  SCM_SSTABLE_UNWRITABLE: 'write what comes in sections as another version: --sstable-version oa',
  SCM_SERVE_UNKNOWN_TABLE: 'the node knows the table under another id; let the schema settle',
};

/** Of a release that is newer than what we read. */
const isUnreadable = (fileCode: string): boolean =>
  fileCode === 'SCM_SSTABLE_UNKNOWN_VERSION' || fileCode === 'SCM_SSTABLE_UNSUPPORTED';

const unitError = (
  unit: Unit,
  code: string,
  message: string,
  advice: string,
  kind: ScamanderErrorType['kind'] = 'failed',
): ScamanderErrorType => ({
  code,
  kind,
  message: `${tableName(unit.table)}: ${message}`,
  where: replicaOf(unit),
  lost: 'nothing; of this unit nothing is kept',
  advice,
  retryable: true,
});

const ofFile = (
  unit: Unit,
  error: Extract<StreamErrorType, { code: 'SCM_STREAM_FILE' }>,
  message: string,
): Course => {
  const { fileCode, file, reason } = error;
  if (isOurDisk(fileCode)) {
    const disk = { code: fileCode, file, message: reason, retryable: true };
    return { kind: 'stop', error: diskFailed(disk) };
  }
  if (isUnreadable(fileCode)) {
    const what = `it sends sections that can’t be decoded here (${reason})`;
    const advice =
      'such SSTables can be kept whole, and a node sends them whole where it is asked for all of its ranges: --all-replicas, or --only one node that holds everything';
    return {
      kind: 'leave-table',
      error: unitError(unit, 'SCM_PULL_SECTIONS', what, advice, 'refused'),
    };
  }
  if (isDamage(fileCode))
    return {
      kind: 'again',
      error: unitError(unit, fileCode, message, 'see what the node sent', 'bad-data'),
    };
  const advice = ADVICE[fileCode] ?? 'another replica is asked; see what the node sent';
  return { kind: 'leave-table', error: unitError(unit, fileCode, message, advice) };
};

/** Decides on a try that failed. */
export const courseOf = (unit: Unit, failure: NonNullable<Answer['failure']>): Course => {
  if (failure.kind === 'no-dial-back') return { kind: 'leave-node', error: failure.error };
  const { error, message } = failure;
  switch (error.code) {
    case 'SCM_STREAM_FILE':
      return ofFile(unit, error, message);
    case 'SCM_STREAM_TLS':
    case 'SCM_STREAM_VERSION': {
      const advice = 'give --tls with the files that nodes use, and --protocol auto';
      return { kind: 'leave-node', error: unitError(unit, error.code, message, advice, 'refused') };
    }
    case 'SCM_STREAM_REFUSED':
    case 'SCM_STREAM_ABORTED': {
      const advice = 'ask for fewer ranges at once: --unit-size';
      return { kind: 'leave-table', error: unitError(unit, error.code, message, advice) };
    }
    case 'SCM_STREAM_UNREACHABLE':
    case 'SCM_STREAM_PEER_FAILED':
    case 'SCM_STREAM_CONNECTION_LOST':
    case 'SCM_STREAM_TIMEOUT':
    case 'SCM_STREAM_PROTOCOL': {
      const advice =
        'see the log of the node; run the same command again: it goes on where it stopped';
      return { kind: 'again', error: unitError(unit, error.code, message, advice) };
    }
    default: {
      const never: never = error;
      return never;
    }
  }
};
