// Control plane. A Listener over a Node server. Made by the TCP and TLS transports. Owns the listening socket, not the connections.
import type { Server } from 'node:net';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type Observable, Subject } from 'rxjs';
import type { Connection, Listener } from '../connection.ts';
import type { TransportError } from '../errors.ts';
import { listenError } from './node-errors.ts';

/** See {@link Listener}. */
export class SocketListener implements Listener {
  readonly endpoint: Endpoint;
  readonly connections$: Observable<Connection>;
  readonly #connections = new Subject<Connection>();
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  constructor(server: Server, endpoint: Endpoint) {
    this.#server = server;
    this.endpoint = endpoint;
    this.connections$ = this.#connections.asObservable();
  }

  /** Hands a connection to whoever is subscribed; without anybody it is destroyed. */
  accept(connection: Connection): void {
    if (this.#connections.observed) this.#connections.next(connection);
    else connection.destroy();
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      // The server's own 'close' waits for accepted sockets; the port is free as soon as its handle is closed, one turn later.
      this.#server.close();
      setImmediate(() => {
        this.#connections.complete();
        resolve();
      });
    });
    return this.#closing;
  }
}

/** Binds the server. Left: SCM_NET_LISTEN. */
export const listenOn = (
  server: Server,
  at: Endpoint,
  backlog: number,
): Promise<Either<TransportError, SocketListener>> =>
  new Promise((resolve) => {
    const onError = (error: Error): void => resolve(left(listenError(endpointText(at), error)));
    server.once('error', onError);
    server.listen({ host: at.host, port: at.port, backlog }, () => {
      server.removeListener('error', onError);
      // An accept(2) that fails (no descriptors left) costs that connection only.
      server.on('error', () => undefined);
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : at.port;
      resolve(right(new SocketListener(server, { host: at.host, port })));
    });
  });
