// Control plane. The receiving side of a session, the same in both roles: which files may come, what is counted, when a table is
// committed (spec: streaming-4.0-plus §2.6, §2.7, §5.3). Called by step(). Pure.
import {
  endpointText,
  type StreamFile,
  type StreamSummary,
  sameEndpoint,
  type UuidText,
} from '@scamander/wire-codec';
import { FILES_PER_SESSION_MAX, TABLES_PER_SESSION_MAX } from '../limits.ts';
import type { ReceivedFile } from '../ports.ts';
import type { SessionEffect } from './effects.ts';
import { fail, failProtocol } from './failing.ts';
import type { IncomingTable, Receiving, Session } from './model.ts';

const withReceiving = (session: Session, change: Partial<Receiving>): Session => ({
  ...session,
  receiving: { ...session.receiving, ...change },
});

const setTable = (session: Session, id: UuidText, table: IncomingTable): Session =>
  withReceiving(session, { tables: new Map(session.receiving.tables).set(id, table) });

/** True when every announced table is committed. */
export const receivingDone = (session: Session): boolean => {
  for (const table of session.receiving.tables.values())
    if (table.status !== 'committed') return false;
  return true;
};

/** True when every announced file is here and acknowledged, committed or not. */
export const allReceived = (session: Session): boolean => {
  for (const table of session.receiving.tables.values())
    if (table.finished < table.announced) return false;
  return true;
};

/** True when files are still to come and none is on its way. */
export const awaitsStream = (session: Session): boolean =>
  session.receiving.active.size === 0 && !allReceived(session);

/** Why the peer's announcement can't stand; undefined when it can. */
const faultOf = (session: Session, summaries: readonly StreamSummary[]): string | undefined => {
  if (summaries.length > TABLES_PER_SESSION_MAX)
    return `announces ${summaries.length} tables, the limit is ${TABLES_PER_SESSION_MAX}`;
  const seen = new Set<UuidText>();
  for (const { tableId, files } of summaries) {
    if (files < 0) return `announces ${files} files of table ${tableId}`;
    if (seen.has(tableId)) return `announces table ${tableId} twice`;
    seen.add(tableId);
  }
  if (session.identity.role === 'initiator' && seen.size > 0 && session.requests.length === 0)
    return 'announces files that nobody requested';
  return undefined;
};

/** Takes the summaries of PREPARE_SYN or PREPARE_SYNACK. Those with no files are ignored (spec §2.6). */
export const announce = (
  session: Session,
  summaries: readonly StreamSummary[],
  effects: SessionEffect[],
): Session => {
  const fault = faultOf(session, summaries);
  if (fault !== undefined) return failProtocol(session, fault, effects);
  const announced = summaries.filter(({ files }) => files > 0);
  if (session.identity.previewKind !== 'NONE') return { ...session, announced };
  if (announced.length > 0 && !session.settings.canReceive)
    return fail(
      session,
      {
        code: 'SCM_STREAM_REFUSED',
        peer: endpointText(session.identity.peer),
        reason: 'nothing here takes files',
      },
      effects,
    );
  const tables = new Map<UuidText, IncomingTable>();
  for (const { tableId, files } of announced)
    tables.set(tableId, { announced: files, opened: 0, finished: 0, status: 'receiving' });
  return withReceiving({ ...session, announced }, { tables });
};

const streamFault = (session: Session, { message, header }: StreamFile): string | undefined => {
  const { identity, receiving } = session;
  if (identity.previewKind !== 'NONE') return 'STREAM in a preview session';
  if (session.phase !== 'streaming' && session.phase !== 'preparing')
    return 'STREAM before the session was prepared';
  if (message.planId !== identity.planId || message.sessionIndex !== identity.sessionIndex)
    return `STREAM of another session (plan ${message.planId}, index ${message.sessionIndex})`;
  if (message.sendByFollower !== (identity.role === 'initiator'))
    return 'STREAM in the wrong direction';
  // A follower may call itself otherwise than we call it; whoever found this session for its STREAM has settled that.
  if (identity.role === 'follower' && !sameEndpoint(message.sender, identity.peer))
    return `STREAM from ${endpointText(message.sender)}`;
  if (header.tableId !== message.tableId)
    return `STREAM names two tables, ${message.tableId} and ${header.tableId}`;
  if (identity.pendingRepair !== undefined && message.pendingRepair !== identity.pendingRepair)
    return `STREAM of repair ${message.pendingRepair} in a session of repair ${identity.pendingRepair}`;
  const table = receiving.tables.get(message.tableId);
  if (table === undefined) return `STREAM of table ${message.tableId}, which was not announced`;
  if (table.status !== 'receiving' || table.opened >= table.announced)
    return `more files of table ${message.tableId} than the ${table.announced} announced`;
  return undefined;
};

/** A STREAM header came: checked, then its payload is taken. */
export const fileAnnounced = (
  session: Session,
  connection: number,
  file: StreamFile,
  effects: SessionEffect[],
): Session => {
  const fault = streamFault(session, file);
  if (fault !== undefined) return failProtocol(session, fault, effects);
  const { nextId, filesSeen } = session.receiving;
  if (filesSeen >= FILES_PER_SESSION_MAX)
    return fail(
      session,
      {
        code: 'SCM_STREAM_REFUSED',
        peer: endpointText(session.identity.peer),
        reason: `more than ${FILES_PER_SESSION_MAX} files in one session`,
      },
      effects,
    );
  effects.push({ type: 'ReceiveFile', connection, incoming: nextId, file });
  return withReceiving(session, {
    nextId: nextId + 1,
    filesSeen: filesSeen + 1,
    active: new Map(session.receiving.active).set(nextId, {
      connection,
      tableId: file.message.tableId,
      sequenceNumber: file.message.sequenceNumber,
      entire: file.header.entire !== undefined,
      summaryFiles: undefined,
    }),
  });
};

/** Our receiving end says what the file counts for: never more than was announced. */
export const fileOpened = (
  session: Session,
  opened: {
    readonly incoming: number;
    readonly name: string;
    readonly summaryFiles: number;
    readonly sizeBytes: bigint;
  },
  effects: SessionEffect[],
): Session => {
  const info = session.receiving.active.get(opened.incoming);
  const table = info === undefined ? undefined : session.receiving.tables.get(info.tableId);
  if (info === undefined || table === undefined) return session;
  if (table.opened + opened.summaryFiles > table.announced)
    return failProtocol(
      session,
      `more files of table ${info.tableId} than the ${table.announced} announced`,
      effects,
    );
  effects.push({
    type: 'Emit',
    event: {
      type: 'FileStarted',
      direction: 'in',
      file: opened.name,
      tableId: info.tableId,
      sizeBytes: opened.sizeBytes,
      entire: info.entire,
    },
  });
  const active = new Map(session.receiving.active).set(opened.incoming, {
    ...info,
    summaryFiles: opened.summaryFiles,
  });
  return setTable(withReceiving(session, { active }), info.tableId, {
    ...table,
    opened: table.opened + opened.summaryFiles,
  });
};

/** A file is durable here: RECEIVED goes out, and a table that is complete is committed. */
export const fileReceived = (
  session: Session,
  incoming: number,
  received: ReceivedFile,
  effects: SessionEffect[],
): Session => {
  const info = session.receiving.active.get(incoming);
  const table = info === undefined ? undefined : session.receiving.tables.get(info.tableId);
  if (info === undefined || table === undefined) return session;
  const active = new Map(session.receiving.active);
  active.delete(incoming);
  effects.push({
    type: 'Send',
    message: { type: 'Received', tableId: info.tableId, sequenceNumber: info.sequenceNumber },
  });
  effects.push({ type: 'Emit', event: { type: 'FileReceived', tableId: info.tableId, received } });
  const finished = table.finished + (info.summaryFiles ?? 0);
  const complete = finished === table.announced;
  if (complete) effects.push({ type: 'CommitTable', tableId: info.tableId });
  return setTable(withReceiving(session, { active }), info.tableId, {
    ...table,
    finished,
    status: complete ? 'committing' : 'receiving',
  });
};

/** A table is visible here. Also told after the session ended: it is true then, too. */
export const tableCommitted = (
  session: Session,
  tableId: UuidText,
  received: readonly ReceivedFile[],
  effects: SessionEffect[],
): Session => {
  const table = session.receiving.tables.get(tableId);
  if (table === undefined) return session;
  effects.push({ type: 'Emit', event: { type: 'TableCommitted', tableId, received } });
  return setTable(session, tableId, { ...table, status: 'committed' });
};
