// Control plane. Failures as Node reports them, as cases of TransportErrorType. Called by the TCP and TLS transports. Pure.
import { TransportError, type TransportErrorType } from '../errors.ts';

/** `code` of a Node error, or the empty text. */
export const nodeErrorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const reasonText = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const typeOf = (peer: string, error: unknown): TransportErrorType => {
  switch (nodeErrorCode(error)) {
    case 'ECONNREFUSED':
      return { code: 'SCM_NET_REFUSED', peer };
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return { code: 'SCM_NET_RESET', peer };
    // The peer is gone and we went on writing, or our own socket was cut under a call.
    case 'EPIPE':
    case 'ERR_STREAM_WRITE_AFTER_END':
    case 'ERR_STREAM_DESTROYED':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return { code: 'SCM_NET_CLOSED', peer, while: 'writing' };
    case 'ABORT_ERR':
      return { code: 'SCM_NET_ABORTED', peer };
    default:
      return { code: 'SCM_NET_UNREACHABLE', peer, reason: reasonText(error) };
  }
};

/** The error of a socket whose other end is `peer`. A TransportError stays what it is. */
export const socketError = (peer: string, error: unknown): TransportError =>
  error instanceof TransportError
    ? error
    : new TransportError(typeOf(peer, error), { cause: error });

/** Why an address can't be listened on. */
export const listenError = (peer: string, error: unknown): TransportError => {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is taken',
    EADDRNOTAVAIL: 'this machine does not have the address',
    EACCES: 'not permitted',
  };
  const reason = reasons[nodeErrorCode(error)] ?? reasonText(error);
  return new TransportError({ code: 'SCM_NET_LISTEN', peer, reason }, { cause: error });
};
