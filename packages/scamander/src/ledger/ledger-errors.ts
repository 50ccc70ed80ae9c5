// Control plane. Why a ledger can't be opened or written, in the front door's shape. Called by this folder only.
import type { ScamanderErrorType } from '../errors.ts';
import type { LedgerDamage } from './ledger-scan.ts';
import type { LedgerIdentity } from './records.ts';

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : '';

const reasonOf = (cause: unknown): string => {
  switch (codeOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EFBIG':
      return 'the file may not grow further';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
};

/** The disk said no. */
export const ledgerDiskError = (
  path: string,
  doing: string,
  cause: unknown,
): ScamanderErrorType => ({
  code: 'SCM_LEDGER_IO',
  kind: 'failed',
  message: `the ledger can’t be ${doing}: ${reasonOf(cause)}`,
  where: path,
  lost: 'nothing; the ledger is as it was, and what is not in it counts as not done',
  advice: 'make room or name another file with --ledger, then run again',
  retryable: true,
});

/** It would outgrow what may be read back. */
export const ledgerLimitError = (path: string, message: string): ScamanderErrorType => ({
  code: 'SCM_LEDGER_LIMIT',
  kind: 'failed',
  message,
  where: path,
  lost: 'nothing; the ledger is as it was',
  advice: 'keep a ledger for each keyspace or table, or begin a new one once a run is complete',
  retryable: false,
});

/** Used after it was closed. */
export const ledgerClosedError = (path: string): ScamanderErrorType => ({
  code: 'SCM_LEDGER_CLOSED',
  kind: 'failed',
  message: 'the ledger was closed before the record came',
  where: path,
  lost: 'nothing; what is not in the ledger counts as not done',
  advice: 'run again; what is missing is done anew',
  retryable: true,
});

/** A line that can't be read, other than the last one. */
export const damagedError = (
  path: string,
  { offsetBytes, reason }: LedgerDamage,
): ScamanderErrorType => ({
  code: 'SCM_LEDGER_DAMAGED',
  kind: 'bad-data',
  message:
    offsetBytes === 0
      ? `this is no ledger, or its beginning is damaged: ${reason}`
      : `a line of the ledger is damaged: ${reason}`,
  where: `${path}, byte ${offsetBytes}`,
  lost: 'nothing; the file is left as it is',
  advice:
    offsetBytes === 0
      ? 'name another file with --ledger'
      : `cut the file there (truncate -s ${offsetBytes}): what came after is done again, which is safe; or name another file`,
  retryable: false,
});

const jobText = ({ job, from, to }: LedgerIdentity): string => `${job} from ${from} to ${to}`;

/** The ledger of another job. */
export const foreignError = (
  path: string,
  found: LedgerIdentity,
  asked: LedgerIdentity,
): ScamanderErrorType => ({
  code: 'SCM_LEDGER_FOREIGN',
  kind: 'usage',
  message: `the ledger belongs to a ${jobText(found)}, this is a ${jobText(asked)}`,
  where: path,
  lost: 'nothing; the file is left as it is',
  advice: 'name another file with --ledger',
  retryable: false,
});
