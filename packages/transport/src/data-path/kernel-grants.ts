// Data plane. Turns a limiter's permissions into grants for the kernel worker: small pieces while the limiter makes us wait, large ones and
// some ahead while it does not. Called by kernel transfers.
import { GRANT_AHEAD_BYTES_MAX, PIECE_BYTES_MAX, PIECE_BYTES_MIN } from '../limits.ts';
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
  #ahead = GRANT_AHEAD_BYTES_MAX;
  #waiting = false;

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
  }

  /** Called at the start and whenever bytes moved. */
  moved(movedBytes: number): void {
    this.#moved = movedBytes;
    if (!this.#waiting) this.#ask();
    // Everything allowed has moved: the peer owes nothing while the limiter keeps us.
    if (this.#moved === this.#granted) this.#run.pause();
    else this.#run.touch();
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
