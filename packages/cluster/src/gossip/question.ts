// Control plane. What a gossip exchange is asked and what it needs. Called by ask-gossip.ts and exchange.ts. Holds types only.
import type { Partitioner } from '@scamander/ring';
import type { Clock } from '@scamander/throttle';
import type { Transport } from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';

/** What an exchange needs of its surroundings. */
export interface GossipParts {
  /** Plain or TLS, as the cluster's storage port demands; it dials and it listens. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** Wall clock in milliseconds since the epoch: nodes drop messages that look old. */
  readonly unixMs: () => number;
  /** In [0, 1): makes the message id. */
  readonly random: () => number;
}

/** Whom to ask, and as what. */
export interface GossipQuestion {
  /** Storage address and port. */
  readonly node: Endpoint;
  /** Our address for the node's answer; it must be able to reach it. @default the local address of our connection to it */
  readonly listenHost?: string;
  /** The address and port the node is told to dial, where they are not those we listen on (NAT, containers). @default where we listen */
  readonly announce?: Endpoint;
  /** Our port for the node's answer. @default a free one */
  readonly listenPort?: number;
  /** From `system.local`; another one is silently ignored by the node. */
  readonly clusterName: string;
  /** From `system.local`; another one is silently ignored by the node. */
  readonly partitioner: Partitioner;
  /** For the whole exchange. @default 5000 */
  readonly timeoutMs?: number;
}
