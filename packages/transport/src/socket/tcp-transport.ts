// Control plane. Plain TCP over node:net, for the storage port (spec: streaming-4.0-plus §1.1, §1.6). Called by whoever composes a
// program. Leaves everything after the connection to SocketConnection.
import { createServer, Socket, type SocketConstructorOpts } from 'node:net';
import { type Clock, systemClock } from '@scamander/throttle';
import type { Endpoint } from '@scamander/wire-codec';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { Connection, ConnectOptions, Listener, Transport } from '../connection.ts';
import type { TransportError } from '../errors.ts';
import { CONNECT_TIMEOUT_MS, LISTEN_BACKLOG } from '../limits.ts';
import { dialled } from './dialling.ts';
import { RecycledIntake } from './intake.ts';
import { socketError } from './node-errors.ts';
import { SocketConnection } from './socket-connection.ts';
import { localEndpoint, remoteEndpoint } from './socket-endpoints.ts';
import { listenOn } from './socket-listener.ts';

/** Options of {@link tcpTransport}. */
export interface TcpTransportOptions {
  /** For the time limits. @default the system's */
  readonly clock?: Clock;
  /** How long a dial may take when the call does not say. @default 2000 */
  readonly connectTimeoutMs?: number;
  /** Connections that wait to be accepted; the kernel refuses or ignores more. @default 512 */
  readonly backlog?: number;
  /** TCP_NODELAY on both directions (spec §1.6). @default true */
  readonly noDelay?: boolean;
  /** Our address to dial from. @default the kernel chooses */
  readonly localAddress?: string;
}

/** Options of a Node socket that its types do not tell: a read buffer, a handle to take over, not to read before being asked. */
type BufferedSocketOptions = SocketConstructorOpts & {
  readonly onread: RecycledIntake['onread'];
  readonly handle?: unknown;
  readonly pauseOnCreate?: boolean;
};

/** Accepted sockets can't be given a read buffer, so their handle moves into a socket that has one. */
const withBuffer = (accepted: Socket, intake: RecycledIntake): Socket | undefined => {
  const husk = accepted as Socket & { _handle: unknown };
  const handle = husk._handle;
  if (handle === null || handle === undefined) return undefined;
  husk._handle = null;
  husk.on('error', () => undefined);
  husk.destroy();
  const options: BufferedSocketOptions = {
    handle,
    allowHalfOpen: true,
    pauseOnCreate: true,
    onread: intake.onread,
  };
  return new Socket(options);
};

class TcpTransport implements Transport {
  readonly name = 'tcp';
  readonly #options: TcpTransportOptions;
  readonly #clock: Clock;

  constructor(options: TcpTransportOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async connect(
    to: Endpoint,
    options?: ConnectOptions,
  ): Promise<Either<TransportError, Connection>> {
    const intake = new RecycledIntake();
    const buffered: BufferedSocketOptions = { allowHalfOpen: true, onread: intake.onread };
    const socket = new Socket(buffered);
    // Before connecting: a connected socket that is not paused starts to read by itself.
    socket.pause();
    const { localAddress } = this.#options;
    socket.connect({
      host: to.host,
      port: to.port,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    const result = await dialled(socket, {
      clock: this.#clock,
      to,
      timeoutMs: options?.timeoutMs ?? this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      waitingFor: 'the connection',
      options,
      event: 'connect',
      toError: socketError,
    });
    if (isLeft(result)) return result;
    return right(this.#connection(socket, intake, to));
  }

  async listen(at: Endpoint): Promise<Either<TransportError, Listener>> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const bound = await listenOn(server, at, this.#options.backlog ?? LISTEN_BACKLOG);
    if (isLeft(bound)) return bound;
    server.on('connection', (accepted: Socket) => {
      const intake = new RecycledIntake();
      const socket = withBuffer(accepted, intake);
      if (socket === undefined) return;
      bound.right.accept(this.#connection(socket, intake, remoteEndpoint(socket)));
    });
    return bound;
  }

  #connection(socket: Socket, intake: RecycledIntake, remote: Endpoint): SocketConnection {
    // "SO_KEEPALIVE on; TCP_NODELAY on for inbound, on for outbound within the DC" (spec §1.6).
    socket.setKeepAlive(true);
    socket.setNoDelay(this.#options.noDelay ?? true);
    const local = localEndpoint(socket);
    return new SocketConnection(socket, {
      local,
      remote,
      secure: false,
      intake,
      toError: socketError,
    });
  }
}

/** TCP on this machine's network. Errors name the peer as `address:port`. */
export const tcpTransport = (options: TcpTransportOptions = {}): Transport =>
  new TcpTransport(options);
