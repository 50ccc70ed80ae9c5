// Control plane. From the first message to the first file, for both roles (spec: streaming-4.0-plus §6.4, §6.9). Called by step(). Pure.
import {
  endpointText,
  type PrepareSyn,
  type StreamingVersion,
  type StreamSummary,
} from '@scamander/wire-codec';
import { FILES_PER_SESSION_MAX } from '../limits.ts';
import { complete } from './completing.ts';
import type { SessionEffect } from './effects.ts';
import { fail, failProtocol, moveTo } from './failing.ts';
import { isFinal, type OutgoingInfo, type Session, sendingOf, summariesOf } from './model.ts';
import { announce } from './receiving.ts';
import { pump } from './sending.ts';

/** The initiator begins. With nothing to do it completes without a connection (spec §6.1). */
export const begin = (session: Session, effects: SessionEffect[]): Session => {
  if (session.identity.role !== 'initiator' || session.phase !== 'created') return session;
  if (session.requests.length === 0 && session.sending.files.length === 0)
    return complete(session, true, effects);
  effects.push({ type: 'DialControl' });
  return { ...session, phase: 'dialling' };
};

/** The control connection is up: the initiator speaks, the follower listens. */
export const connected = (
  session: Session,
  version: StreamingVersion,
  effects: SessionEffect[],
): Session => {
  if (session.phase !== 'dialling' && session.phase !== 'created') return session;
  const { identity } = session;
  effects.push({ type: 'Emit', event: { type: 'SessionConnected', version } });
  const open = { ...session, version, controlOpen: true };
  if (identity.role === 'follower') return { ...open, phase: 'await-syn' };
  effects.push({
    type: 'Send',
    message: {
      type: 'StreamInit',
      from: identity.local,
      sessionIndex: identity.sessionIndex,
      planId: identity.planId,
      operation: identity.operation,
      pendingRepair: identity.pendingRepair,
      previewKind: identity.previewKind,
    },
  });
  const moved = moveTo(open, 'PREPARING', effects);
  effects.push({
    type: 'Send',
    message: {
      type: 'PrepareSyn',
      requests: session.requests,
      summaries: summariesOf(session.sending.files),
    },
  });
  return { ...moved, phase: 'await-synack' };
};

const refuse = (session: Session, reason: string, effects: SessionEffect[]): Session =>
  fail(
    session,
    { code: 'SCM_STREAM_REFUSED', peer: endpointText(session.identity.peer), reason },
    effects,
  );

/** Follower: PREPARE_SYN. */
export const synArrived = (
  before: Session,
  message: PrepareSyn,
  effects: SessionEffect[],
): Session => {
  if (before.phase !== 'await-syn') return failProtocol(before, 'PREPARE_SYN twice', effects);
  const moved = moveTo({ ...before, requests: message.requests }, 'PREPARING', effects);
  const session = announce(moved, message.summaries, effects);
  if (isFinal(session)) return session;
  if (message.requests.length > 0) {
    effects.push({ type: 'SelectFiles', requests: message.requests });
    return { ...session, phase: 'selecting' };
  }
  return prepareIncoming(session, effects);
};

/** Follower: the files for the requests are known. */
export const filesSelected = (
  before: Session,
  files: readonly OutgoingInfo[],
  effects: SessionEffect[],
): Session => {
  if (before.phase !== 'selecting') return before;
  const session = { ...before, sending: sendingOf(files) };
  if (files.length > FILES_PER_SESSION_MAX)
    return refuse(
      session,
      `${files.length} files answer the requests, the limit is ${FILES_PER_SESSION_MAX}`,
      effects,
    );
  return prepareIncoming(session, effects);
};

const prepareIncoming = (session: Session, effects: SessionEffect[]): Session => {
  const summaries = session.announced;
  if (summaries.length === 0 || session.identity.previewKind !== 'NONE')
    return prepared(session, effects);
  effects.push({ type: 'PrepareIncoming', summaries });
  return { ...session, phase: 'preparing' };
};

const emitPrepared = (
  session: Session,
  sending: readonly StreamSummary[],
  effects: SessionEffect[],
): void => {
  effects.push({
    type: 'Emit',
    event: { type: 'SessionPrepared', sending, receiving: session.announced },
  });
};

/** Both roles: our receiving end took every summary, so the other side may send. */
export const prepared = (session: Session, effects: SessionEffect[]): Session =>
  session.identity.role === 'follower'
    ? followerPrepared(session, effects)
    : initiatorPrepared(session, effects);

const followerPrepared = (session: Session, effects: SessionEffect[]): Session => {
  const summaries = summariesOf(session.sending.files);
  effects.push({ type: 'Send', message: { type: 'PrepareSynAck', summaries } });
  emitPrepared(session, summaries, effects);
  if (session.identity.previewKind !== 'NONE') return complete(session, false, effects);
  return { ...session, phase: 'streaming', ackAwaited: summaries.length > 0 };
};

const initiatorPrepared = (session: Session, effects: SessionEffect[]): Session => {
  emitPrepared(session, summariesOf(session.sending.files), effects);
  if (session.identity.previewKind !== 'NONE') return complete(session, true, effects);
  if (session.announced.length > 0) effects.push({ type: 'Send', message: { type: 'PrepareAck' } });
  const streaming = moveTo(session, 'STREAMING', effects);
  return pump(
    { ...streaming, phase: 'streaming', sending: { ...streaming.sending, allowed: true } },
    effects,
  );
};

/** Initiator: PREPARE_SYNACK. */
export const synAckArrived = (
  before: Session,
  summaries: readonly StreamSummary[],
  effects: SessionEffect[],
): Session => {
  if (before.phase !== 'await-synack') return failProtocol(before, 'PREPARE_SYNACK twice', effects);
  const session = announce(before, summaries, effects);
  return isFinal(session) ? session : prepareIncoming(session, effects);
};

/** Follower: PREPARE_ACK, only after a PREPARE_SYNACK with files and never in a preview. */
export const ackArrived = (session: Session, effects: SessionEffect[]): Session => {
  if (!session.ackAwaited)
    return failProtocol(session, 'PREPARE_ACK that was not asked for', effects);
  const streaming = moveTo(session, 'STREAMING', effects);
  return pump(
    { ...streaming, ackAwaited: false, sending: { ...streaming.sending, allowed: true } },
    effects,
  );
};
