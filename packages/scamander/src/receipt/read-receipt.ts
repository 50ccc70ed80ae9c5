// Control plane. Reads a receipt back from its file or its JSON. Called by the command line and by programs before verifyReceipt. The codec comes
// with io-ts, which takes its time to start: jobs that read no receipt do not load it.
import { open } from 'node:fs/promises';
import { type Either, left } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { RECEIPT_BYTES_MAX } from '../limits.ts';
import type { Receipt } from './receipt.ts';
import { receiptDiskError, receiptFormatError } from './receipt-errors.ts';

/** A receipt from its JSON; `where` is its file, for the error. Errors: SCM_RECEIPT_FORMAT. */
export const parseReceipt = async (
  json: string,
  where: string,
): Promise<Either<ScamanderErrorType, Receipt>> => {
  const { decodeReceipt } = await import('./receipt-codec.ts');
  return decodeReceipt(json, where);
};

/** Reads the file of a receipt. Errors: SCM_RECEIPT_IO, SCM_RECEIPT_FORMAT. */
export const readReceipt = async (path: string): Promise<Either<ScamanderErrorType, Receipt>> => {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > RECEIPT_BYTES_MAX)
        return left(
          receiptFormatError(
            path,
            `the receipt has ${size} bytes, no more than ${RECEIPT_BYTES_MAX} are read`,
            'name the file that --receipt wrote',
          ),
        );
      return await parseReceipt(await handle.readFile('utf8'), path);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    return left(receiptDiskError(path, cause));
  }
};
