// Control plane. Is the ring what it was? Asked before sessions and every half minute. Called by the work of a pull.
import type { Clock } from '@scamander/throttle';
import type { JobNews } from '../../jobs/news.ts';
import { LOOK_FRESH_MS } from '../../limits.ts';
import { RingLook } from '../../target/ring-look.ts';
import type { TargetNews } from '../../target/target.ts';
import { type Source, watched } from '../source/source.ts';

const BLIND = [
  'the cluster can’t be asked any more whether its ring is the same',
  'the pull goes on with what is known',
] as const;

/** Looks at one source. */
export class RingWatch {
  readonly #clock: Clock;
  readonly #ring: RingLook;
  #lookedAtMs: number;

  constructor(source: Source, clock: Clock, emit: (event: TargetNews | JobNews) => void) {
    this.#clock = clock;
    this.#ring = new RingLook(watched(source), emit, BLIND);
    this.#lookedAtMs = clock.nowMs();
  }

  get lookedAtMs(): number {
    return this.#lookedAtMs;
  }

  /** True: the ring changed since the last look. Asks only where the last answer is not fresh. */
  async hasChanged(): Promise<boolean> {
    if (this.#clock.nowMs() - this.#lookedAtMs < LOOK_FRESH_MS) return false;
    const hasChanged = await this.#ring.hasChanged();
    this.#lookedAtMs = this.#clock.nowMs();
    return hasChanged;
  }
}
