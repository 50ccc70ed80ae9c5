// Control plane. A network inside the process: hosts, ports, listeners, connections. Called by tests, simulations and examples. Has no
// timers; the same calls in the same order give the same events.
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type Observable, Subject } from 'rxjs';
import type { Connection, ConnectOptions, Listener, Transport } from '../connection.ts';
import { TransportError } from '../errors.ts';
import { MEMORY_PIPE_BYTES } from '../limits.ts';
import { MemoryConnection } from './memory-connection.ts';
import { MemoryPipe } from './memory-pipe.ts';

/** Options of {@link memoryNetwork}. */
export interface MemoryNetworkOptions {
  /** How much each direction holds before write() waits. @default 65536 */
  readonly pipeBytes?: number;
}

/** A network inside the process. */
export interface MemoryNetwork {
  /** The network as seen by one host: dials come from its address. It may listen on any address. */
  transport(host: string): Transport;
}

const FIRST_FREE_PORT = 49_152;

class MemoryListener implements Listener {
  readonly endpoint: Endpoint;
  readonly connections$: Observable<Connection>;
  readonly #connections = new Subject<Connection>();
  readonly #onClose: () => void;

  constructor(endpoint: Endpoint, onClose: () => void) {
    this.endpoint = endpoint;
    this.connections$ = this.#connections.asObservable();
    this.#onClose = onClose;
  }

  accept(connection: Connection): void {
    if (this.#connections.observed) this.#connections.next(connection);
    else connection.destroy();
  }

  async close(): Promise<void> {
    this.#onClose();
    this.#connections.complete();
  }
}

class Network implements MemoryNetwork {
  readonly #pipeBytes: number;
  readonly #listeners = new Map<string, MemoryListener>();
  #freePort = FIRST_FREE_PORT;

  constructor(options: MemoryNetworkOptions) {
    this.#pipeBytes = options.pipeBytes ?? MEMORY_PIPE_BYTES;
  }

  transport(host: string): Transport {
    return {
      name: 'memory',
      connect: async (to, options) => this.#connect(host, to, options),
      listen: async (at) => this.#listen(at),
    };
  }

  #connect(
    host: string,
    to: Endpoint,
    options: ConnectOptions | undefined,
  ): Either<TransportError, Connection> {
    const peer = endpointText(to);
    if (options?.signal?.aborted === true)
      return left(new TransportError({ code: 'SCM_NET_ABORTED', peer }));
    const listener = this.#listeners.get(peer);
    if (listener === undefined) return left(new TransportError({ code: 'SCM_NET_REFUSED', peer }));
    const local = { host, port: this.#freePort++ };
    const there = new MemoryPipe(this.#pipeBytes);
    const back = new MemoryPipe(this.#pipeBytes);
    const dialler = new MemoryConnection(
      { local, remote: to },
      { incoming: back, outgoing: there },
    );
    const acceptor = new MemoryConnection(
      { local: to, remote: local },
      { incoming: there, outgoing: back },
    );
    MemoryConnection.join(dialler, acceptor);
    listener.accept(acceptor);
    return right(dialler);
  }

  #listen(at: Endpoint): Either<TransportError, Listener> {
    const endpoint = { host: at.host, port: at.port === 0 ? this.#freePort++ : at.port };
    const peer = endpointText(endpoint);
    if (this.#listeners.has(peer))
      return left(
        new TransportError({ code: 'SCM_NET_LISTEN', peer, reason: 'the port is taken' }),
      );
    const listener = new MemoryListener(endpoint, () => this.#listeners.delete(peer));
    this.#listeners.set(peer, listener);
    return right(listener);
  }
}

/** A network of its own; networks do not see each other. */
export const memoryNetwork = (options: MemoryNetworkOptions = {}): MemoryNetwork =>
  new Network(options);
