// Control plane. Why a stream failed, with the verdict on the data. Called by the machine, the runtime and the front door.

/** Which wait ran out. */
export type WaitingFor =
  | 'connection'
  | 'handshake'
  | 'PREPARE_SYN'
  | 'PREPARE_SYNACK'
  | 'PREPARE_ACK'
  | 'RECEIVED'
  | 'COMPLETE'
  | 'STREAM'
  | 'file bytes'
  | 'message bytes'
  | 'close';

/** Why a session failed; `peer` is endpoint text. */
export type StreamErrorType =
  | { readonly code: 'SCM_STREAM_UNREACHABLE'; readonly peer: string; readonly reason: string }
  | { readonly code: 'SCM_STREAM_TLS'; readonly peer: string; readonly reason: string }
  | { readonly code: 'SCM_STREAM_VERSION'; readonly peer: string; readonly reason: string }
  | {
      readonly code: 'SCM_STREAM_PEER_FAILED';
      readonly peer: string;
      readonly during: string;
      readonly hint: string;
    }
  | {
      readonly code: 'SCM_STREAM_CONNECTION_LOST';
      readonly peer: string;
      readonly during: string;
      readonly reason: string;
    }
  | {
      readonly code: 'SCM_STREAM_TIMEOUT';
      readonly peer: string;
      readonly waitingFor: WaitingFor;
      readonly afterMs: number;
      readonly hint: string;
    }
  | {
      readonly code: 'SCM_STREAM_PROTOCOL';
      readonly peer: string;
      readonly reason: string;
      readonly offset: number | undefined;
    }
  | {
      readonly code: 'SCM_STREAM_FILE';
      readonly peer: string;
      readonly file: string;
      readonly fileCode: string;
      readonly reason: string;
    }
  | { readonly code: 'SCM_STREAM_REFUSED'; readonly peer: string; readonly reason: string }
  | { readonly code: 'SCM_STREAM_ABORTED'; readonly peer: string; readonly reason: string };

/** One sentence for people. */
export const streamErrorMessage = (error: StreamErrorType): string => {
  switch (error.code) {
    case 'SCM_STREAM_UNREACHABLE':
      return `${error.peer} can't be reached: ${error.reason}`;
    case 'SCM_STREAM_TLS':
      return `${error.peer} refuses the connection's security: ${error.reason}`;
    case 'SCM_STREAM_VERSION':
      return `${error.peer} speaks no version we know: ${error.reason}`;
    case 'SCM_STREAM_PEER_FAILED':
      return `${error.peer} failed the session ${error.during}${error.hint === '' ? '' : `; ${error.hint}`}`;
    case 'SCM_STREAM_CONNECTION_LOST':
      return `the connection to ${error.peer} was lost ${error.during}: ${error.reason}`;
    case 'SCM_STREAM_TIMEOUT':
      return `${error.peer} was silent for ${error.afterMs} ms (waiting for ${error.waitingFor})${error.hint === '' ? '' : `; ${error.hint}`}`;
    case 'SCM_STREAM_PROTOCOL':
      return `${error.peer} broke the protocol: ${error.reason}`;
    case 'SCM_STREAM_FILE':
      return `${error.file}: ${error.reason} (${error.fileCode}, session with ${error.peer})`;
    case 'SCM_STREAM_REFUSED':
      return `the session with ${error.peer} was refused here: ${error.reason}`;
    case 'SCM_STREAM_ABORTED':
      return `the session with ${error.peer} was given up: ${error.reason}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link StreamErrorType}. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: StreamErrorType['code'];
  readonly detail: StreamErrorType;

  constructor(detail: StreamErrorType, options?: ErrorOptions) {
    super(streamErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
