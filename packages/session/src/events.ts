// Control plane. The closed union of everything a stream tells the world. Called by the runtime (emits) and by every subscriber. Holds types only.
import type { FileChunk } from '@scamander/transport';
import type { Endpoint, StreamingVersion, StreamSummary, UuidText } from '@scamander/wire-codec';
import type { StreamErrorType } from './errors.ts';
import type { ReceivedFile } from './ports.ts';

/** Session states of Cassandra (spec: streaming-4.0-plus §6.3). */
export const SESSION_STATES = [
  'INITIALIZED',
  'PREPARING',
  'STREAMING',
  'WAIT_COMPLETE',
  'COMPLETE',
  'FAILED',
  'ABORTED',
] as const;
/** One of {@link SESSION_STATES}. */
export type SessionState = (typeof SESSION_STATES)[number];

/** Which session an event speaks of. */
export interface SessionRef {
  readonly planId: UuidText;
  readonly peer: Endpoint;
  readonly sessionIndex: number;
  readonly role: 'initiator' | 'follower';
}

/** What may still be true of the data after a session failed (spec §5.3: a late loss may still apply). */
export type Outcome = 'nothing-applied' | 'unknown' | 'applied';

/** Everything that happens in a stream. `atMs` is the runtime's clock. */
export type StreamEvent = { readonly session: SessionRef; readonly atMs: number } & (
  | { readonly type: 'SessionStateChanged'; readonly from: SessionState; readonly to: SessionState }
  | { readonly type: 'SessionConnected'; readonly version: StreamingVersion }
  | {
      readonly type: 'SessionPrepared';
      readonly sending: readonly StreamSummary[];
      readonly receiving: readonly StreamSummary[];
    }
  | {
      readonly type: 'FileStarted';
      readonly direction: 'out' | 'in';
      readonly file: string;
      readonly tableId: UuidText;
      readonly sizeBytes: bigint;
      readonly entire: boolean;
    }
  | { readonly type: 'FileChunk'; readonly chunk: FileChunk }
  | {
      readonly type: 'FileProgress';
      readonly direction: 'out' | 'in';
      readonly file: string;
      readonly bytes: bigint;
      readonly sizeBytes: bigint;
    }
  | {
      readonly type: 'FileSent';
      readonly file: string;
      readonly tableId: UuidText;
      readonly sequenceNumber: number;
      readonly bytes: bigint;
    }
  | {
      readonly type: 'FileAcknowledged';
      readonly file: string;
      readonly tableId: UuidText;
      readonly sequenceNumber: number;
    }
  | { readonly type: 'FileReceived'; readonly tableId: UuidText; readonly received: ReceivedFile }
  | {
      readonly type: 'TableCommitted';
      readonly tableId: UuidText;
      readonly received: readonly ReceivedFile[];
    }
  | {
      readonly type: 'FileRetried';
      readonly file: string;
      readonly attempt: number;
      readonly reason: string;
    }
  | { readonly type: 'StreamStalled'; readonly waitingFor: string; readonly sinceMs: number }
  | { readonly type: 'SessionComplete' }
  | { readonly type: 'SessionFailed'; readonly error: StreamErrorType; readonly outcome: Outcome }
);
