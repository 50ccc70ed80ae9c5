// Data plane. Tells when nothing moved for too long. Called by transfers. Keeps at most one timer, which it does not reset for every piece.
import type { CancelTimer, Clock } from '@scamander/throttle';

/** Watches one transfer. */
export class StallWatch {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #onStall: () => void;
  #movedAtMs = 0;
  #cancelTimer: CancelTimer | undefined;
  #watching = false;
  #stopped = false;

  /** `afterMs` 0 never stalls. */
  constructor(clock: Clock, afterMs: number, onStall: () => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#onStall = onStall;
  }

  /** Something moved, or the wait for something begins. */
  touch(): void {
    if (this.#afterMs === 0 || this.#stopped) return;
    this.#movedAtMs = this.#clock.nowMs();
    this.#watching = true;
    if (this.#cancelTimer === undefined) this.#arm(this.#afterMs);
  }

  /** What follows is no stall: a wait for the limiter or the disk. */
  pause(): void {
    this.#watching = false;
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    this.#watching = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #arm(forMs: number): void {
    this.#cancelTimer = this.#clock.setTimer(forMs, () => {
      this.#cancelTimer = undefined;
      if (!this.#watching) return;
      const leftMs = this.#movedAtMs + this.#afterMs - this.#clock.nowMs();
      if (leftMs > 0) this.#arm(leftMs);
      else this.#onStall();
    });
  }
}
