// Control plane. What is wrong with the command line or the configuration. Called by everything in settings/.
import type { ScamanderErrorType } from '@scamander/scamander';

/** An error of exit code 2: nothing was done. */
export const usageError = (
  message: string,
  where: string,
  advice = 'see scamander --help',
): ScamanderErrorType => ({
  code: 'SCM_USAGE',
  kind: 'usage',
  message,
  where,
  lost: 'nothing',
  advice,
  retryable: false,
});
