// Control plane. The one shape of an error on stderr. Called by every command.
import type { ScamanderErrorType } from '@scamander/scamander';

/** `error SCM_XXX: what happened` and the three lines below it. */
export const errorText = (error: ScamanderErrorType): string =>
  [
    `error ${error.code}: ${error.message}`,
    `  where: ${error.where}`,
    `  lost: ${error.lost}`,
    `  try: ${error.advice}`,
  ].join('\n');
