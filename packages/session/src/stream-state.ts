// Control plane. Snapshots of a plan and its sessions, for people and programs (Cassandra: StreamState, SessionInfo). Made by the
// runtime, read by everybody; never changes after it was taken.
import type { Endpoint, StreamingVersion, StreamSummary, UuidText } from '@scamander/wire-codec';
import type { StreamErrorType } from './errors.ts';
import type { Outcome, SessionState } from './events.ts';

/** One file of a session. */
export interface FileState {
  readonly direction: 'out' | 'in';
  readonly file: string;
  readonly tableId: UuidText;
  readonly sizeBytes: bigint;
  /** Moved so far. */
  readonly bytes: bigint;
  /** `done`: acknowledged by the peer (out), durable here (in). */
  readonly status: 'waiting' | 'moving' | 'sent' | 'done' | 'failed';
}

/** One session. */
export interface SessionSnapshot {
  readonly planId: UuidText;
  readonly peer: Endpoint;
  readonly index: number;
  readonly role: 'initiator' | 'follower';
  readonly operation: string;
  readonly state: SessionState;
  readonly version: StreamingVersion | undefined;
  /** What was announced in each direction. */
  readonly sending: readonly StreamSummary[];
  readonly receiving: readonly StreamSummary[];
  readonly files: readonly FileState[];
  readonly filesSent: number;
  readonly filesReceived: number;
  readonly bytesSent: bigint;
  readonly bytesReceived: bigint;
  readonly error: StreamErrorType | undefined;
  /** Set when the session is over. */
  readonly outcome: Outcome | undefined;
}

/** One plan. */
export interface StreamState {
  readonly planId: UuidText;
  readonly operation: string;
  readonly sessions: readonly SessionSnapshot[];
}

/** True when a session is over, well or badly. */
export const isSessionOver = ({ state }: SessionSnapshot): boolean =>
  state === 'COMPLETE' || state === 'FAILED' || state === 'ABORTED';

/** True when any session of the plan failed or was aborted (StreamState.hasFailedSession). */
export const hasFailedSession = (state: StreamState): boolean =>
  state.sessions.some((session) => session.state === 'FAILED' || session.state === 'ABORTED');
