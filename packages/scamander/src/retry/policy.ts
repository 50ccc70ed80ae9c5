// Control plane. When and how often something that failed is tried again, as data. Called by every job that streams; pure but for `pause`,
// which waits on the clock it is handed. 4.0 and later never retry inside a session (spec: streaming-4.0-plus §6.7), so the job does.
import type { Clock } from '@scamander/throttle';

/** How a job tries again. */
export interface RetryPolicy {
  /** Tries in all; 1 = never again. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** Each delay is this much longer than the one before. */
  readonly factor: number;
  readonly maxDelayMs: number;
  /** Part of each delay that is left to chance, 0 to 1, so that many jobs do not come back at once. */
  readonly jitter: number;
}

/** Five tries over about half a minute. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 5,
  firstDelayMs: 1_000,
  factor: 3,
  maxDelayMs: 30_000,
  jitter: 0.2,
};

/** Milliseconds to wait before a try; the first try, number 1, waits for nothing. `random` gives a number in [0, 1). */
export const delayBefore = (policy: RetryPolicy, attempt: number, random: () => number): number => {
  if (attempt <= 1) return 0;
  const whole = Math.min(policy.firstDelayMs * policy.factor ** (attempt - 2), policy.maxDelayMs);
  return whole * (1 - policy.jitter * random());
};

/** Resolves after the delay, or at once when the signal fires: whoever waits looks at the signal then. */
export const pause = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted || delayMs <= 0) {
      resolve();
      return;
    }
    const over = (): void => {
      cancel();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.setTimer(delayMs, over);
    signal.addEventListener('abort', over, { once: true });
  });
