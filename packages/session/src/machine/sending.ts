// Control plane. The sending side of a session, the same in both roles: which file goes over which connection, what is acknowledged
// (spec: streaming-4.0-plus §6.5, §6.6). Called by step(). Pure.
import type { Received } from '@scamander/wire-codec';
import type { StreamErrorType } from '../errors.ts';
import type { SessionEffect } from './effects.ts';
import { doubt, failProtocol } from './failing.ts';
import {
  type FileConnection,
  fileKey,
  type InFlight,
  type OutgoingInfo,
  type Sending,
  type Session,
} from './model.ts';

const withSending = (session: Session, change: Partial<Sending>): Session => ({
  ...session,
  sending: { ...session.sending, ...change },
});

const infoOf = (session: Session, file: number): OutgoingInfo => {
  const info = session.sending.files[file];
  if (info === undefined) throw new RangeError(`the session has no file ${file}`);
  return info;
};

const setConnection = (session: Session, id: number, connection: FileConnection): Session =>
  withSending(session, {
    connections: new Map(session.sending.connections).set(id, connection),
  });

/** True when everything we announced is acknowledged and our own writing is over. */
export const sendingDone = (session: Session): boolean =>
  session.sending.acknowledged === session.sending.files.length;

const start = (
  session: Session,
  connection: number,
  file: number,
  effects: SessionEffect[],
): Session => {
  const info = infoOf(session, file);
  const { identity } = session;
  effects.push({
    type: 'Emit',
    event: {
      type: 'FileStarted',
      direction: 'out',
      file: info.name,
      tableId: info.tableId,
      sizeBytes: info.transferSizeBytes,
      entire: info.entire,
    },
  });
  effects.push({
    type: 'SendFile',
    connection,
    file,
    header: {
      tableId: info.tableId,
      sender: identity.local,
      planId: identity.planId,
      sendByFollower: identity.role === 'follower',
      sessionIndex: identity.sessionIndex,
      sequenceNumber: info.sequenceNumber,
      repairedAtMs: info.repairedAtMs,
      pendingRepair: info.pendingRepair,
    },
  });
  const inFlight = new Map(session.sending.inFlight).set(
    fileKey(info.tableId, info.sequenceNumber),
    { file, handedOver: false, sent: false, acknowledged: false },
  );
  return setConnection(withSending(session, { inFlight }), connection, {
    status: 'busy',
    file,
    attempts: 0,
  });
};

/** Gives waiting files to idle connections and opens more connections while the limit allows. */
export const pump = (before: Session, effects: SessionEffect[]): Session => {
  let session = before;
  if (!session.sending.allowed || session.doubt !== undefined) return session;
  for (const [id, connection] of session.sending.connections) {
    if (connection.status !== 'idle' || session.sending.next >= session.sending.files.length)
      continue;
    const file = session.sending.next;
    session = start(withSending(session, { next: file + 1 }), id, file, effects);
  }
  while (
    session.sending.next < session.sending.files.length &&
    session.sending.connections.size < session.settings.fileConnectionsMax
  ) {
    const file = session.sending.next;
    const id = session.sending.connections.size + 1;
    effects.push({ type: 'OpenFileConnection', connection: id });
    session = setConnection(withSending(session, { next: file + 1 }), id, {
      status: 'opening',
      file,
      attempts: 1,
    });
  }
  return session;
};

/** A file connection is up: the file it was opened for goes over it. */
export const fileConnectionOpened = (
  session: Session,
  id: number,
  effects: SessionEffect[],
): Session => {
  const connection = session.sending.connections.get(id);
  if (connection?.file === undefined || connection.status !== 'opening') return session;
  if (session.doubt !== undefined) return session;
  return start(session, id, connection.file, effects);
};

/** Dials again, up to the limit (spec §1.1: MAX_CONNECT_ATTEMPTS), then fails. Says which file waits. */
export const fileConnectionFailed = (
  session: Session,
  id: number,
  error: StreamErrorType,
  reason: string,
  attemptsMax: number,
  effects: SessionEffect[],
): Session => {
  const connection = session.sending.connections.get(id);
  if (connection?.file === undefined) return session;
  if (connection.attempts >= attemptsMax) return doubt(session, error);
  effects.push({
    type: 'Emit',
    event: {
      type: 'FileRetried',
      file: infoOf(session, connection.file).name,
      attempt: connection.attempts + 1,
      reason,
    },
  });
  effects.push({ type: 'OpenFileConnection', connection: id });
  return setConnection(session, id, { ...connection, attempts: connection.attempts + 1 });
};

const handOver = (session: Session, key: string, flight: InFlight, info: OutgoingInfo): Session => {
  if (flight.handedOver) return session;
  const { keptBack } = session.sending;
  return withSending(session, {
    inFlight: new Map(session.sending.inFlight).set(key, { ...flight, handedOver: true }),
    keptBack: new Map(keptBack).set(info.tableId, (keptBack.get(info.tableId) ?? 1) - 1),
  });
};

/** The last byte of a file may have left; from here on the peer may apply it (outcome.ts). */
export const fileHandedOver = (session: Session, file: number): Session => {
  const info = infoOf(session, file);
  const key = fileKey(info.tableId, info.sequenceNumber);
  const flight = session.sending.inFlight.get(key);
  return flight === undefined ? session : handOver(session, key, flight, info);
};

const settle = (
  session: Session,
  key: string,
  flight: InFlight,
  effects: SessionEffect[],
): Session => {
  const inFlight = new Map(session.sending.inFlight);
  if (!flight.sent || !flight.acknowledged) {
    inFlight.set(key, flight);
    return withSending(session, { inFlight });
  }
  inFlight.delete(key);
  effects.push({ type: 'ReleaseFile', file: flight.file });
  return withSending(session, { inFlight, acknowledged: session.sending.acknowledged + 1 });
};

/** Our side wrote everything: the connection is free for the next file. */
export const fileSent = (
  before: Session,
  file: number,
  bytes: bigint,
  effects: SessionEffect[],
): Session => {
  const info = infoOf(before, file);
  const key = fileKey(info.tableId, info.sequenceNumber);
  let session = fileHandedOver(before, file);
  const flight = session.sending.inFlight.get(key);
  if (flight === undefined || flight.sent) return session;
  effects.push({
    type: 'Emit',
    event: {
      type: 'FileSent',
      file: info.name,
      tableId: info.tableId,
      sequenceNumber: info.sequenceNumber,
      bytes,
    },
  });
  for (const [id, connection] of session.sending.connections)
    if (connection.file === file)
      session = setConnection(session, id, { status: 'idle', file: undefined, attempts: 0 });
  return pump(settle(session, key, { ...flight, sent: true }, effects), effects);
};

/** RECEIVED: the peer may see the end of a file before we learn that our last write was taken. */
export const fileAcknowledged = (
  before: Session,
  message: Received,
  effects: SessionEffect[],
): Session => {
  const key = fileKey(message.tableId, message.sequenceNumber);
  const found = before.sending.inFlight.get(key);
  if (found === undefined || found.acknowledged)
    return failProtocol(
      before,
      `RECEIVED for file ${message.sequenceNumber} of table ${message.tableId}, which is not under way`,
      effects,
    );
  const info = infoOf(before, found.file);
  const session = handOver(before, key, found, info);
  effects.push({
    type: 'Emit',
    event: {
      type: 'FileAcknowledged',
      file: info.name,
      tableId: info.tableId,
      sequenceNumber: info.sequenceNumber,
    },
  });
  return settle(session, key, { ...found, handedOver: true, acknowledged: true }, effects);
};

/** True when the peer acknowledged every file, though our own writing may not be told to be over. */
export const allAcknowledged = (session: Session): boolean => {
  let early = 0;
  for (const flight of session.sending.inFlight.values()) if (flight.acknowledged) early += 1;
  return session.sending.acknowledged + early === session.sending.files.length;
};

/** True when some file was written whole and is not acknowledged. */
export const awaitsReceived = (session: Session): boolean => {
  for (const flight of session.sending.inFlight.values())
    if (flight.sent && !flight.acknowledged) return true;
  return false;
};
