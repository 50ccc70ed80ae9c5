// Control plane, except Connection.read/write, which the data plane calls in its loop. The whole seam between sessions and networks:
// whoever implements Transport, Listener and Connection, and passes the compliance suite, can carry streams. Holds types only.
import type { Endpoint } from '@scamander/wire-codec';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { TransportError } from './errors.ts';

/** Options of one dial. */
export interface ConnectOptions {
  /** How long the connection (with TLS: and its handshake) may take. @default 2000, as Cassandra's internode_tcp_connect_timeout */
  readonly timeoutMs?: number;
  /** Gives up dialling. */
  readonly signal?: AbortSignal;
}

/** A network: can dial and listen. */
export interface Transport {
  /** For messages: `tcp`, `tls`, `memory`, `faulty(tcp)`. */
  readonly name: string;
  connect(to: Endpoint, options?: ConnectOptions): Promise<Either<TransportError, Connection>>;
  /** Port 0 picks a free one; {@link Listener.endpoint} tells which. */
  listen(at: Endpoint): Promise<Either<TransportError, Listener>>;
}

/** Accepts connections until closed. */
export interface Listener {
  readonly endpoint: Endpoint;
  /** Hot. Completes on close(). A connection that nobody is subscribed for is destroyed. */
  readonly connections$: Observable<Connection>;
  /** Stops accepting; accepted connections stay as they are. */
  close(): Promise<void>;
}

/** Why a connection is no more. `error` is absent after an orderly end by both sides or a local destroy() without reason. */
export interface ConnectionClosed {
  readonly error: TransportError | undefined;
}

/** A two-way byte stream by pull. Not more than one read() and one write() may be outstanding. */
export interface Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** True over TLS. */
  readonly secure: boolean;
  /** Bytes taken by read() (or by the kernel path) so far; unread() subtracts. */
  readonly bytesRead: number;
  /** Bytes given to write() (or sent by the kernel path) so far. */
  readonly bytesWritten: number;
  /**
   * The next bytes, at least one; `null` when the peer ended its side. The view is valid until the next read().
   * Nothing is read from the network while nobody asks: that is the back-pressure. Rejects with a {@link TransportError}.
   */
  read(): Promise<Uint8Array | null>;
  /** Gives bytes back: the next read() returns them first. The view must stay untouched until then. */
  unread(bytes: Uint8Array): void;
  /** Resolves when the bytes may be reused and more may be given. Rejects with a {@link TransportError}. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our side in order, after what was written. The other direction stays open. */
  end(): Promise<void>;
  /**
   * Cuts both directions at once and releases everything; pending calls reject. Safe to call twice. A reason with the code
   * SCM_NET_RESET lets the peer see a reset instead of an end, where the network can tell them apart.
   */
  destroy(reason?: TransportError): void;
  /** Resolves once, when both directions are over. Never rejects. */
  readonly closed: Promise<ConnectionClosed>;
  /**
   * Present where the kernel may move file bytes by itself (plain TCP on a descriptor of this process): hands out the
   * descriptor for one transfer at a time. Absent everywhere else, and then the recycled-buffer path serves.
   */
  readonly kernel?: KernelAccess;
}

/** Borrowing the descriptor of a connection. */
export interface KernelAccess {
  /**
   * Lends the descriptor for one direction (both when not said) and keeps Node from using that direction. Throws when the direction
   * is lent already or a call on it is outstanding. Give it back with release() as soon as `revoked` fires: the descriptor stays
   * open until then.
   */
  borrow(direction?: 'read' | 'write'): KernelLoan;
}

/** A lent descriptor. */
export interface KernelLoan {
  readonly fd: number;
  /** Bytes that already left the kernel and come first on the reading side; empty when lent for writing. Taken: they count as read. */
  readonly buffered: Uint8Array;
  /** Fires when the connection was destroyed meanwhile; its reason is a {@link TransportError}. */
  readonly revoked: AbortSignal;
  /** Once; with the numbers of bytes the kernel moved. */
  release(moved: { readonly read: number; readonly written: number }): void;
}
