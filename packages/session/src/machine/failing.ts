// Control plane. How a session ends badly (spec: streaming-4.0-plus §6.7): one SESSION_FAILED at most, then everything is closed.
// Called by the rest of the machine. Pure.
import { endpointText } from '@scamander/wire-codec';
import type { StreamErrorType } from '../errors.ts';
import type { SessionState } from '../events.ts';
import type { SessionEffect } from './effects.ts';
import { during, failureHint, lossHint } from './hints.ts';
import type { Session } from './model.ts';
import { outcomeOfFailure } from './outcome.ts';

/** Moves to another of Cassandra's states and says so. */
export const moveTo = (session: Session, to: SessionState, effects: SessionEffect[]): Session => {
  if (session.state === to) return session;
  effects.push({ type: 'Emit', event: { type: 'SessionStateChanged', from: session.state, to } });
  return { ...session, state: to };
};

const end = (
  session: Session,
  to: 'FAILED' | 'ABORTED',
  error: StreamErrorType,
  tellPeer: boolean,
  effects: SessionEffect[],
): Session => {
  const outcome = outcomeOfFailure(session);
  const moved = moveTo(session, to, effects);
  if (tellPeer && session.controlOpen)
    effects.push({ type: 'Send', message: { type: 'SessionFailed' } });
  effects.push({ type: 'Emit', event: { type: 'SessionFailed', error, outcome } });
  effects.push({ type: 'CloseEverything', keep: false });
  return { ...moved, phase: 'closed', controlOpen: false, failure: { error, outcome } };
};

/** An error of ours or of the peer: FAILED, and the peer is told. */
export const fail = (session: Session, error: StreamErrorType, effects: SessionEffect[]): Session =>
  end(session, 'FAILED', error, true, effects);

/** Given up by the user: ABORTED, and the peer is told. */
export const abort = (session: Session, reason: string, effects: SessionEffect[]): Session =>
  end(
    session,
    'ABORTED',
    { code: 'SCM_STREAM_ABORTED', peer: endpointText(session.identity.peer), reason },
    true,
    effects,
  );

/** The peer broke a rule: FAILED with what it did. */
export const failProtocol = (
  session: Session,
  reason: string,
  effects: SessionEffect[],
  offset?: number,
): Session =>
  fail(
    session,
    {
      code: 'SCM_STREAM_PROTOCOL',
      peer: endpointText(session.identity.peer),
      reason,
      offset,
    },
    effects,
  );

/** SESSION_FAILED came: FAILED without an answer. */
export const peerFailed = (session: Session, effects: SessionEffect[]): Session =>
  end(
    session,
    'FAILED',
    {
      code: 'SCM_STREAM_PEER_FAILED',
      peer: endpointText(session.identity.peer),
      during: during(session),
      hint: failureHint(session),
    },
    false,
    effects,
  );

/** The control connection is gone: FAILED, nobody is left to be told. A doubt raised before explains more than the loss. */
export const controlLost = (
  session: Session,
  reason: string,
  effects: SessionEffect[],
): Session => {
  const hint = lossHint(session);
  const error: StreamErrorType = session.doubt ?? {
    code: 'SCM_STREAM_CONNECTION_LOST',
    peer: endpointText(session.identity.peer),
    during: during(session),
    reason: hint === '' ? reason : `${reason}; ${hint}`,
  };
  return end(session, 'FAILED', error, false, effects);
};

/**
 * A file connection broke. A peer that fails says so on the control connection and closes the others at the same time; which is
 * seen first is chance, so the session waits a moment (`verdictMs`) for the better reason before it fails with this one.
 */
export const doubt = (session: Session, error: StreamErrorType): Session =>
  session.doubt === undefined ? { ...session, doubt: error } : session;

/** The same from a bare loss: of a file connection, or of what we wrote last. */
export const doubtConnection = (session: Session, what: string, reason: string): Session =>
  doubt(session, {
    code: 'SCM_STREAM_CONNECTION_LOST',
    peer: endpointText(session.identity.peer),
    during: `${during(session)} (${what})`,
    reason,
  });
