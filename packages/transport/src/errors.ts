// Control plane. Everything a network can do to us. Called by the transports, the handshake and the data path.

/**
 * What exactly is wrong between the two TLS sides:
 * `no-tls` the peer answers something that is not TLS; `plaintext` the peer began without TLS on a TLS listener;
 * `untrusted`, `expired`, `wrong-name` the peer's certificate fails our check; `certificate-required` the peer wants a certificate
 * of ours; `certificate-rejected` it does not accept ours; `closed` it hung up inside the TLS handshake; `other` see the reason.
 */
export type TlsProblem =
  | 'no-tls'
  | 'plaintext'
  | 'untrusted'
  | 'expired'
  | 'wrong-name'
  | 'certificate-required'
  | 'certificate-rejected'
  | 'closed'
  | 'other';

/** What went wrong on the way to or from a peer; `peer` is endpoint text. */
export type TransportErrorType =
  | { readonly code: 'SCM_NET_REFUSED'; readonly peer: string }
  | { readonly code: 'SCM_NET_UNREACHABLE'; readonly peer: string; readonly reason: string }
  | {
      readonly code: 'SCM_NET_TIMEOUT';
      readonly peer: string;
      readonly waitingFor: string;
      readonly afterMs: number;
    }
  | { readonly code: 'SCM_NET_CLOSED'; readonly peer: string; readonly while: string }
  | { readonly code: 'SCM_NET_RESET'; readonly peer: string }
  | { readonly code: 'SCM_NET_ABORTED'; readonly peer: string }
  | { readonly code: 'SCM_NET_LISTEN'; readonly peer: string; readonly reason: string }
  | { readonly code: 'SCM_NET_TLS_REQUIRED'; readonly peer: string; readonly reason: string }
  | {
      readonly code: 'SCM_NET_TLS';
      readonly peer: string;
      readonly reason: string;
      readonly problem?: TlsProblem;
    }
  | { readonly code: 'SCM_NET_HANDSHAKE'; readonly peer: string; readonly reason: string }
  | { readonly code: 'SCM_NET_VERSION'; readonly peer: string; readonly reason: string }
  | {
      readonly code: 'SCM_NET_FILE';
      readonly peer: string;
      readonly file: string;
      readonly reason: string;
    };

/** One sentence for people. */
export const transportErrorMessage = (error: TransportErrorType): string => {
  switch (error.code) {
    case 'SCM_NET_REFUSED':
      return `${error.peer} refuses connections`;
    case 'SCM_NET_UNREACHABLE':
      return `${error.peer} can't be reached: ${error.reason}`;
    case 'SCM_NET_TIMEOUT':
      return `${error.peer} did not answer within ${error.afterMs} ms (waiting for ${error.waitingFor})`;
    case 'SCM_NET_CLOSED':
      return `${error.peer} closed the connection (${error.while})`;
    case 'SCM_NET_RESET':
      return `${error.peer} reset the connection`;
    case 'SCM_NET_ABORTED':
      return `the connection to ${error.peer} was given up by us`;
    case 'SCM_NET_LISTEN':
      return `can't listen on ${error.peer}: ${error.reason}`;
    case 'SCM_NET_TLS_REQUIRED':
      return `${error.peer} demands TLS: ${error.reason}`;
    case 'SCM_NET_TLS':
      return `TLS with ${error.peer} failed: ${error.reason}`;
    case 'SCM_NET_HANDSHAKE':
      return `the handshake with ${error.peer} failed: ${error.reason}`;
    case 'SCM_NET_VERSION':
      return `no common streaming version with ${error.peer}: ${error.reason}`;
    case 'SCM_NET_FILE':
      return `${error.file}: ${error.reason} (transfer with ${error.peer})`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link TransportErrorType}. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorType['code'];
  readonly detail: TransportErrorType;

  constructor(detail: TransportErrorType, options?: ErrorOptions) {
    super(transportErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
