// Data plane. Who has the descriptor of a socket: at most one borrower per direction, and the socket's destruction waits for them, since
// a closed descriptor's number is soon another connection's. Called by SocketConnection.
import type { KernelLoan } from '../connection.ts';
import type { TransportError } from '../errors.ts';

/** A direction of a connection. */
export type Direction = 'read' | 'write';

/** The loans of one descriptor. */
export class KernelLoans {
  readonly #revoke = new AbortController();
  readonly #lent = new Set<Direction>();
  #whenReturned: (() => void) | undefined;

  /** True while the direction is lent. */
  has(direction: Direction): boolean {
    return this.#lent.has(direction);
  }

  /** Lends the descriptor. Throws an Error when a direction is lent already. */
  lend(
    fd: number,
    directions: readonly Direction[],
    buffered: Uint8Array,
    returned: (moved: { readonly read: number; readonly written: number }) => void,
  ): KernelLoan {
    for (const direction of directions)
      if (this.#lent.has(direction)) throw new Error(`the descriptor is lent for ${direction}`);
    for (const direction of directions) this.#lent.add(direction);
    let open = true;
    return {
      fd,
      buffered,
      revoked: this.#revoke.signal,
      release: (moved) => {
        if (!open) return;
        open = false;
        for (const direction of directions) this.#lent.delete(direction);
        returned(moved);
        if (this.#lent.size === 0) this.#whenReturned?.();
      },
    };
  }

  /** Asks for the descriptor back, then calls `then`: at once when nobody has it. */
  reclaim(reason: TransportError, then: () => void): void {
    if (this.#lent.size === 0) {
      then();
      return;
    }
    this.#whenReturned = then;
    this.#revoke.abort(reason);
  }
}
