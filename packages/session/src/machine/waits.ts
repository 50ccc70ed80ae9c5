// Control plane. Which timers a session has running, derived from its state alone, and what happens when one fires. Called by step()
// after every input, so a timer can be neither forgotten nor left behind. Pure.
import { endpointText } from '@scamander/wire-codec';
import type { SessionEffect } from './effects.ts';
import { fail } from './failing.ts';
import { silenceHint } from './hints.ts';
import { isFinal, type Session, type TimerName } from './model.ts';
import { awaitsStream, receivingDone } from './receiving.ts';
import { awaitsReceived, sendingDone } from './sending.ts';

/** Waits for the peer, in the order a notice names them. */
const WAITS = [
  'PREPARE_SYN',
  'PREPARE_SYNACK',
  'PREPARE_ACK',
  'RECEIVED',
  'STREAM',
  'COMPLETE',
] as const;
type Wait = (typeof WAITS)[number];

const durationOf = (session: Session, timer: TimerName): number => {
  const { timeouts, keepAlivePeriodMs } = session.settings;
  switch (timer) {
    case 'PREPARE_SYN':
      return timeouts.prepareSynMs;
    case 'PREPARE_SYNACK':
      return timeouts.prepareSynAckMs;
    case 'PREPARE_ACK':
      return timeouts.prepareAckMs;
    case 'RECEIVED':
      return timeouts.receivedMs;
    case 'COMPLETE':
      return timeouts.completeMs;
    case 'STREAM':
      return timeouts.nextFileMs;
    case 'close':
      return timeouts.closeMs;
    case 'verdict':
      return timeouts.verdictMs;
    case 'notice':
      return timeouts.noticeMs;
    case 'keep-alive':
      return keepAlivePeriodMs;
    default: {
      const never: never = timer;
      return never;
    }
  }
};

const waitsOf = (session: Session): Wait[] => {
  if (session.phase === 'await-syn') return ['PREPARE_SYN'];
  if (session.phase === 'await-synack') return ['PREPARE_SYNACK'];
  if (session.phase !== 'streaming') return [];
  const waits: Wait[] = [];
  if (session.ackAwaited) waits.push('PREPARE_ACK');
  if (awaitsReceived(session)) waits.push('RECEIVED');
  if (!session.ackAwaited && awaitsStream(session)) waits.push('STREAM');
  const own = sendingDone(session) && receivingDone(session);
  if (session.identity.role === 'initiator' && own && !session.completeReceived)
    waits.push('COMPLETE');
  return waits;
};

const wanted = (session: Session): ReadonlySet<TimerName> => {
  if (session.phase === 'closing') return new Set(['close']);
  if (isFinal(session) || !session.controlOpen) return new Set();
  if (session.doubt !== undefined) return new Set(['verdict']);
  const timers = new Set<TimerName>(waitsOf(session));
  timers.add('notice');
  if (session.identity.role === 'initiator' && session.settings.keepAlivePeriodMs > 0)
    timers.add('keep-alive');
  return timers;
};

/** Arms what the state wants and is not running, or is named in `again`; cancels what it no longer wants. */
export const settleTimers = (
  session: Session,
  again: TimerName | undefined,
  effects: SessionEffect[],
): Session => {
  const wants = wanted(session);
  for (const timer of session.timers)
    if (!wants.has(timer)) effects.push({ type: 'CancelTimer', timer });
  for (const timer of wants)
    if (!session.timers.has(timer) || timer === again)
      effects.push({ type: 'ArmTimer', timer, afterMs: durationOf(session, timer) });
  return { ...session, timers: wants };
};

const expire = (session: Session, wait: Wait, effects: SessionEffect[]): Session =>
  fail(
    session,
    {
      code: 'SCM_STREAM_TIMEOUT',
      peer: endpointText(session.identity.peer),
      waitingFor: wait,
      afterMs: durationOf(session, wait),
      hint: silenceHint(session, wait),
    },
    effects,
  );

const notice = (session: Session, effects: SessionEffect[]): Session => {
  const quietNotices = session.quietNotices + 1;
  const waitingFor = waitsOf(session)[0];
  if (waitingFor !== undefined)
    effects.push({
      type: 'Emit',
      event: {
        type: 'StreamStalled',
        waitingFor,
        sinceMs: quietNotices * session.settings.timeouts.noticeMs,
      },
    });
  return { ...session, quietNotices };
};

/** A timer fired. One that is no longer wanted fired at the same moment as what ended it, and says nothing. */
export const timerFired = (
  before: Session,
  timer: TimerName,
  effects: SessionEffect[],
): Session => {
  if (!before.timers.has(timer)) return before;
  const timers = new Set(before.timers);
  timers.delete(timer);
  const session = { ...before, timers };
  switch (timer) {
    case 'PREPARE_SYN':
    case 'PREPARE_SYNACK':
    case 'PREPARE_ACK':
    case 'RECEIVED':
    case 'COMPLETE':
    case 'STREAM':
      return expire(session, timer, effects);
    case 'verdict':
      return session.doubt === undefined ? session : fail(session, session.doubt, effects);
    case 'keep-alive':
      effects.push({ type: 'Send', message: { type: 'KeepAlive' } });
      return session;
    case 'notice':
      return notice(session, effects);
    case 'close':
      effects.push({ type: 'CloseEverything', keep: true });
      return { ...session, phase: 'closed', controlOpen: false };
    default: {
      const never: never = timer;
      return never;
    }
  }
};
