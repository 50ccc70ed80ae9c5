// Control plane. Asks one node, as an outsider, for all it knows of its cluster: one SYN without digests, one ACK (spec: gossip §5).
// Called by the front door before a load, since CQL does not list nodes that join or move. Leaves nothing open and no trace at the node.
import type { Partitioner } from '@scamander/ring';
import type { Clock } from '@scamander/throttle';
import type { Transport } from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import type { Either } from 'fp-ts/lib/Either.js';
import { GOSSIP_TIMEOUT_MS } from '../limits.ts';
import type { GossipError } from './errors.ts';
import { GossipExchange } from './exchange.ts';
import type { GossipState } from './gossip-state.ts';

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
  /** From `system.local`; another one is silently ignored by the node. */
  readonly clusterName: string;
  /** From `system.local`; another one is silently ignored by the node. */
  readonly partitioner: Partitioner;
  /** For the whole exchange. @default 5000 */
  readonly timeoutMs?: number;
}

/**
 * All endpoint states the node knows, its own included. Left: `SCM_GOSSIP_UNREACHABLE`, `SCM_GOSSIP_LISTEN`,
 * `SCM_GOSSIP_TIMEOUT` (silence is also what a wrong cluster name, disabled gossip or an unreachable listener look like),
 * `SCM_GOSSIP_VERSION`, `SCM_GOSSIP_CLOSED`, `SCM_GOSSIP_PROTOCOL`, `SCM_GOSSIP_STARTING`.
 */
export const askGossip = (
  parts: GossipParts,
  question: GossipQuestion,
): Promise<Either<GossipError, readonly GossipState[]>> =>
  new GossipExchange(parts, question, question.timeoutMs ?? GOSSIP_TIMEOUT_MS).run();
