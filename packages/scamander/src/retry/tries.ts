// Control plane. How often each replica failed since it last acknowledged something. Made by load, so that a node that is gone is waited
// for once and not once a table; counted by the retrier.

/** See the head of this file. */
export class Tries {
  readonly #failed = new Map<string, number>();

  /** Counts one and says how many there are now. */
  failed(replica: string): number {
    const tries = this.made(replica) + 1;
    this.#failed.set(replica, tries);
    return tries;
  }

  /** Tries in vain since the last success. */
  made(replica: string): number {
    return this.#failed.get(replica) ?? 0;
  }

  /** It acknowledged something. */
  succeeded(replica: string): void {
    this.#failed.delete(replica);
  }
}
