// Control plane. A node as the ring sees it. Called by everything that places replicas; cluster makes them. Types and two helpers.
import type { Token } from './token.ts';

/** Address and storage port; the same shape as the wire's endpoint, which lives in a higher layer. */
export interface RingEndpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * - `normal`: owns its tokens;
 * - `leaving`: owns them and hands them over (decommission, removenode);
 * - `moving`: owns its token, will own `newToken`;
 * - `joining`: owns nothing yet, will own its tokens (bootstrap, or in place of `replacing`).
 */
export type RingNodeStatus = 'normal' | 'leaving' | 'moving' | 'joining';

/** One node (spec: planning §3, gossip §3.1). */
export interface RingNode {
  readonly endpoint: RingEndpoint;
  readonly hostId: string | undefined;
  readonly dc: string;
  readonly rack: string;
  /** Owned tokens; of a joining node the tokens it will own. */
  readonly tokens: readonly Token[];
  readonly status: RingNodeStatus;
  /** Where a moving node goes. */
  readonly newToken?: Token;
  /** Whose place a joining node takes. */
  readonly replacing?: RingEndpoint;
  /** False when the cluster holds it for down; undefined when nobody said. */
  readonly alive: boolean | undefined;
}

/** `10.0.0.9:7000`, `[::1]:7000`; the key under which nodes are compared. */
export const ringEndpointText = ({ host, port }: RingEndpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Owns tokens now: normal, leaving or moving (spec: planning §3 rule 6). */
export const isMember = (node: RingNode): boolean => node.status !== 'joining';
