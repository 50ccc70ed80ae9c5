// Control plane. What a plan and a manager are built from. Called by whoever composes a program. Holds types only.
import type { Clock, Limiter } from '@scamander/throttle';
import type { Transport } from '@scamander/transport';
import type { Endpoint, WireContext } from '@scamander/wire-codec';
import type { IncomingFiles, OutgoingFiles } from './ports.ts';
import type { SessionRegistry } from './session-registry.ts';

/** The tree of limiters, or a part of it. */
export interface Throttle {
  /** The limiter of one transfer: whole SSTables have their own, and so have other datacenters (spec: streaming-4.0-plus §7). */
  limiterFor(kind: { readonly entire: boolean; readonly interDc: boolean }): Limiter;
}

/** Everything a stream needs from outside. */
export interface StreamParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly throttle: Throttle;
  /** The cluster's partitioner: tokens on the wire do not name theirs. */
  readonly partitioner: WireContext['partitioner'];
  /** What we call ourselves: STREAM_INIT.from, and the sender of every STREAM. Must not be a peer's own address (spec §2.5). */
  readonly localEndpoint: Endpoint;
  /** Numbers in [0, 1), for plan ids. */
  readonly random: () => number;
  /** Wall clock, for plan ids. */
  readonly unixMs: () => number;
  /** Where received files go. Without it every announced file refuses the session. */
  readonly incoming?: IncomingFiles;
  /** Who answers requests of peers. Without it every request refuses the session. */
  readonly outgoing?: OutgoingFiles;
  /** Chooses the inter-datacenter limiters. @default never */
  readonly interDc?: (peer: Endpoint) => boolean;
  /**
   * Finds sessions for connections that come in. A plan that requests files needs the same registry as the StreamManager that
   * accepts its peers' connections.
   */
  readonly sessions?: SessionRegistry;
}
