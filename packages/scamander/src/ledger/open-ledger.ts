// Control plane. Opens the ledger of a job. Called by load, pull and copy. What reads ledgers comes with io-ts, which takes longer to start than the
// rest of it: a load without a ledger does not load it.
import type { Either } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerIdentity } from './records.ts';

/**
 * Opens the ledger at `path`, made with its folder where it is not there. It is the caller's until it is closed: another process gets
 * SCM_LEDGER_LOCKED. One of another job is SCM_LEDGER_FOREIGN, one with a line that can't be read SCM_LEDGER_DAMAGED; both stay as they are.
 */
export const openLedger = async (
  path: string,
  identity: LedgerIdentity,
  parts: Pick<FrontDoorParts, 'unixMs'>,
): Promise<Either<ScamanderErrorType, Ledger>> => {
  const { openLockedLedger } = await import('./locked-ledger.ts');
  return openLockedLedger(path, identity, parts);
};
