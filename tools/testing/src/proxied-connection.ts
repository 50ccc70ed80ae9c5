// One connection through the fault proxy: two sockets, and what is done to the bytes between them. Called by the proxy.
import type { Socket } from 'node:net';
import { DirectionFaults, type Fault } from './faults.ts';

/** Like Clock of @scamander/throttle. */
export interface ProxyClock {
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** What happened to a connection. */
export type ConnectionNews =
  | { readonly type: 'opened' }
  | { readonly type: 'happened'; readonly fault: Fault }
  /** The target could not be dialled, or one of the sides went away. */
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'closed'; readonly forthBytes: number; readonly backBytes: number };

/** What a connection is made of. */
export interface ProxiedParts {
  /** Who dialled us. */
  readonly near: Socket;
  /** Whom we dial. */
  readonly far: Socket;
  readonly clock: ProxyClock;
  readonly tell: (news: ConnectionNews) => void;
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

/** Passes bytes until both sides are gone. */
export class ProxiedConnection {
  readonly #parts: ProxiedParts;
  readonly #forth: DirectionFaults;
  readonly #back: DirectionFaults;
  readonly #waits = new Set<() => void>();
  #over = false;

  constructor(parts: ProxiedParts, faults: readonly Fault[]) {
    this.#parts = parts;
    this.#forth = new DirectionFaults(faults, 'forth');
    this.#back = new DirectionFaults(faults, 'back');
  }

  /** Resolves when both sides are gone. */
  async run(): Promise<void> {
    const { near, far, tell } = this.#parts;
    for (const socket of [near, far])
      socket.on('error', (error) => {
        if (!this.#over) tell({ type: 'lost', reason: error.message });
        this.end('reset');
      });
    this.#pump(near, far, this.#forth);
    this.#pump(far, near, this.#back);
    await Promise.all([closed(near), closed(far)]);
    this.#wake();
    tell({ type: 'closed', forthBytes: this.#forth.at, backBytes: this.#back.at });
  }

  /** Both sides see the end: in order, or as a reset. What is still on its way to us is thrown away. */
  end(how: 'fin' | 'reset'): void {
    this.#over = true;
    this.#wake();
    for (const socket of [this.#parts.near, this.#parts.far]) {
      if (how === 'reset') socket.resetAndDestroy();
      else {
        socket.end();
        socket.resume();
      }
    }
  }

  #wake(): void {
    for (const wake of [...this.#waits]) wake();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#waits.delete(wake);
        resolve();
      };
      const cancel = this.#parts.clock.setTimer(ms, wake);
      this.#waits.add(wake);
    });
  }

  /** Nothing is read while what was read before is on its way. */
  #pump(from: Socket, to: Socket, faults: DirectionFaults): void {
    let passing: Promise<void> = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      from.pause();
      passing = this.#pass(chunk, to, faults).then(() => {
        from.resume();
      });
    });
    from.once('end', () => void passing.then(() => to.end()));
  }

  async #pass(chunk: Uint8Array, to: Socket, faults: DirectionFaults): Promise<void> {
    for (const step of faults.take(chunk)) {
      if (this.#over) return;
      if (step.type === 'happened') this.#parts.tell(step);
      else if (step.type === 'wait') await this.#wait(step.ms);
      else if (step.type === 'cut') this.end(step.how);
      else await new Promise<void>((resolve) => to.write(step.bytes, () => resolve()));
    }
  }
}
