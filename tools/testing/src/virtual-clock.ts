// A clock whose time moves only when a test says so. Has the shape of `Clock` in @scamander/throttle. Called by tests only.
type Timer = { readonly at: number; readonly order: number; readonly callback: () => void };

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Virtual time in milliseconds, with timers that fire in order of their due time, then of their creation. */
export class VirtualClock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#now;
  }

  /** Number of timers that have neither fired nor been cancelled; a finished test asserts 0. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  }

  /** Moves time forward and fires what falls due, without letting promises run in between. */
  advanceSync(byMs: number): void {
    const until = this.#now + byMs;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.callback();
    }
    this.#now = until;
  }

  /** Moves time forward; after each timer the microtasks and immediates that it caused run before the next one. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    await settle();
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.callback();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}
