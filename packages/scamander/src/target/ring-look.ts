// Control plane. One look at a ring that may have changed: what is different is told, a cluster that does not answer any more is told once. Called by
// whoever watches a ring while data move. When to look is decided there.
import type { RingState } from '@scamander/ring';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { JobNews } from '../jobs/news.ts';
import { ringChange } from './ring-words.ts';
import type { TargetNews } from './target.ts';

/** What is looked at. */
export interface Watched {
  /** As of the last look. */
  readonly ring: RingState;
  look(): Promise<Either<ScamanderErrorType, boolean>>;
}

/** See the head of this file. */
export class RingLook {
  readonly #watched: Watched;
  readonly #emit: (event: TargetNews | JobNews) => void;
  /** What is said before the reason when the cluster does not answer, and after it. */
  readonly #blind: readonly [before: string, after: string];
  #isBlind = false;

  constructor(
    watched: Watched,
    emit: (event: TargetNews | JobNews) => void,
    blind: readonly [before: string, after: string],
  ) {
    this.#watched = watched;
    this.#emit = emit;
    this.#blind = blind;
  }

  /** True: the ring is not what it was. */
  async hasChanged(): Promise<boolean> {
    const before = this.#watched.ring;
    const changed = await this.#watched.look();
    if (isLeft(changed)) {
      const [first, last] = this.#blind;
      if (!this.#isBlind)
        this.#emit({ type: 'Warning', message: `${first} (${changed.left.message}); ${last}` });
      this.#isBlind = true;
      return false;
    }
    this.#isBlind = false;
    if (changed.right)
      this.#emit({ type: 'RingChanged', message: ringChange(before, this.#watched.ring) });
    return changed.right;
  }
}
