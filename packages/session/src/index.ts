export {
  StreamError,
  type StreamErrorType,
  streamErrorMessage,
  type WaitingFor,
} from './errors.ts';
export { addEventListener, type StreamEventHandler } from './event-handler.ts';
export { StreamEventIterator } from './event-iterator.ts';
export {
  type Outcome,
  SESSION_STATES,
  type SessionRef,
  type SessionState,
  type StreamEvent,
} from './events.ts';
export * as limits from './limits.ts';
export type { EventBody, SessionEffect } from './machine/effects.ts';
export type { ControlMessage, SessionInput } from './machine/inputs.ts';
export {
  createSession,
  isFinal,
  numberFiles,
  type OutgoingInfo,
  type Session,
  type SessionIdentity,
  type SessionSettings,
  type SessionStart,
  type TimerName,
} from './machine/model.ts';
export { type Step, step } from './machine/step.ts';
export type { StreamParts, Throttle } from './parts.ts';
export { newPlanId } from './plan-id.ts';
export type {
  FileError,
  IncomingFile,
  IncomingFiles,
  IncomingSession,
  IncomingSessionInfo,
  OutgoingFile,
  OutgoingFiles,
  OutgoingSessionInfo,
  ReceivedFile,
} from './ports.ts';
export { type RegisteredSession, SessionRegistry } from './session-registry.ts';
export {
  type AcceptedConnection,
  StreamManager,
  type StreamManagerOptions,
} from './stream-manager.ts';
export { StreamOperation, type StreamOperationText } from './stream-operation.ts';
export { StreamPlan, type StreamPlanOptions } from './stream-plan.ts';
export { StreamFailed, StreamResult } from './stream-result.ts';
export {
  type FileState,
  hasFailedSession,
  isSessionOver,
  type SessionSnapshot,
  type StreamState,
} from './stream-state.ts';
export { KEEP_ALIVE_PERIOD_MS, SESSION_TIMEOUTS, type SessionTimeouts } from './timeouts.ts';
