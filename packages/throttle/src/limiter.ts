// Data plane. What a loop that moves bytes asks before each piece. Called by transport and session.

/** Gives permission to move bytes. */
export interface Limiter {
  /**
   * Takes `bytes` out of the budget.
   *
   * Returns `undefined` when the bytes may move at once (the fast path allocates nothing), else a promise that resolves
   * when they may. Rejects with an `AbortError` when the signal fires first; the budget is then given back.
   */
  acquire(bytes: number, signal?: AbortSignal): Promise<void> | undefined;
}

/** A limiter that never waits. */
export const unlimited: Limiter = { acquire: () => undefined };
