// Control plane. Asks one node, as an outsider, for all it knows of its cluster: one SYN without digests, one ACK (spec: gossip §5).
// Called by the front door before a load, since CQL does not list nodes that join or move. Leaves nothing open and no trace at the node.
import type { Either } from 'fp-ts/lib/Either.js';
import { GOSSIP_TIMEOUT_MS } from '../limits.ts';
import type { GossipError } from './errors.ts';
import { GossipExchange } from './exchange.ts';
import type { GossipState } from './gossip-state.ts';
import type { GossipParts, GossipQuestion } from './question.ts';

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
