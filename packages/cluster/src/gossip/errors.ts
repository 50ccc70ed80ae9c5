// Control plane. Why a node's view of its cluster could not be had by gossip. Called by askGossip and by whoever reports.
import type { TransportErrorType } from '@scamander/transport';

/** Which wait of the exchange ran out. */
export type GossipWaitingFor = 'connection' | 'handshake' | 'dialling back' | 'GOSSIP_DIGEST_ACK';

/** What went wrong; `node` is endpoint text. */
export type GossipErrorType =
  | {
      readonly code: 'SCM_GOSSIP_UNREACHABLE';
      readonly node: string;
      readonly cause: TransportErrorType;
      readonly reason: string;
    }
  | { readonly code: 'SCM_GOSSIP_LISTEN'; readonly node: string; readonly reason: string }
  | {
      readonly code: 'SCM_GOSSIP_TIMEOUT';
      readonly node: string;
      readonly waitingFor: GossipWaitingFor;
      readonly afterMs: number;
      readonly hint: string;
    }
  | { readonly code: 'SCM_GOSSIP_VERSION'; readonly node: string; readonly reason: string }
  | { readonly code: 'SCM_GOSSIP_CLOSED'; readonly node: string; readonly during: string }
  | { readonly code: 'SCM_GOSSIP_PROTOCOL'; readonly node: string; readonly reason: string }
  | { readonly code: 'SCM_GOSSIP_STARTING'; readonly node: string };

/** One sentence for people. */
export const gossipErrorMessage = (error: GossipErrorType): string => {
  switch (error.code) {
    case 'SCM_GOSSIP_UNREACHABLE':
      return `${error.node} can't be asked by gossip: ${error.reason}`;
    case 'SCM_GOSSIP_LISTEN':
      return `can't listen for the gossip answer of ${error.node}: ${error.reason}`;
    case 'SCM_GOSSIP_TIMEOUT':
      return `${error.node} did not answer by gossip within ${error.afterMs} ms (waiting for ${error.waitingFor}); ${error.hint}`;
    case 'SCM_GOSSIP_VERSION':
      return `no common messaging version with ${error.node}: ${error.reason}`;
    case 'SCM_GOSSIP_CLOSED':
      return `${error.node} closed the connection during ${error.during}`;
    case 'SCM_GOSSIP_PROTOCOL':
      return `${error.node} answered with something that is not gossip: ${error.reason}`;
    case 'SCM_GOSSIP_STARTING':
      return `${error.node} is still starting and knows nothing yet; ask another node`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link GossipErrorType}. */
export class GossipError extends Error {
  override readonly name = 'GossipError';
  readonly code: GossipErrorType['code'];
  readonly detail: GossipErrorType;

  constructor(detail: GossipErrorType, options?: ErrorOptions) {
    super(gossipErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
