// Control plane. How a session ends well (spec: streaming-4.0-plus §6.6, §6.9). Called by step() after every input. Pure.
import type { SessionEffect } from './effects.ts';
import { failProtocol, moveTo } from './failing.ts';
import { isFinal, type Session } from './model.ts';
import { allReceived, receivingDone } from './receiving.ts';
import { allAcknowledged, sendingDone } from './sending.ts';

/** COMPLETE, and the initiator closes at once; the follower keeps everything open until the initiator closes. */
export const complete = (session: Session, close: boolean, effects: SessionEffect[]): Session => {
  const moved = moveTo(session, 'COMPLETE', effects);
  if (session.identity.role === 'follower' && session.identity.previewKind === 'NONE')
    effects.push({ type: 'Send', message: { type: 'Complete' } });
  effects.push({ type: 'Emit', event: { type: 'SessionComplete' } });
  if (close) effects.push({ type: 'CloseEverything', keep: true });
  return {
    ...moved,
    phase: close ? 'closed' : 'closing',
    controlOpen: !close && moved.controlOpen,
  };
};

/** Looks whether everything is done. A session in doubt never completes. */
export const settleCompletion = (session: Session, effects: SessionEffect[]): Session => {
  if (isFinal(session) || session.phase !== 'streaming' || session.doubt !== undefined)
    return session;
  if (session.ackAwaited || !sendingDone(session) || !receivingDone(session)) return session;
  if (session.identity.role === 'follower') return complete(session, false, effects);
  const waiting = moveTo(session, 'WAIT_COMPLETE', effects);
  return session.completeReceived ? complete(waiting, true, effects) : waiting;
};

/**
 * COMPLETE came to the initiator. A wrong file count can end in COMPLETE while data is missing (spec §2.6), so it only counts
 * when every file is acknowledged in both directions.
 */
export const completeArrived = (session: Session, effects: SessionEffect[]): Session => {
  if (session.completeReceived) return failProtocol(session, 'COMPLETE twice', effects);
  if (!allAcknowledged(session))
    return failProtocol(session, 'COMPLETE before it acknowledged every file', effects);
  if (session.phase !== 'streaming' || !allReceived(session))
    return failProtocol(session, 'COMPLETE before it sent what it announced', effects);
  return moveTo({ ...session, completeReceived: true }, 'WAIT_COMPLETE', effects);
};
