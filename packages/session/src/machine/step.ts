// Control plane. The session of Cassandra 4.0 and later (protocol 12 to 14) as one pure function, both roles (spec:
// streaming-4.0-plus §6). Called by the runtime and by tests. No promise, socket, clock or file may appear here.
import { endpointText } from '@scamander/wire-codec';
import { streamErrorMessage } from '../errors.ts';
import { FILE_DIAL_ATTEMPTS_MAX } from '../limits.ts';
import { completeArrived, settleCompletion } from './completing.ts';
import type { SessionEffect } from './effects.ts';
import {
  abort,
  controlLost,
  doubt,
  doubtConnection,
  fail,
  failProtocol,
  peerFailed,
} from './failing.ts';
import type { ControlMessage, SessionInput } from './inputs.ts';
import { isFinal, type Session, type TimerName } from './model.ts';
import {
  ackArrived,
  begin,
  connected,
  filesSelected,
  prepared,
  synAckArrived,
  synArrived,
} from './preparing.ts';
import {
  allReceived,
  fileAnnounced,
  fileOpened,
  fileReceived,
  tableCommitted,
} from './receiving.ts';
import {
  allAcknowledged,
  fileAcknowledged,
  fileConnectionFailed,
  fileConnectionOpened,
  fileHandedOver,
  fileSent,
} from './sending.ts';
import { settleTimers, timerFired } from './waits.ts';

/** The next state, and what to do in this order. */
export interface Step {
  readonly state: Session;
  readonly effects: readonly SessionEffect[];
}

const CONTROL = 0;

const WIRE_NAMES: Readonly<Record<ControlMessage['type'], string>> = {
  StreamInit: 'STREAM_INIT',
  PrepareSyn: 'PREPARE_SYN',
  PrepareSynAck: 'PREPARE_SYNACK',
  PrepareAck: 'PREPARE_ACK',
  Received: 'RECEIVED',
  Complete: 'COMPLETE',
  SessionFailed: 'SESSION_FAILED',
  KeepAlive: 'KEEP_ALIVE',
};

const message = (session: Session, it: ControlMessage, effects: SessionEffect[]): Session => {
  const initiator = session.identity.role === 'initiator';
  switch (it.type) {
    case 'KeepAlive':
      return session;
    case 'SessionFailed':
      return peerFailed(session, effects);
    case 'Received':
      if (session.phase === 'streaming') return fileAcknowledged(session, it, effects);
      break;
    case 'StreamInit':
      if (!initiator && session.phase === 'await-syn') return session;
      break;
    case 'PrepareSyn':
      if (!initiator) return synArrived(session, it, effects);
      break;
    case 'PrepareSynAck':
      if (initiator) return synAckArrived(session, it.summaries, effects);
      break;
    case 'PrepareAck':
      if (!initiator) return ackArrived(session, effects);
      break;
    case 'Complete':
      if (initiator) return completeArrived(session, effects);
      break;
    default: {
      const never: never = it;
      return never;
    }
  }
  return failProtocol(
    session,
    `${WIRE_NAMES[it.type]} sent to the ${session.identity.role} in ${session.state}`,
    effects,
  );
};

/** The peer's verdict: it failed, or it had everything before the connection broke. */
const messageInDoubt = (
  session: Session,
  it: ControlMessage,
  effects: SessionEffect[],
): Session => {
  if (it.type === 'SessionFailed') return peerFailed(session, effects);
  if (it.type === 'Received') return fileAcknowledged(session, it, effects);
  const complete =
    it.type === 'Complete' &&
    session.identity.role === 'initiator' &&
    allAcknowledged(session) &&
    allReceived(session);
  return complete ? completeArrived({ ...session, doubt: undefined }, effects) : session;
};

/** In doubt only the verdict counts, and what may have left for the account of the outcome. */
const inDoubt = (session: Session, input: SessionInput, effects: SessionEffect[]): Session => {
  switch (input.type) {
    case 'Message':
      return messageInDoubt(session, input.message, effects);
    case 'ConnectionEnded':
      return input.connection === CONTROL ? controlLost(session, input.reason, effects) : session;
    case 'ConnectionStalled':
    case 'MessageInvalid':
      return input.connection === CONTROL && session.doubt !== undefined
        ? fail(session, session.doubt, effects)
        : session;
    case 'FileHandedOver':
      return fileHandedOver(session, input.file);
    case 'FileSent':
      return fileSent(session, input.file, input.bytes, effects);
    case 'TableCommitted':
      return tableCommitted(session, input.tableId, input.received, effects);
    case 'TimerFired':
      return timerFired(session, input.timer, effects);
    case 'Cancel':
      return abort(session, input.reason, effects);
    default:
      return session;
  }
};

/** After the end nothing is sent; a follower in COMPLETE still waits for the initiator to close. */
const afterEnd = (session: Session, input: SessionInput, effects: SessionEffect[]): Session => {
  if (input.type === 'TableCommitted')
    return tableCommitted(session, input.tableId, input.received, effects);
  if (session.phase !== 'closing') return session;
  if (input.type === 'TimerFired') return timerFired(session, input.timer, effects);
  const over =
    (input.type === 'ConnectionEnded' && input.connection === CONTROL) ||
    (input.type === 'Message' && input.message.type !== 'KeepAlive') ||
    input.type === 'MessageInvalid' ||
    input.type === 'FileAnnounced' ||
    input.type === 'ConnectionStalled' ||
    input.type === 'Cancel';
  if (!over) return session;
  effects.push({ type: 'CloseEverything', keep: true });
  return { ...session, phase: 'closed', controlOpen: false };
};

const stalled = (session: Session, afterMs: number, effects: SessionEffect[]): Session =>
  fail(
    session,
    {
      code: 'SCM_STREAM_TIMEOUT',
      peer: endpointText(session.identity.peer),
      waitingFor: 'message bytes',
      afterMs,
      hint: 'the peer stopped in the middle of a message, or stopped reading',
    },
    effects,
  );

const refused = (session: Session, reason: string, effects: SessionEffect[]): Session =>
  fail(
    session,
    { code: 'SCM_STREAM_REFUSED', peer: endpointText(session.identity.peer), reason },
    effects,
  );

const alive = (session: Session, input: SessionInput, effects: SessionEffect[]): Session => {
  switch (input.type) {
    case 'Start':
      return begin(session, effects);
    case 'Connected':
      return connected(session, input.version, effects);
    case 'Message':
      return message(session, input.message, effects);
    case 'MessageInvalid':
      return failProtocol(session, input.reason, effects, input.offset);
    case 'FileAnnounced':
      return fileAnnounced(session, input.connection, input.file, effects);
    case 'FilesSelected':
      return filesSelected(session, input.files, effects);
    case 'IncomingPrepared':
      return session.phase === 'preparing' ? prepared(session, effects) : session;
    case 'DialFailed':
    case 'PrepareFailed':
    case 'CommitFailed':
      return fail(session, input.error, effects);
    case 'FileFailed':
      return input.error.code === 'SCM_STREAM_CONNECTION_LOST'
        ? doubt(session, input.error)
        : fail(session, input.error, effects);
    case 'FileConnectionOpened':
      return fileConnectionOpened(session, input.connection, effects);
    case 'FileConnectionFailed':
      return fileConnectionFailed(
        session,
        input.connection,
        input.error,
        streamErrorMessage(input.error),
        FILE_DIAL_ATTEMPTS_MAX,
        effects,
      );
    case 'FileHandedOver':
      return fileHandedOver(session, input.file);
    case 'FileSent':
      return fileSent(session, input.file, input.bytes, effects);
    case 'FileOpened':
      return fileOpened(session, input, effects);
    case 'FileReceived':
      return fileReceived(session, input.incoming, input.received, effects);
    case 'TableCommitted':
      return tableCommitted(session, input.tableId, input.received, effects);
    case 'TimerFired':
      return timerFired(session, input.timer, effects);
    case 'ConnectionEnded':
      return input.connection === CONTROL
        ? controlLost(session, input.reason, effects)
        : doubtConnection(session, 'a file connection', input.reason);
    case 'WriteFailed':
      return doubtConnection(session, 'our last message', input.reason);
    case 'ConnectionStalled':
      return stalled(session, input.afterMs, effects);
    case 'Cancel':
      return abort(session, input.reason, effects);
    case 'Refuse':
      return refused(session, input.reason, effects);
    default: {
      const never: never = input;
      return never;
    }
  }
};

/** Which wait starts anew because of this input. */
const renewed = (input: SessionInput): TimerName | undefined => {
  if (input.type === 'Message' && input.message.type === 'Received') return 'RECEIVED';
  return undefined;
};

/** Feeds one input to a session. */
export const step = (before: Session, input: SessionInput): Step => {
  const effects: SessionEffect[] = [];
  const fresh =
    input.type === 'TimerFired' || before.quietNotices === 0
      ? before
      : { ...before, quietNotices: 0 };
  const choose = isFinal(fresh) ? afterEnd : fresh.doubt === undefined ? alive : inDoubt;
  const moved = settleCompletion(choose(fresh, input, effects), effects);
  return { state: settleTimers(moved, renewed(input), effects), effects };
};
