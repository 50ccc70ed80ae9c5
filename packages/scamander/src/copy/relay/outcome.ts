// Control plane. What became of one file at one replica. Made by the relay of the file; read by the unit it belongs to, which writes it down.
import { isSessionOver, type SessionSnapshot, streamErrorMessage } from '@scamander/session';
import { endpointText } from '@scamander/wire-codec';
import type { DeliveryStatus } from '../../receipt/receipt.ts';
import type { RelayReplica } from './passage.ts';

/** One file at one replica. */
export interface RelayOutcome {
  /** Names the file in receipts. */
  readonly file: string;
  readonly replica: RelayReplica;
  readonly mode: 'entire' | 'sections';
  readonly modeReason: string | undefined;
  readonly status: DeliveryStatus;
  readonly reason: string | undefined;
  /** On the wire, to this replica. */
  readonly bytes: number;
  readonly planId: string | undefined;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
}

/** What a session's end means for its only file. */
export const sessionVerdict = (
  session: SessionSnapshot | undefined,
): { readonly status: DeliveryStatus; readonly reason: string | undefined } => {
  if (session === undefined) return { status: 'failed', reason: 'no session was opened' };
  if (session.state === 'COMPLETE') return { status: 'acknowledged', reason: undefined };
  const { error, state, outcome } = session;
  const reason =
    error === undefined ? `the session ended in state ${state}` : streamErrorMessage(error);
  if (!isSessionOver(session) || outcome === 'unknown') return { status: 'unknown', reason };
  return { status: outcome === 'applied' ? 'acknowledged' : 'failed', reason };
};

/** Why replicas miss a file, one after the other. */
export const failuresText = (outcomes: readonly RelayOutcome[]): string =>
  outcomes
    .filter(({ status }) => status !== 'acknowledged')
    .map(({ replica, reason }) => `${endpointText(replica.node.endpoint)}: ${reason ?? 'failed'}`)
    .join('; ');
