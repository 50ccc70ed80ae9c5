// Control plane. TLS over node:tls on the storage port (spec: streaming-4.0-plus §1.1): no STARTTLS, no ALPN, PEM text in. Called by
// whoever composes a program. Leaves everything after the handshake of TLS to SocketConnection.
import { isIP, type Server, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createServer,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import { type Clock, systemClock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Connection, ConnectOptions, Listener, Transport } from '../connection.ts';
import type { TransportError } from '../errors.ts';
import { CONNECT_TIMEOUT_MS, LISTEN_BACKLOG } from '../limits.ts';
import { dialled } from './dialling.ts';
import { BufferedIntake } from './intake.ts';
import { listenError } from './node-errors.ts';
import { SlabIntake } from './slab-intake.ts';
import { SocketConnection } from './socket-connection.ts';
import { localEndpoint, remoteEndpoint } from './socket-endpoints.ts';
import { listenOn } from './socket-listener.ts';
import { tlsAcceptError, tlsDialError, tlsError } from './tls-errors.ts';

/** Options of {@link tlsTransport}. Certificates and keys are PEM text. */
export interface TlsTransportOptions {
  /** Certificates that may sign the peer's. @default Node's own list */
  readonly ca?: string | readonly string[];
  /** Our certificate, with its chain: needed to listen, and where the peer demands a client certificate. */
  readonly cert?: string;
  /** The key of `cert`. */
  readonly key?: string;
  /** Passphrase of `key`. */
  readonly passphrase?: string;
  /** The name to ask for (SNI) and to find in the peer's certificate. @default the host that is dialled */
  readonly serverName?: string;
  /** False: any name in a trusted certificate will do, as `require_endpoint_verification: false`. @default true */
  readonly checkServerName?: boolean;
  /** Accepts any certificate of a server that we dial. @default false */
  readonly insecure?: boolean;
  /** Listening: refuses clients without a certificate signed by `ca`, as `require_client_auth`. @default false */
  readonly requireClientCertificate?: boolean;
  /** @default 'TLSv1.2' */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Listening: told of each client that did not get through the TLS handshake. */
  readonly onRejected?: (error: TransportError) => void;
  /** For the time limits. @default the system's */
  readonly clock?: Clock;
  /** How long a dial, TLS handshake included, may take when the call does not say. @default 2000 */
  readonly connectTimeoutMs?: number;
  /** How long a client may take for the TLS handshake. @default 10000 */
  readonly acceptTimeoutMs?: number;
  /** Connections that wait to be accepted. @default 512 */
  readonly backlog?: number;
}

const ACCEPT_TIMEOUT_MS = 10_000;

class TlsTransport implements Transport {
  readonly name = 'tls';
  readonly #options: TlsTransportOptions;
  readonly #clock: Clock;

  constructor(options: TlsTransportOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  #identity(): {
    ca?: string | string[];
    cert?: string;
    key?: string;
    passphrase?: string;
    minVersion: 'TLSv1.2' | 'TLSv1.3';
  } {
    const { ca, cert, key, passphrase, minVersion } = this.#options;
    return {
      ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      minVersion: minVersion ?? 'TLSv1.2',
    };
  }

  #dial(to: Endpoint): TLSSocket {
    const { serverName, insecure, checkServerName } = this.#options;
    const name = serverName ?? to.host;
    const options: ConnectionOptions & { readonly allowHalfOpen: boolean } = {
      host: to.host,
      port: to.port,
      allowHalfOpen: true,
      rejectUnauthorized: insecure !== true,
      // An address can't stand in SNI (RFC 6066 §3), but it can stand in the certificate.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      checkServerIdentity: (_, certificate) =>
        checkServerName === false ? undefined : checkServerIdentity(name, certificate),
      ...this.#identity(),
    };
    return tlsConnect(options);
  }

  async connect(
    to: Endpoint,
    options?: ConnectOptions,
  ): Promise<Either<TransportError, Connection>> {
    let socket: TLSSocket;
    try {
      socket = this.#dial(to);
    } catch (error) {
      return left(tlsError('client')(endpointText(to), error));
    }
    const result = await dialled(socket, {
      clock: this.#clock,
      to,
      timeoutMs: options?.timeoutMs ?? this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      waitingFor: 'the connection and the TLS handshake',
      options,
      event: 'secureConnect',
      toError: tlsDialError,
    });
    if (isLeft(result)) return result;
    return right(this.#connection(socket, to, 'client'));
  }

  #server(): Server {
    const { requireClientCertificate, acceptTimeoutMs } = this.#options;
    // Half-open comes only after the TLS handshake: a client that hangs up inside it must not linger until the timeout.
    return createServer({
      allowHalfOpen: false,
      requestCert: requireClientCertificate === true,
      rejectUnauthorized: requireClientCertificate === true,
      handshakeTimeout: acceptTimeoutMs ?? ACCEPT_TIMEOUT_MS,
      ...this.#identity(),
    });
  }

  async listen(at: Endpoint): Promise<Either<TransportError, Listener>> {
    let server: Server;
    try {
      server = this.#server();
    } catch (error) {
      return left(listenError(endpointText(at), error));
    }
    const bound = await listenOn(server, at, this.#options.backlog ?? LISTEN_BACKLOG);
    if (isLeft(bound)) return bound;
    server.on('secureConnection', (socket: TLSSocket) => {
      socket.allowHalfOpen = true;
      bound.right.accept(this.#connection(socket, remoteEndpoint(socket), 'server'));
    });
    // Asked while it is connected, the raw socket remembers its peer.
    server.on('connection', (raw: Socket) => raw.remoteAddress);
    server.on('tlsClientError', (error: Error, socket: Socket & { _parent?: Socket }) => {
      const peer = endpointText(remoteEndpoint(socket._parent ?? socket));
      socket.on('error', () => undefined);
      socket.destroy();
      this.#options.onRejected?.(tlsAcceptError(peer, error));
    });
    return bound;
  }

  #connection(socket: TLSSocket, remote: Endpoint, side: 'client' | 'server'): SocketConnection {
    socket.setKeepAlive(true);
    socket.setNoDelay(true);
    return new SocketConnection(socket, {
      local: localEndpoint(socket),
      remote,
      secure: true,
      intake:
        (side === 'server' ? SlabIntake.attach(socket) : undefined) ?? new BufferedIntake(socket),
      toError: tlsError(side),
    });
  }
}

/**
 * TLS on this machine's network. Its connections have no `kernel`. Failures are SCM_NET_TLS with a `problem`; a peer that wants a client
 * certificate may say so only at the first read(), since with TLS 1.3 its alert follows the handshake (spec §1.1).
 */
export const tlsTransport = (options: TlsTransportOptions = {}): Transport =>
  new TlsTransport(options);
