// Control plane. Dials the peer of one session, for its control and file connections (spec: streaming-4.0-plus §6.2). Called by the session
// runtime. What it dials belongs to the caller.
import { type Connection, dialStreaming, type Transport } from '@scamander/transport';
import type { Endpoint, StreamingVersion, VersionRange } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { StreamErrorType } from '../errors.ts';
import { dialCause } from './causes.ts';
import type { SessionLink } from './session-link.ts';

/** A connection after its handshake. */
export interface Dialled {
  readonly connection: Connection;
  readonly version: StreamingVersion;
}

/** Dials until stopped. */
export class SessionDialer {
  readonly #link: SessionLink;
  readonly #transport: Transport;
  readonly #addressMap: (peer: Endpoint) => Endpoint;
  readonly #abort = new AbortController();

  constructor(link: SessionLink, transport: Transport, addressMap: (peer: Endpoint) => Endpoint) {
    this.#link = link;
    this.#transport = transport;
    this.#addressMap = addressMap;
  }

  /** Connects and agrees on a version out of the range. Never rejects. */
  async dial(versions: VersionRange): Promise<Dialled | StreamErrorType> {
    const { identity, timeouts, clock, peer } = this.#link;
    const dialled = await dialStreaming(
      { transport: this.#transport, clock },
      {
        to: this.#addressMap(identity.peer),
        from: identity.local,
        versions,
        connectTimeoutMs: timeouts.connectMs,
        handshakeTimeoutMs: timeouts.handshakeMs,
        signal: this.#abort.signal,
      },
    );
    return isLeft(dialled) ? dialCause(dialled.left.detail, peer) : dialled.right;
  }

  /** Gives up every dial under way. */
  stop(): void {
    this.#abort.abort();
  }
}
