// Control plane. What the lanes of one plan share: when to stop, and whether another plan is wanted. Made by load-table for each plan.
import { type Endpoint, sameEndpoint } from '@scamander/wire-codec';

/** See the head of this file. */
export class Round {
  /** Fires when no new session may begin: the load is given up, or another plan is wanted. Sessions that run go on to their ends. */
  readonly over: AbortSignal;
  readonly #replan = new AbortController();
  readonly #sessions = new Map<Endpoint, AbortController>();

  constructor(load: AbortSignal) {
    this.over = AbortSignal.any([load, this.#replan.signal]);
  }

  /** True when another plan is wanted. */
  get isStale(): boolean {
    return this.#replan.signal.aborted;
  }

  /** Lets the sessions that run end, and begins no others. */
  planAnew(): void {
    this.#replan.abort();
  }

  /** Ends the sessions with nodes that the ring does not have any more. */
  cancelStrangers(nodes: readonly { readonly endpoint: Endpoint }[]): void {
    for (const [peer, session] of this.#sessions)
      if (!nodes.some(({ endpoint }) => sameEndpoint(endpoint, peer))) session.abort();
  }

  /** Runs a session that can be ended by itself. */
  async session<T>(peer: Endpoint, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const cancel = new AbortController();
    this.#sessions.set(peer, cancel);
    try {
      return await body(cancel.signal);
    } finally {
      this.#sessions.delete(peer);
    }
  }
}
