// Control plane. Notices that a relay stands still, and on which side: the source brings nothing, or replicas take nothing. Called by the relay of
// one file. Only tells; giving up is the sessions' business.
import type { CancelTimer, Clock } from '@scamander/throttle';
import { STALL_NOTICE_MS } from '../../limits.ts';

/** Who is waited for, and since when. */
export interface RelayStall {
  /** Endpoint texts; empty: the source. */
  readonly replicas: readonly string[];
  readonly sinceMs: number;
}

/** See the head of this file. */
export class StallNotice {
  readonly #clock: Clock;
  readonly #holding: () => readonly string[];
  readonly #tell: (stall: RelayStall) => void;
  #movedMs: number;
  #cancel: CancelTimer;

  /** `holding`: replicas that have bytes and ask for no more. */
  constructor(clock: Clock, holding: () => readonly string[], tell: (stall: RelayStall) => void) {
    this.#clock = clock;
    this.#holding = holding;
    this.#tell = tell;
    this.#movedMs = clock.nowMs();
    this.#cancel = this.#arm();
  }

  /** A piece came, or went. */
  moved(): void {
    this.#movedMs = this.#clock.nowMs();
  }

  /** The file is through, or given up. */
  end(): void {
    this.#cancel();
  }

  #arm(): CancelTimer {
    return this.#clock.setTimer(STALL_NOTICE_MS, () => {
      const sinceMs = this.#clock.nowMs() - this.#movedMs;
      if (sinceMs >= STALL_NOTICE_MS) this.#tell({ replicas: this.#holding(), sinceMs });
      this.#cancel = this.#arm();
    });
  }
}
