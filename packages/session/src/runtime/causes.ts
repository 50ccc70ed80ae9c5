// Control plane. Failures of the network, of files and of code as cases of StreamErrorType. Called by the runtime. Pure.
import {
  TransportError,
  type TransportErrorType,
  transportErrorMessage,
} from '@scamander/transport';
import type { StreamErrorType } from '../errors.ts';
import type { FileError } from '../ports.ts';

/** A thrown thing in words. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

const timeoutOf = (
  error: Extract<TransportErrorType, { code: 'SCM_NET_TIMEOUT' }>,
  peer: string,
): StreamErrorType => ({
  code: 'SCM_STREAM_TIMEOUT',
  peer,
  waitingFor: /connect/i.test(error.waitingFor) ? 'connection' : 'handshake',
  afterMs: error.afterMs,
  hint: '',
});

/** Why a dial failed. */
export const dialCause = (error: TransportErrorType, peer: string): StreamErrorType => {
  const reason = transportErrorMessage(error);
  switch (error.code) {
    case 'SCM_NET_REFUSED':
    case 'SCM_NET_UNREACHABLE':
    case 'SCM_NET_LISTEN':
      return { code: 'SCM_STREAM_UNREACHABLE', peer, reason };
    case 'SCM_NET_TIMEOUT':
      return timeoutOf(error, peer);
    case 'SCM_NET_TLS':
    case 'SCM_NET_TLS_REQUIRED':
      return { code: 'SCM_STREAM_TLS', peer, reason };
    case 'SCM_NET_VERSION':
      return { code: 'SCM_STREAM_VERSION', peer, reason };
    case 'SCM_NET_HANDSHAKE':
      return { code: 'SCM_STREAM_PROTOCOL', peer, reason, offset: undefined };
    case 'SCM_NET_ABORTED':
      return { code: 'SCM_STREAM_ABORTED', peer, reason };
    case 'SCM_NET_CLOSED':
    case 'SCM_NET_RESET':
      return {
        code: 'SCM_STREAM_CONNECTION_LOST',
        peer,
        during: 'during the handshake',
        reason: `${reason}; a node closes without a word on a connection whose security it does not accept`,
      };
    case 'SCM_NET_FILE':
      return {
        code: 'SCM_STREAM_FILE',
        peer,
        file: error.file,
        fileCode: error.code,
        reason: error.reason,
      };
    default: {
      const never: never = error;
      return never;
    }
  }
};

const transferCauseOf = (
  error: TransportErrorType,
  peer: string,
  file: string,
): StreamErrorType => {
  switch (error.code) {
    case 'SCM_NET_TIMEOUT':
      return {
        code: 'SCM_STREAM_TIMEOUT',
        peer,
        waitingFor: 'file bytes',
        afterMs: error.afterMs,
        hint: `${file} stands still`,
      };
    case 'SCM_NET_FILE':
      return {
        code: 'SCM_STREAM_FILE',
        peer,
        file: error.file,
        fileCode: error.code,
        reason: error.reason,
      };
    default:
      return {
        code: 'SCM_STREAM_CONNECTION_LOST',
        peer,
        during: `inside ${file}`,
        reason: transportErrorMessage(error),
      };
  }
};

/** Why a transfer stopped; anything that is not of the network is the file's. */
export const transferCause = (thrown: unknown, peer: string, file: string): StreamErrorType => {
  if (thrown instanceof TransportError) return transferCauseOf(thrown.detail, peer, file);
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return {
    code: 'SCM_STREAM_FILE',
    peer,
    file,
    fileCode: typeof code === 'string' ? code : 'SCM_STREAM_UNEXPECTED',
    reason: reasonOf(thrown),
  };
};

/** What a port answered. */
export const fileCause = (error: FileError, peer: string): StreamErrorType => ({
  code: 'SCM_STREAM_FILE',
  peer,
  file: error.file,
  fileCode: error.code,
  reason: error.message,
});
