// A TCP proxy that does to connections what networks do: it cuts, delays, throttles, corrupts and swallows, at places that a test names or a
// seed chooses. Called by tests only. It waits for nothing but the delays it is told.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Fault } from './faults.ts';
import { type ConnectionNews, ProxiedConnection, type ProxyClock } from './proxied-connection.ts';

/** Where something listens. */
export interface ProxyEndpoint {
  readonly host: string;
  readonly port: number;
}

/** What happened to the connection of that number, counted from 0. */
export type ProxyEvent = ConnectionNews & { readonly connection: number };

type FaultsOf = (connection: number) => readonly Fault[];

/** Options of {@link startFaultProxy}. */
export interface FaultProxyOptions {
  /** Asked for each connection: targets may move. */
  readonly target: () => ProxyEndpoint;
  /** @default 127.0.0.1 and a free port */
  readonly at?: Partial<ProxyEndpoint>;
  /** What goes wrong on the n-th connection, counted from 0. @default nothing */
  readonly faults?: FaultsOf;
  /** @default the machine's */
  readonly clock?: ProxyClock;
}

const machineClock: ProxyClock = {
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A running proxy. */
export class FaultProxy {
  readonly endpoint: ProxyEndpoint;
  readonly #server: Server;
  readonly #options: FaultProxyOptions;
  readonly #events: ProxyEvent[] = [];
  readonly #open = new Map<ProxiedConnection, Promise<void>>();
  #faults: FaultsOf;
  #connections = 0;

  /** Listens; call {@link startFaultProxy} instead. */
  constructor(server: Server, endpoint: ProxyEndpoint, options: FaultProxyOptions) {
    this.#server = server;
    this.endpoint = endpoint;
    this.#options = options;
    this.#faults = options.faults ?? (() => []);
    server.on('connection', (near) => this.#take(near));
  }

  /** In the order in which they happened. */
  get events(): readonly ProxyEvent[] {
    return this.#events;
  }

  /** The faults that happened. */
  get happened(): readonly Fault[] {
    return this.#events.flatMap((event) => (event.type === 'happened' ? [event.fault] : []));
  }

  /** Connections that were dialled so far. */
  get connections(): number {
    return this.#connections;
  }

  /** For connections from now on; those that are open keep theirs. */
  setFaults(faults: FaultsOf): void {
    this.#faults = faults;
  }

  /** Ends everything; resolves when nothing of it is open. */
  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#open.keys()) connection.end('reset');
    await Promise.all(this.#open.values());
    await stopped;
  }

  #take(near: Socket): void {
    const number = this.#connections;
    this.#connections += 1;
    const tell = (news: ConnectionNews): void => {
      this.#events.push({ ...news, connection: number });
    };
    tell({ type: 'opened' });
    const far = connect({ ...this.#options.target(), allowHalfOpen: true, noDelay: true });
    near.setNoDelay(true);
    const clock = this.#options.clock ?? machineClock;
    const connection = new ProxiedConnection({ near, far, clock, tell }, this.#faults(number));
    this.#open.set(
      connection,
      connection.run().finally(() => this.#open.delete(connection)),
    );
  }
}

/** Starts a proxy. */
export const startFaultProxy = async (options: FaultProxyOptions): Promise<FaultProxy> => {
  const { host = '127.0.0.1', port = 0 } = options.at ?? {};
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return new FaultProxy(server, { host, port: address.port }, options);
};
