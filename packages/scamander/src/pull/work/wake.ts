// Control plane. Waits for the next of several things to happen. Called by the loop of the work.

/** Resolves at the next thing that happens. */
export class Wake {
  #resolve: () => void = () => undefined;
  #promise: Promise<void> = Promise.resolve();

  constructor() {
    this.reset();
  }

  /** What happened up to now is known. */
  reset(): void {
    this.#promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  now(): void {
    this.#resolve();
  }

  /** Resolved when something happened since the last reset. */
  get next(): Promise<void> {
    return this.#promise;
  }
}
