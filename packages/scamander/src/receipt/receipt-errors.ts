// Control plane. Why a receipt can’t be read back, in the front door's shape. Called by this folder only.
import type { ScamanderErrorType } from '../errors.ts';

/** It is none, or not as this release knows it. */
export const receiptFormatError = (
  where: string,
  message: string,
  advice: string,
): ScamanderErrorType => ({
  code: 'SCM_RECEIPT_FORMAT',
  kind: 'usage',
  message,
  where,
  lost: 'nothing; nothing was checked',
  advice,
  retryable: false,
});

/** The disk said no. */
export const receiptDiskError = (where: string, cause: unknown): ScamanderErrorType => ({
  code: 'SCM_RECEIPT_IO',
  kind: 'usage',
  message: `the receipt can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`,
  where,
  lost: 'nothing; nothing was checked',
  advice: 'name the file that --receipt wrote',
  retryable: false,
});
