// Control plane. Is the ring what it was? Asked before sessions and every half minute. Called by the work of a pull. A cluster that can't be asked
// any more is told once; the pull goes on with what is known.
import type { Clock } from '@scamander/throttle';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { JobNews } from '../../jobs/news.ts';
import { LOOK_FRESH_MS } from '../../limits.ts';
import { ringChange } from '../../load/ring-words.ts';
import type { TargetNews } from '../../target/target.ts';
import type { Source } from '../source/source.ts';

/** Looks at one source. */
export class RingWatch {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #emit: (event: TargetNews | JobNews) => void;
  #lookedAtMs: number;
  #isBlind = false;

  constructor(source: Source, clock: Clock, emit: (event: TargetNews | JobNews) => void) {
    this.#source = source;
    this.#clock = clock;
    this.#emit = emit;
    this.#lookedAtMs = clock.nowMs();
  }

  get lookedAtMs(): number {
    return this.#lookedAtMs;
  }

  /** True: the ring changed since the last look. Asks only where the last answer is not fresh. */
  async hasChanged(): Promise<boolean> {
    if (this.#clock.nowMs() - this.#lookedAtMs < LOOK_FRESH_MS) return false;
    const before = this.#source.target.ring;
    const changed = await this.#source.look();
    this.#lookedAtMs = this.#clock.nowMs();
    if (isLeft(changed)) {
      if (!this.#isBlind) {
        const message = `the cluster can’t be asked any more whether its ring is the same (${changed.left.message}); the pull goes on with what is known`;
        this.#emit({ type: 'Warning', message });
      }
      this.#isBlind = true;
      return false;
    }
    this.#isBlind = false;
    if (changed.right)
      this.#emit({ type: 'RingChanged', message: ringChange(before, this.#source.target.ring) });
    return changed.right;
  }
}
