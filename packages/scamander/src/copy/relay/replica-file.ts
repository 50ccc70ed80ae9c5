// Data plane. One replica's end of a relay, as the session's port wants it: its bytes come from the tee. Called by the relay of one file.
import type { OutgoingFile } from '@scamander/session';
import {
  type Connection,
  type FileChunk,
  type SendContext,
  sendPieces,
} from '@scamander/transport';
import { type CassandraStreamHeader, summaryFiles, transferSize } from '@scamander/wire-codec';
import { right } from 'fp-ts/lib/Either.js';
import { map, Observable } from 'rxjs';
import type { TeeBranch } from './tee.ts';

/** Tells when the network let go of what it was given. */
const watched = (connection: Connection, wrote: (until: Promise<void>) => void): Connection => ({
  local: connection.local,
  remote: connection.remote,
  secure: connection.secure,
  closed: connection.closed,
  get bytesRead() {
    return connection.bytesRead;
  },
  get bytesWritten() {
    return connection.bytesWritten;
  },
  read: () => connection.read(),
  unread: (bytes) => connection.unread(bytes),
  write: (bytes) => {
    const until = connection.write(bytes);
    wrote(until);
    return until;
  },
  end: () => connection.end(),
  destroy: (reason) => connection.destroy(reason),
});

const send = (
  name: string,
  branch: TeeBranch,
  connection: Connection,
  context: SendContext,
): Observable<FileChunk> =>
  new Observable((subscriber) => {
    let counted = 0;
    let told = 0;
    const next = async (): Promise<Uint8Array | null> => {
      const piece = await branch.next();
      counted = piece?.countedBytes ?? 0;
      return piece?.bytes ?? null;
    };
    const place = () => ({ file: name, component: 'payload', offsetBytes: told });
    // News count what the size of the file counts: the bytes before LZ4 where blocks travel.
    const asCounted = (chunk: FileChunk): FileChunk => {
      const bytes = chunk.bytes?.length === counted ? chunk.bytes : undefined;
      told += counted;
      return { ...chunk, lengthBytes: counted, bytes };
    };
    const connected = watched(connection, (until) => branch.lent(until));
    const sending = sendPieces(connected, next, place, context).pipe(map(asCounted));
    subscriber.add(sending.subscribe(subscriber));
    return () => branch.drop();
  });

/** The file for one replica. */
export const replicaFile = (
  name: string,
  header: CassandraStreamHeader,
  branch: TeeBranch,
): OutgoingFile => ({
  name,
  tableId: header.tableId,
  // As a load does it: what was repaired there is not repaired here.
  repairedAtMs: 0n,
  pendingRepair: undefined,
  summaryFiles: summaryFiles(header),
  transferSizeBytes: transferSize(header),
  entire: header.entire !== undefined,
  header: async () => right(header),
  send: (connection, context: SendContext) => send(name, branch, connection, context),
  release: async () => branch.drop(),
});
