// Data plane. A Connection over a Node socket by pull. Made by the TCP and TLS transports; the handshake, sessions and the data path call
// it. Keeps one outstanding read and one outstanding write, and nothing else in memory than the intake's buffer.
import type { Socket } from 'node:net';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { Connection, ConnectionClosed, KernelAccess } from '../connection.ts';
import { TransportError } from '../errors.ts';
import type { Intake } from './intake.ts';
import { type Direction, KernelLoans } from './kernel-loans.ts';

/** What a transport knows of a socket. */
export interface SocketFacts {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly secure: boolean;
  readonly intake: Intake;
  /** Names the failure. */
  readonly toError: (peer: string, error: unknown) => TransportError;
}

type PendingRead = {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (error: Error) => void;
};

type Destroy = (error: Error | null, done: (error?: Error | null) => void) => void;

const NOTHING = new Uint8Array(0);
const BOTH: readonly Direction[] = ['read', 'write'];

const descriptorOf = (socket: Socket): number | undefined => {
  const handle = (socket as { _handle?: { fd?: unknown } | null })._handle;
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined;
};

/** See {@link Connection}. */
export class SocketConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly secure: boolean;
  readonly closed: Promise<ConnectionClosed>;
  readonly kernel?: KernelAccess;
  readonly #socket: Socket;
  readonly #intake: Intake;
  readonly #peer: string;
  readonly #toError: SocketFacts['toError'];
  readonly #loans = new KernelLoans();
  /** Bytes given back; the last one comes first. */
  readonly #given: Uint8Array[] = [];
  #reading: PendingRead | undefined;
  #writing = false;
  #peerEnded = false;
  /** Destroyed by us without saying why: that is an orderly end to `closed`. */
  #withoutReason = false;
  #failure: TransportError | undefined;
  #bytesRead = 0;
  #bytesWritten = 0;

  constructor(socket: Socket, facts: SocketFacts) {
    this.#socket = socket;
    this.#intake = facts.intake;
    this.#toError = facts.toError;
    this.local = facts.local;
    this.remote = facts.remote;
    this.secure = facts.secure;
    this.#peer = endpointText(facts.remote);
    facts.intake.deliver = (bytes) => this.#deliver(bytes);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve({ error: this.#onClose() }));
    });
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#fail(this.#toError(this.#peer, error)));
    if (facts.intake.exact && descriptorOf(socket) !== undefined) {
      this.kernel = { borrow: (direction) => this.#lend(direction) };
      this.#deferDestruction();
    }
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  read(): Promise<Uint8Array | null> {
    if (this.#reading !== undefined) throw new Error('a read() is outstanding');
    if (this.#loans.has('read')) throw new Error('the descriptor is lent for reading');
    const given = this.#given.pop();
    if (given !== undefined) {
      this.#bytesRead += given.length;
      return Promise.resolve(given);
    }
    if (this.#peerEnded && !this.#intake.hasBytes) return Promise.resolve(null);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#intake.want(this.#socket);
    });
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#reading !== undefined) throw new Error('unread() during a read()');
    this.#given.push(bytes);
    this.#bytesRead -= bytes.length;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#writing) throw new Error('a write() is outstanding');
    if (this.#loans.has('write')) throw new Error('the descriptor is lent for writing');
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (bytes.length === 0) return Promise.resolve();
    this.#writing = true;
    return new Promise((resolve, reject) => {
      // The callback comes when the kernel has taken every byte: only then may the caller reuse them.
      this.#socket.write(bytes, (error) => {
        this.#writing = false;
        // A write that waits when the socket is destroyed is called back without an error.
        if (this.#failure !== undefined) return reject(this.#failure);
        if (error) return reject(this.#toError(this.#peer, error));
        this.#bytesWritten += bytes.length;
        resolve();
      });
    });
  }

  end(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#socket.writableFinished) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#socket.end((error?: Error | null) => {
        if (error) reject(this.#failure ?? this.#toError(this.#peer, error));
        else resolve();
      });
    });
  }

  destroy(reason?: TransportError): void {
    if (this.#socket.destroyed) return;
    this.#given.length = 0;
    this.#peerEnded = false;
    this.#withoutReason = reason === undefined && this.#failure === undefined;
    this.#fail(reason ?? new TransportError({ code: 'SCM_NET_ABORTED', peer: this.#peer }));
    if (reason?.code === 'SCM_NET_RESET' && !this.secure) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #deliver(bytes: Uint8Array): void {
    const waiting = this.#reading;
    if (waiting === undefined) throw new Error('bytes arrived that nobody asked for');
    this.#reading = undefined;
    this.#bytesRead += bytes.length;
    waiting.resolve(bytes);
  }

  #onEnd(): void {
    this.#peerEnded = true;
    if (this.#intake.hasBytes) return;
    const waiting = this.#reading;
    this.#reading = undefined;
    waiting?.resolve(null);
  }

  #fail(error: TransportError): void {
    this.#failure ??= error;
    const waiting = this.#reading;
    this.#reading = undefined;
    waiting?.reject(this.#failure);
  }

  #onClose(): TransportError | undefined {
    const error = this.#withoutReason ? undefined : this.#failure;
    this.#fail(
      new TransportError({ code: 'SCM_NET_CLOSED', peer: this.#peer, while: 'already over' }),
    );
    return error;
  }

  #lend(direction?: Direction): ReturnType<KernelAccess['borrow']> {
    const directions = direction === undefined ? BOTH : [direction];
    if (directions.includes('read') && this.#reading !== undefined)
      throw new Error('a read() is outstanding');
    if (directions.includes('write') && this.#writing) throw new Error('a write() is outstanding');
    if (this.#failure !== undefined) throw this.#failure;
    const fd = descriptorOf(this.#socket);
    if (fd === undefined) throw new Error('the socket has no descriptor any more');
    const buffered = directions.includes('read') ? this.#takeGiven() : NOTHING;
    return this.#loans.lend(fd, directions, buffered, (moved) => {
      this.#bytesRead += moved.read;
      this.#bytesWritten += moved.written;
    });
  }

  #takeGiven(): Uint8Array {
    const pieces = this.#given.splice(0).reverse();
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    this.#bytesRead += bytes.length;
    return bytes;
  }

  /** Whoever destroys the socket (we, or Node after an error), its descriptor is closed only when no borrower has it. */
  #deferDestruction(): void {
    const socket = this.#socket as Socket & { _destroy: Destroy };
    const destroyNow = socket._destroy.bind(socket) as Destroy;
    socket._destroy = (error, done) => {
      const reason =
        this.#failure ??
        (error === null
          ? new TransportError({ code: 'SCM_NET_ABORTED', peer: this.#peer })
          : this.#toError(this.#peer, error));
      this.#loans.reclaim(reason, () => destroyNow(error, done));
    };
  }
}
