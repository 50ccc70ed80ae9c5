// Control plane. Which failures are worth another try. Called by lanes; pure. What a node refuses for what it is, or for what we are, it
// refuses again; what got lost, fell silent or arrived spoilt may fare better in a new session.
import type { StreamErrorType } from '@scamander/session';
import type { TransportError } from '@scamander/transport';

/** Of an SSTable that is bad by itself; reading it again changes nothing. */
const isBadFile = (fileCode: string): boolean =>
  fileCode.startsWith('SCM_SSTABLE_') && fileCode !== 'SCM_SSTABLE_IO';

/** True when a new session may fare better. */
export const isRetryable = (error: StreamErrorType): boolean => {
  switch (error.code) {
    case 'SCM_STREAM_UNREACHABLE':
    case 'SCM_STREAM_PEER_FAILED':
    case 'SCM_STREAM_CONNECTION_LOST':
    case 'SCM_STREAM_TIMEOUT':
    case 'SCM_STREAM_PROTOCOL':
      return true;
    case 'SCM_STREAM_FILE':
      return !isBadFile(error.fileCode);
    case 'SCM_STREAM_TLS':
    case 'SCM_STREAM_VERSION':
    case 'SCM_STREAM_REFUSED':
    case 'SCM_STREAM_ABORTED':
      return false;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** True when a node that did not answer may answer later. */
export const mayAnswerLater = ({ code }: TransportError): boolean => {
  switch (code) {
    case 'SCM_NET_REFUSED':
    case 'SCM_NET_UNREACHABLE':
    case 'SCM_NET_TIMEOUT':
    case 'SCM_NET_CLOSED':
    case 'SCM_NET_RESET':
    case 'SCM_NET_HANDSHAKE':
      return true;
    case 'SCM_NET_ABORTED':
    case 'SCM_NET_LISTEN':
    case 'SCM_NET_TLS_REQUIRED':
    case 'SCM_NET_TLS':
    case 'SCM_NET_VERSION':
    case 'SCM_NET_FILE':
      return false;
    default: {
      const never: never = code;
      return never;
    }
  }
};
