// Data plane. A Connection whose bytes pass a fault lane each way. Made by faultyTransport. Has no `kernel`, so that every byte passes here.
import type { CancelTimer, Clock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { Connection, ConnectionClosed } from '../connection.ts';
import { TransportError } from '../errors.ts';
import { FaultLane } from './fault-lane.ts';
import type { ConnectionFaults } from './fault-plan.ts';

/** What a faulty transport needs. */
export interface FaultyParts {
  readonly clock: Clock;
  /** Numbers in [0, 1), for jitter. */
  readonly random: () => number;
}

/** See {@link Connection}. */
export class FaultyConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly secure: boolean;
  readonly closed: Promise<ConnectionClosed>;
  readonly #inner: Connection;
  readonly #clock: Clock;
  readonly #out: FaultLane;
  readonly #in: FaultLane;
  readonly #given: Uint8Array[] = [];
  readonly #waits = new Map<CancelTimer, (error: Error) => void>();
  #failure: TransportError | undefined;
  #bytesRead = 0;
  #bytesWritten = 0;

  constructor(inner: Connection, faults: ConnectionFaults, parts: FaultyParts) {
    this.#inner = inner;
    this.#clock = parts.clock;
    this.local = inner.local;
    this.remote = inner.remote;
    this.secure = inner.secure;
    this.#out = new FaultLane(faults.out ?? {}, parts.random);
    this.#in = new FaultLane(faults.in ?? {}, parts.random);
    this.closed = inner.closed.then((closed) => {
      this.#stopWaiting(this.#failure ?? closed.error ?? this.#closedError());
      return closed;
    });
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = this.#given.pop() ?? (await this.#readPassing());
    this.#bytesRead += bytes?.length ?? 0;
    return bytes;
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#given.push(bytes);
    this.#bytesRead -= bytes.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const verdict = this.#out.next(bytes.length - at, this.#clock.nowMs());
      if (verdict.kind === 'cut') throw this.#cut(verdict.how);
      if (verdict.kind === 'vanish') break;
      await this.#wait(verdict.waitMs);
      const piece = bytes.subarray(at, at + verdict.bytes);
      await this.#inner.write(this.#out.passing(piece));
      at += piece.length;
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#bytesWritten += bytes.length;
    // A cut right behind these bytes happens now: with TCP too, a write may succeed whose connection is gone a moment later.
    const how = this.#out.cutNow;
    if (how !== undefined) this.#cut(how);
  }

  end(): Promise<void> {
    return this.#out.vanished ? Promise.resolve() : this.#inner.end();
  }

  destroy(reason?: TransportError): void {
    this.#given.length = 0;
    this.#failure ??=
      reason ?? new TransportError({ code: 'SCM_NET_ABORTED', peer: endpointText(this.remote) });
    this.#stopWaiting(this.#failure);
    this.#inner.destroy(reason);
  }

  async #readPassing(): Promise<Uint8Array | null> {
    const how = this.#in.cutNow;
    if (how !== undefined) throw this.#cut(how);
    const bytes = await this.#inner.read();
    if (bytes === null) return this.#in.vanished ? this.#forever() : null;
    const verdict = this.#in.next(bytes.length, this.#clock.nowMs());
    if (verdict.kind === 'cut') throw this.#cut(verdict.how);
    if (verdict.kind === 'vanish') return this.#forever();
    await this.#wait(verdict.waitMs);
    if (this.#failure !== undefined) throw this.#failure;
    // The rest goes back and meets the lane again at the next read().
    this.#inner.unread(bytes.subarray(verdict.bytes));
    return this.#in.passing(bytes.subarray(0, verdict.bytes));
  }

  #cut(how: 'end' | 'reset'): TransportError {
    const peer = endpointText(this.remote);
    const error = new TransportError(
      how === 'reset'
        ? { code: 'SCM_NET_RESET', peer }
        : { code: 'SCM_NET_CLOSED', peer, while: 'cut by the fault plan' },
    );
    this.destroy(error);
    return error;
  }

  #closedError(): TransportError {
    const peer = endpointText(this.remote);
    return new TransportError({ code: 'SCM_NET_CLOSED', peer, while: 'already over' });
  }

  #wait(forMs: number): Promise<void> | undefined {
    if (forMs <= 0) return undefined;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.setTimer(forMs, () => {
        this.#waits.delete(cancel);
        resolve();
      });
      this.#waits.set(cancel, reject);
    });
  }

  /** Ends with the connection only. */
  #forever(): Promise<never> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((_, reject) => {
      this.#waits.set(() => undefined, reject);
    });
  }

  #stopWaiting(error: Error): void {
    for (const [cancel, reject] of this.#waits) {
      cancel();
      reject(error);
    }
    this.#waits.clear();
  }
}
