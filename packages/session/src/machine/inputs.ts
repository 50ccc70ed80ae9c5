// Control plane. The closed union of everything that can happen to a session. Called by the runtime (makes them) and step(). Types only.
import type { StreamFile, StreamingVersion, StreamMessage, UuidText } from '@scamander/wire-codec';
import type { StreamErrorType } from '../errors.ts';
import type { ReceivedFile } from '../ports.ts';
import type { OutgoingInfo, TimerName } from './model.ts';

/** Every message but STREAM. */
export type ControlMessage = Exclude<StreamMessage, StreamFile>;

/** What happened. Numbers of files and connections are those of the effects that started them; connection 0 is the control connection. */
export type SessionInput =
  /** The initiator may begin. */
  | { readonly type: 'Start' }
  /** Initiator: the handshake of the control connection is done. Follower: STREAM_INIT was read. */
  | { readonly type: 'Connected'; readonly version: StreamingVersion }
  | { readonly type: 'DialFailed'; readonly error: StreamErrorType }
  /** A message on the control connection. */
  | { readonly type: 'Message'; readonly message: ControlMessage }
  /** The bytes on a connection are no message. */
  | {
      readonly type: 'MessageInvalid';
      readonly connection: number;
      readonly reason: string;
      readonly offset: number | undefined;
    }
  /** A STREAM header was read, on a file connection or on the control connection (spec: streaming-4.0-plus §6.2). */
  | { readonly type: 'FileAnnounced'; readonly connection: number; readonly file: StreamFile }
  /** Follower: the files that answer the requests. */
  | { readonly type: 'FilesSelected'; readonly files: readonly OutgoingInfo[] }
  /** Every summary of the peer was accepted by our receiving end. */
  | { readonly type: 'IncomingPrepared' }
  | { readonly type: 'PrepareFailed'; readonly error: StreamErrorType }
  | { readonly type: 'FileConnectionOpened'; readonly connection: number }
  | {
      readonly type: 'FileConnectionFailed';
      readonly connection: number;
      readonly error: StreamErrorType;
    }
  /** The last byte of a file may have left; comes before FileSent, or without it when the end was lost. */
  | { readonly type: 'FileHandedOver'; readonly file: number }
  | { readonly type: 'FileSent'; readonly file: number; readonly bytes: bigint }
  | {
      readonly type: 'FileOpened';
      readonly incoming: number;
      readonly name: string;
      readonly summaryFiles: number;
      readonly sizeBytes: bigint;
    }
  /** Every byte is here, verified and durable. */
  | { readonly type: 'FileReceived'; readonly incoming: number; readonly received: ReceivedFile }
  /** A file could not be sent or taken. */
  | { readonly type: 'FileFailed'; readonly error: StreamErrorType }
  | {
      readonly type: 'TableCommitted';
      readonly tableId: UuidText;
      readonly received: readonly ReceivedFile[];
    }
  | {
      readonly type: 'CommitFailed';
      readonly tableId: UuidText;
      readonly error: StreamErrorType;
    }
  | { readonly type: 'TimerFired'; readonly timer: TimerName }
  /** A connection of the session is over, in order or not. */
  | { readonly type: 'ConnectionEnded'; readonly connection: number; readonly reason: string }
  /** A control message could not be written. What the peer said before may still be read, so this is not yet the end. */
  | { readonly type: 'WriteFailed'; readonly reason: string }
  /** The peer took or gave no byte of a message for too long. */
  | { readonly type: 'ConnectionStalled'; readonly connection: number; readonly afterMs: number }
  | { readonly type: 'Cancel'; readonly reason: string }
  /** A limit of ours is reached. */
  | { readonly type: 'Refuse'; readonly reason: string };
