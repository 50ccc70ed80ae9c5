// Data plane. Turns a limiter's permissions into grants for the kernel worker: small pieces while the limiter makes us wait, large ones and
// many ahead while it does not. Called by kernel transfers.
import {
  GRANT_AHEAD_BYTES_MAX,
  GRANT_AHEAD_BYTES_MIN,
  GRANT_AHEAD_MS,
  GRANT_RATE_OVER_MS,
  PIECE_BYTES_MAX,
  PIECE_BYTES_MIN,
} from '../limits.ts';
import type { TransferRun } from './transfer-run.ts';

/** The grants of one job. */
export class KernelGrants {
  readonly #run: TransferRun;
  readonly #lengthBytes: number;
  readonly #grant: (bytes: number) => void;
  readonly #fail: (error: unknown) => void;
  #granted = 0;
  #moved = 0;
  #piece = PIECE_BYTES_MIN;
  #ahead = GRANT_AHEAD_BYTES_MIN;
  #waiting = false;
  /** Where the measuring of the rate began. */
  #markMs: number;
  #markMoved = 0;

  constructor(
    run: TransferRun,
    lengthBytes: number,
    grant: (bytes: number) => void,
    fail: (error: unknown) => void,
  ) {
    this.#run = run;
    this.#lengthBytes = lengthBytes;
    this.#grant = grant;
    this.#fail = fail;
    this.#markMs = run.context.clock.nowMs();
  }

  /** Called at the start and whenever bytes moved. */
  moved(movedBytes: number): void {
    this.#moved = movedBytes;
    this.#measure();
    if (!this.#waiting) this.#ask();
    // Everything allowed has moved: the peer owes nothing while the limiter keeps us.
    if (this.#moved < this.#granted) this.#run.inKernel();
    else this.#run.pause(this.#waiting ? 'throttle' : 'own');
  }

  /** As far ahead as the bytes go in a short while, since what is granted can't be taken back when a rate is set. */
  #measure(): void {
    const overMs = this.#run.context.clock.nowMs() - this.#markMs;
    if (overMs < GRANT_RATE_OVER_MS) return;
    const bytesPerMs = (this.#moved - this.#markMoved) / overMs;
    this.#markMs += overMs;
    this.#markMoved = this.#moved;
    // A limiter that made us wait is asked for small pieces until it has let many of them go.
    if (this.#piece < PIECE_BYTES_MAX) return;
    this.#ahead = Math.min(
      GRANT_AHEAD_BYTES_MAX,
      Math.max(GRANT_AHEAD_BYTES_MIN, bytesPerMs * GRANT_AHEAD_MS),
    );
  }

  #ask(): void {
    let fresh = 0;
    while (this.#granted < this.#lengthBytes && this.#granted - this.#moved < this.#ahead) {
      const bytes = Math.min(this.#piece, this.#lengthBytes - this.#granted);
      const allowed = this.#run.context.limiter.acquire(bytes, this.#run.signal);
      if (allowed !== undefined) {
        this.#waitFor(allowed, bytes);
        break;
      }
      fresh += bytes;
      this.#granted += bytes;
      this.#piece = Math.min(this.#piece * 2, PIECE_BYTES_MAX);
    }
    if (fresh > 0) this.#grant(fresh);
  }

  #waitFor(allowed: Promise<void>, bytes: number): void {
    this.#waiting = true;
    this.#piece = PIECE_BYTES_MIN;
    this.#ahead = 2 * PIECE_BYTES_MIN;
    allowed.then(
      () => {
        this.#waiting = false;
        this.#granted += bytes;
        this.#grant(bytes);
        this.moved(this.#moved);
      },
      (error: unknown) => this.#fail(error),
    );
  }
}
