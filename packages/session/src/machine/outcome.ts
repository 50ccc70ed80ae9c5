// Control plane. What may still be true of the data when a session ends. Called by failing.ts and completion.ts. Pure.
//
// The rule (spec: streaming-4.0-plus §5.3), on the careful side everywhere:
// - What we send: the peer applies a table once it has every file of it. While each table has a file whose last byte has surely not
//   left, nothing can be applied. As soon as the last byte of all files of any table may have left, the verdict is 'unknown', also
//   after SESSION_FAILED and timeouts: nodes apply data of sessions they call failed. COMPLETE makes it 'applied'.
// - What we receive: 'nothing-applied' while no table is committed or being committed here, 'applied' when all are, else 'unknown'.
// - A follower that sent files never learns that they were applied (RECEIVED is not durability): 'unknown', also in COMPLETE.
// - Both directions: the common verdict, or 'unknown' where they differ.
import type { Outcome } from '../events.ts';
import type { Session } from './model.ts';

const sentOutcome = (session: Session): Outcome | undefined => {
  if (session.sending.files.length === 0 || session.identity.previewKind !== 'NONE')
    return undefined;
  if (session.completeReceived) return 'applied';
  for (const keptBack of session.sending.keptBack.values()) if (keptBack === 0) return 'unknown';
  return 'nothing-applied';
};

const receivedOutcome = (session: Session): Outcome | undefined => {
  const tables = [...session.receiving.tables.values()];
  if (tables.length === 0) return undefined;
  if (tables.every((table) => table.status === 'committed')) return 'applied';
  return tables.every((table) => table.status === 'receiving') ? 'nothing-applied' : 'unknown';
};

/** The verdict on the data of a session that did not complete. */
export const outcomeOfFailure = (session: Session): Outcome => {
  const sent = sentOutcome(session);
  const received = receivedOutcome(session);
  if (sent === undefined) return received ?? 'nothing-applied';
  if (received === undefined || received === sent) return sent;
  return 'unknown';
};

/** The verdict on the data of a session in COMPLETE. A preview and an empty session apply nothing. */
export const outcomeOfCompletion = (session: Session): Outcome => {
  const sent = sentOutcome(session);
  if (sent === undefined && session.receiving.tables.size === 0) return 'nothing-applied';
  if (sent !== undefined && session.identity.role === 'follower') return 'unknown';
  return 'applied';
};
