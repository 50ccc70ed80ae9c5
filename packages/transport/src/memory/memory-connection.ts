// Data plane. A Connection over two in-memory pipes. Made by MemoryNetwork, in pairs. Keeps the rules of TCP: half close, a reset when the
// peer cuts with that reason, writes that fail once the peer is gone.
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { Connection, ConnectionClosed } from '../connection.ts';
import { TransportError } from '../errors.ts';
import type { MemoryPipe } from './memory-pipe.ts';

/** See {@link Connection}. */
export class MemoryConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly secure = false;
  readonly closed: Promise<ConnectionClosed>;
  readonly #incoming: MemoryPipe;
  readonly #outgoing: MemoryPipe;
  readonly #peer: string;
  readonly #given: Uint8Array[] = [];
  #resolveClosed: (closed: ConnectionClosed) => void = () => undefined;
  /** Set when the pair is made: the other end of both pipes. */
  #other: MemoryConnection | undefined;
  #reading = false;
  #writing = false;
  #ended = false;
  #peerEnded = false;
  #over = false;
  #failure: TransportError | undefined;
  #bytesRead = 0;
  #bytesWritten = 0;

  constructor(
    ends: { readonly local: Endpoint; readonly remote: Endpoint },
    pipes: { readonly incoming: MemoryPipe; readonly outgoing: MemoryPipe },
  ) {
    this.local = ends.local;
    this.remote = ends.remote;
    this.#peer = endpointText(ends.remote);
    this.#incoming = pipes.incoming;
    this.#outgoing = pipes.outgoing;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#incoming.onDrained = () => {
      this.#peerEnded = true;
      this.#closeWhenOver();
    };
  }

  /** Makes the two ends of one connection know each other. */
  static join(a: MemoryConnection, b: MemoryConnection): void {
    a.#other = b;
    b.#other = a;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#reading) throw new Error('a read() is outstanding');
    const given = this.#given.pop();
    if (given === undefined && this.#failure !== undefined) throw this.#failure;
    if (given === undefined && this.#peerEnded) return null;
    this.#reading = true;
    try {
      const bytes = given ?? (await this.#incoming.read());
      this.#bytesRead += bytes?.length ?? 0;
      return bytes;
    } finally {
      this.#reading = false;
    }
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#reading) throw new Error('unread() during a read()');
    this.#given.push(bytes);
    this.#bytesRead -= bytes.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#writing) throw new Error('a write() is outstanding');
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) throw this.#closedWhile('writing after the end');
    if (bytes.length === 0) return;
    this.#writing = true;
    try {
      await this.#outgoing.write(bytes);
      this.#bytesWritten += bytes.length;
    } finally {
      this.#writing = false;
    }
  }

  async end(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#writing) throw new Error('end() during a write()');
    if (this.#ended) return;
    this.#ended = true;
    this.#outgoing.end();
    this.#closeWhenOver();
  }

  destroy(reason?: TransportError): void {
    if (this.#over) return;
    const orderly = reason?.code !== 'SCM_NET_RESET';
    this.#other?.onPeerGone(orderly);
    this.#finish(
      reason ?? new TransportError({ code: 'SCM_NET_ABORTED', peer: this.#peer }),
      reason,
    );
  }

  /** The other end was destroyed. With TCP an orderly end is seen as an end by the reader and as an error by the writer. */
  onPeerGone(orderly: boolean): void {
    if (orderly) {
      this.#incoming.end();
      this.#outgoing.failWriter(this.#closedWhile('writing'));
    } else if (!this.#over) {
      const reset = new TransportError({ code: 'SCM_NET_RESET', peer: this.#peer });
      this.#finish(reset, reset);
    }
  }

  #closedWhile(what: string): TransportError {
    return new TransportError({ code: 'SCM_NET_CLOSED', peer: this.#peer, while: what });
  }

  #closeWhenOver(): void {
    if (!this.#ended || !this.#peerEnded || this.#over) return;
    this.#over = true;
    this.#resolveClosed({ error: undefined });
  }

  #finish(failure: TransportError, told: TransportError | undefined): void {
    this.#over = true;
    this.#failure = failure;
    this.#given.length = 0;
    this.#incoming.failReader(failure);
    this.#outgoing.failWriter(failure);
    this.#resolveClosed({ error: told });
  }
}
