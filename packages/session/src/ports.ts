// Control plane. The two ports of a session: where files come from and where they go. Implemented by the front door over SSTables,
// by tests over arrays, by users over whatever they like. A session knows nothing else of files. Holds types only.
import type { Connection, FileChunk, TransferContext } from '@scamander/transport';
import type {
  CassandraStreamHeader,
  Endpoint,
  PreviewKind,
  StreamFile,
  StreamingVersion,
  StreamRequest,
  StreamSummary,
  UuidText,
} from '@scamander/wire-codec';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';

/** Why a file can't be sent or taken. `code` is stable (`SCM_…`); `retryable` says whether trying again can help. */
export interface FileError {
  readonly code: string;
  readonly file: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** Something that can put its bytes on a connection: an SSTable, or sections of one. */
export interface OutgoingFile {
  /** For news and errors, such as the path of Data.db. */
  readonly name: string;
  readonly tableId: UuidText;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: UuidText | undefined;
  /** What this file adds to StreamSummary.files: 1, or the components of the manifest (spec: streaming-4.0-plus §2.6). */
  readonly summaryFiles: number;
  /** What this file adds to StreamSummary.totalSize (spec §3.4). */
  readonly transferSizeBytes: bigint;
  /** True when it travels as whole files; chooses the limiter. */
  readonly entire: boolean;
  /** The header that precedes the payload; asked once, just before send(). */
  header(): Promise<Either<FileError, CassandraStreamHeader>>;
  /**
   * Cold: writes the payload and nothing else on subscribe, stops on unsubscribe, completes after the last byte was taken.
   * The lengthBytes of its chunks must add up to transferSizeBytes no later than the last byte is handed over (where the payload
   * is compressed on the way, they count the bytes before): from then on a lost connection may still apply the data, and the
   * session's outcome is no longer 'nothing-applied'.
   */
  send(connection: Connection, context: TransferContext): Observable<FileChunk>;
  /** Called exactly once, when the session is done with the file on any path. */
  release(): Promise<void>;
}

/** One file being received. */
export interface IncomingFile {
  readonly name: string;
  /** What this file adds to the count announced in StreamSummary.files. */
  readonly summaryFiles: number;
  readonly transferSizeBytes: bigint;
  /** Cold: takes exactly the payload off the connection. */
  receive(connection: Connection, context: TransferContext): Observable<FileChunk>;
  /** Verified and durable, not yet visible. RECEIVED is sent after this. */
  finish(): Promise<Either<FileError, ReceivedFile>>;
  /** Removes every trace. Safe at any moment, also twice. */
  abort(): Promise<void>;
}

/** What a receipt says of one received file. */
export interface ReceivedFile {
  readonly name: string;
  readonly bytes: bigint;
  /** CRC-32 of each component that has one, as unsigned numbers. */
  readonly checksums: Readonly<Record<string, number>>;
}

/** Who is sending, for whoever takes the files. */
export interface IncomingSessionInfo {
  readonly planId: UuidText;
  readonly sessionIndex: number;
  readonly peer: Endpoint;
  readonly operation: string;
  readonly pendingRepair: UuidText | undefined;
}

/** The receiving end of one session: a transaction for each table. */
export interface IncomingSession {
  /** Called for each summary of PREPARE; a Left refuses the session (unknown table, no space). */
  prepare(summary: StreamSummary): Promise<Either<FileError, void>>;
  /** Called when a STREAM header was read. */
  open(file: StreamFile): Promise<Either<FileError, IncomingFile>>;
  /** Called when the announced count of a table is reached and every file is finished: makes all of them visible at once. */
  commitTable(tableId: UuidText): Promise<Either<FileError, readonly ReceivedFile[]>>;
  /** Removes everything that was not committed. Called once at the end of a session that failed. */
  abort(): Promise<void>;
}

/** Makes the receiving end of each session. */
export interface IncomingFiles {
  begin(session: IncomingSessionInfo): IncomingSession;
}

/** Who asks, and for what, for whoever answers requests. */
export interface OutgoingSessionInfo extends IncomingSessionInfo {
  /** Other than `NONE`: the files are counted and released, never sent; the kind selects by state of repair (spec §6.9). */
  readonly previewKind: PreviewKind;
  readonly version: StreamingVersion;
}

/** Finds the files that answer a peer's requests (PREPARE_SYN with requests). */
export interface OutgoingFiles {
  /** Called for each request in turn; a Left refuses the session (unknown table). */
  select(
    request: StreamRequest,
    session: OutgoingSessionInfo,
  ): Promise<Either<FileError, readonly OutgoingFile[]>>;
}
