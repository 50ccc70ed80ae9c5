// Control plane. `--retries` and `--retry-delay` to a policy: how often something that failed is tried again. Called by the commands that
// stream; declared by `retryFlags` in flags.ts; pure.
import { DEFAULT_RETRY, type RetryPolicy, type ScamanderErrorType } from '@scamander/scamander';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { optionalNumber } from './flag-values.ts';

/** What commander hands over. */
export interface RetryFlags {
  readonly retries?: string;
  readonly retryDelay?: string;
}

const RETRIES_MAX = 1_000;
const RETRY_DELAY_SECONDS_MAX = 3_600;

/** The policy, with the defaults of the front door where nothing is said. */
export const retryPolicy = (flags: RetryFlags): Either<ScamanderErrorType, RetryPolicy> => {
  const retries = optionalNumber(flags.retries, '--retries', 0, RETRIES_MAX);
  if (isLeft(retries)) return retries;
  const delay = optionalNumber(flags.retryDelay, '--retry-delay', 0, RETRY_DELAY_SECONDS_MAX);
  if (isLeft(delay)) return delay;
  const firstDelayMs = delay.right === undefined ? DEFAULT_RETRY.firstDelayMs : delay.right * 1_000;
  return right({
    ...DEFAULT_RETRY,
    attempts: (retries.right ?? DEFAULT_RETRY.attempts - 1) + 1,
    firstDelayMs,
    maxDelayMs: Math.max(DEFAULT_RETRY.maxDelayMs, firstDelayMs),
  });
};
