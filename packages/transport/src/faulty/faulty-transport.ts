// Control plane. A transport around another one that breaks its connections as a plan says. Called by tests and simulations. The plan is
// data and the randomness is given, so a run can be repeated.
import type { Clock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Observable, Subject } from 'rxjs';
import type { Connection, ConnectOptions, Listener, Transport } from '../connection.ts';
import { TransportError } from '../errors.ts';
import { CONNECT_TIMEOUT_MS } from '../limits.ts';
import { type FaultPlan, faultsOf } from './fault-plan.ts';
import { FaultyConnection, type FaultyParts } from './faulty-connection.ts';

const delay = (
  clock: Clock,
  forMs: number,
  signal: AbortSignal | undefined,
): Promise<'over' | 'aborted'> =>
  new Promise((resolve) => {
    const onAbort = (): void => {
      cancel();
      resolve('aborted');
    };
    const cancel = clock.setTimer(forMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve('over');
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });

class FaultyListener implements Listener {
  readonly endpoint: Endpoint;
  readonly connections$: Observable<Connection>;
  readonly #inner: Listener;

  constructor(inner: Listener, wrap: (connection: Connection) => Connection) {
    this.#inner = inner;
    this.endpoint = inner.endpoint;
    const connections = new Subject<Connection>();
    this.connections$ = connections.asObservable();
    // Wrapped once each, however many are subscribed: the plan counts connections. Ends when the inner listener is closed.
    inner.connections$.subscribe({
      next: (connection) => {
        if (connections.observed) connections.next(wrap(connection));
        else connection.destroy();
      },
      complete: () => connections.complete(),
    });
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

class FaultyTransport implements Transport {
  readonly name: string;
  readonly #inner: Transport;
  readonly #plan: FaultPlan;
  readonly #parts: FaultyParts;
  #dialled = 0;
  #accepted = 0;

  constructor(inner: Transport, plan: FaultPlan, parts: FaultyParts) {
    this.name = `faulty(${inner.name})`;
    this.#inner = inner;
    this.#plan = plan;
    this.#parts = parts;
  }

  async connect(
    to: Endpoint,
    options: ConnectOptions = {},
  ): Promise<Either<TransportError, Connection>> {
    const faults = faultsOf(this.#plan, 'dialled', this.#dialled++);
    const peer = endpointText(to);
    const { connectDelayMs: delayMs = 0, refuse = false } = faults;
    const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
    if (delayMs > 0) {
      const end = await delay(this.#parts.clock, Math.min(delayMs, timeoutMs), options.signal);
      if (end === 'aborted') return left(new TransportError({ code: 'SCM_NET_ABORTED', peer }));
      if (delayMs >= timeoutMs)
        return left(
          new TransportError({
            code: 'SCM_NET_TIMEOUT',
            peer,
            waitingFor: 'the connection',
            afterMs: timeoutMs,
          }),
        );
    }
    if (refuse) return left(new TransportError({ code: 'SCM_NET_REFUSED', peer }));
    const inner = await this.#inner.connect(to, { ...options, timeoutMs: timeoutMs - delayMs });
    if (isLeft(inner)) return inner;
    return right(new FaultyConnection(inner.right, faults, this.#parts));
  }

  async listen(at: Endpoint): Promise<Either<TransportError, Listener>> {
    const inner = await this.#inner.listen(at);
    if (isLeft(inner)) return inner;
    return right(new FaultyListener(inner.right, (connection) => this.#wrap(connection)));
  }

  #wrap(connection: Connection): Connection {
    const faults = faultsOf(this.#plan, 'accepted', this.#accepted++);
    return new FaultyConnection(connection, faults, this.#parts);
  }
}

/** Breaks the connections of `inner` as the plan says; an empty plan changes nothing, except that connections have no `kernel`. */
export const faultyTransport = (inner: Transport, plan: FaultPlan, parts: FaultyParts): Transport =>
  new FaultyTransport(inner, plan, parts);
