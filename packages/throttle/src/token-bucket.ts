// Data plane. One budget of bytes per second, shared by everything that asks it. Called before each piece that moves. Knows no files and
// no peers; time comes from the clock it is given.
import type { CancelTimer, Clock } from './clock.ts';
import { AbortError, ThrottleClosedError } from './errors.ts';
import type { Limiter } from './limiter.ts';
import {
  DEBT_TOLERANCE_BYTES,
  RATE_BYTES_PER_SECOND_MAX,
  TIME_ROUNDING_MS,
  TIMER_MS_MAX,
} from './limits.ts';

/** How a {@link TokenBucket} starts. */
export interface TokenBucketOptions {
  /** Budget in bytes per second; 0 is unlimited. */
  readonly bytesPerSecond: number;
  /** Most bytes that an idle bucket saves up. @default one second's worth of the rate in force */
  readonly burstBytes?: number;
}

type Waiter = {
  readonly bytes: number;
  readonly allow: () => void;
  readonly refuse: (error: Error) => void;
};

const requireRate = (bytesPerSecond: number): number => {
  if (!(bytesPerSecond >= 0 && bytesPerSecond <= RATE_BYTES_PER_SECOND_MAX))
    throw new RangeError(`${bytesPerSecond} is no rate in bytes per second`);
  return bytesPerSecond;
};

/**
 * A token bucket with the rules of Cassandra's stream limiter (spec: management §5.4): it starts empty and free of debt; a
 * request waits for the debt of those before it, never for its own size, so one larger than the burst is allowed whole and
 * the next one waits longer. Waiters are served in the order of asking. No timer runs while nobody waits.
 */
export class TokenBucket implements Limiter {
  readonly #clock: Clock;
  readonly #burstBytes: number | undefined;
  readonly #waiters = new Set<Waiter>();
  #rate: number;
  /** Bytes saved up; below 0 they are debt. */
  #balance = 0;
  #balanceAtMs: number;
  #cancelTimer: CancelTimer | undefined;
  #closed = false;

  constructor(parts: { readonly clock: Clock }, options: TokenBucketOptions) {
    this.#clock = parts.clock;
    this.#burstBytes = options.burstBytes;
    this.#rate = requireRate(options.bytesPerSecond);
    this.#balanceAtMs = parts.clock.nowMs();
  }

  /** Bytes per second in force; 0 is unlimited. */
  get rate(): number {
    return this.#rate;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  acquire(bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    if (this.#closed) return Promise.reject(new ThrottleClosedError());
    if (signal?.aborted === true) return Promise.reject(new AbortError(signal.reason));
    if (this.#rate === 0) return undefined;
    if (this.#waiters.size === 0) {
      this.#settle();
      if (this.#balance > -DEBT_TOLERANCE_BYTES) {
        this.#balance -= bytes;
        return undefined;
      }
    }
    return this.#wait(bytes, signal);
  }

  /** Returns bytes that were allowed but never moved to the budget. */
  giveBack(bytes: number): void {
    if (this.#rate === 0) return;
    this.#settle();
    this.#balance = Math.min(this.#burst(), this.#balance + bytes);
    this.#serve();
  }

  /**
   * Changes the rate at once, also for those who wait: what is owed is paid at the new rate, what is saved up is cut to the
   * new burst. 0 lets everyone go and forgets all debt.
   */
  setRate(bytesPerSecond: number): void {
    this.#settle();
    this.#rate = requireRate(bytesPerSecond);
    this.#balance = this.#rate === 0 ? 0 : Math.min(this.#burst(), this.#balance);
    this.#serve();
  }

  /** Rejects those who wait, and whoever asks later, with {@link ThrottleClosedError}. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.refuse(new ThrottleClosedError());
  }

  #burst(): number {
    return this.#burstBytes ?? this.#rate;
  }

  /** Brings the balance up to now. */
  #settle(): void {
    const now = this.#clock.nowMs();
    const earned = ((now - this.#balanceAtMs) * this.#rate) / 1000;
    this.#balance = Math.min(this.#burst(), this.#balance + earned);
    this.#balanceAtMs = now;
  }

  #wait(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) this.#stopTimer();
        reject(new AbortError(signal?.reason));
      };
      const waiter: Waiter = {
        bytes,
        allow: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        refuse: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
      if (this.#cancelTimer === undefined) this.#startTimer();
    });
  }

  /** Lets go whoever may, in order, and sets the timer for the next one. */
  #serve(): void {
    this.#stopTimer();
    for (const waiter of this.#waiters) {
      if (this.#rate > 0 && this.#balance <= -DEBT_TOLERANCE_BYTES) {
        this.#startTimer();
        return;
      }
      this.#waiters.delete(waiter);
      if (this.#rate > 0) this.#balance -= waiter.bytes;
      waiter.allow();
    }
  }

  #startTimer(): void {
    const debtMs = Math.ceil((-this.#balance * 1000) / this.#rate - TIME_ROUNDING_MS);
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(1, debtMs));
    this.#cancelTimer = this.#clock.setTimer(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#settle();
      this.#serve();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
