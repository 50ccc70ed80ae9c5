// Control plane. Failures of TLS as Node and OpenSSL report them, told apart (spec: streaming-4.0-plus §1.1). Called by the TLS
// transport. Pure.
import { type TlsProblem, TransportError, type TransportErrorType } from '../errors.ts';
import { nodeErrorCode, socketError } from './node-errors.ts';

type Verdict = { readonly problem: TlsProblem; readonly reason: string };

/** Verification codes of OpenSSL, which Node uses as error codes. */
const VERIFICATION: Readonly<Record<string, Verdict>> = {
  CERT_HAS_EXPIRED: { problem: 'expired', reason: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { problem: 'expired', reason: 'its certificate is not valid yet' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    problem: 'wrong-name',
    reason: 'its certificate is for another name',
  },
  HOSTNAME_MISMATCH: { problem: 'wrong-name', reason: 'its certificate is for another name' },
  ERR_TLS_HANDSHAKE_TIMEOUT: { problem: 'closed', reason: 'it did not finish the TLS handshake' },
};

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REVOKED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);

const CERTIFICATE_REQUIRED: Verdict = {
  problem: 'certificate-required',
  reason: 'it demands a client certificate (require_client_auth)',
};
const NO_TLS: Verdict = { problem: 'no-tls', reason: 'it answers, but not with TLS' };
const PLAINTEXT: Verdict = { problem: 'plaintext', reason: 'it began without TLS' };

/** OpenSSL's reasons, as they stand in `code` (`ERR_SSL_…`) or in the message. First match wins; alerts are the peer's words. */
const REASONS: readonly (readonly [pattern: RegExp, client: Verdict, server?: Verdict])[] = [
  [/CERTIFICATE_REQUIRED/, CERTIFICATE_REQUIRED],
  [
    /PEER_DID_NOT_RETURN_A_CERTIFICATE/,
    { problem: 'certificate-required', reason: 'it presented no client certificate' },
  ],
  // TLS 1.2 has no alert of its own for a missing certificate.
  [
    /HANDSHAKE_FAILURE/,
    {
      problem: 'certificate-required',
      reason: 'it refused the TLS handshake: it may demand a client certificate',
    },
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/,
    { problem: 'certificate-rejected', reason: 'it does not accept our certificate' },
  ],
  [
    /ALERT_INTERNAL_ERROR/,
    {
      problem: 'certificate-rejected',
      reason:
        'it ended TLS with the alert internal_error, as Cassandra does for a client certificate that it does not trust; its log has the reason',
    },
    { problem: 'other', reason: 'it ended TLS with the alert internal_error' },
  ],
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE/,
    NO_TLS,
    PLAINTEXT,
  ],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/,
    { problem: 'other', reason: 'no common TLS version or cipher' },
  ],
];

const verdictOf = (
  code: string,
  message: string,
  side: 'client' | 'server',
): Verdict | undefined => {
  const known = VERIFICATION[code];
  if (known !== undefined) return known;
  if (UNTRUSTED.has(code))
    return { problem: 'untrusted', reason: `its certificate is not trusted (${code})` };
  const words = `${code} ${message.toUpperCase().replaceAll(' ', '_')}`;
  for (const [pattern, client, server] of REASONS)
    if (pattern.test(words)) return side === 'server' ? (server ?? client) : client;
  return undefined;
};

const reasonOf = (verdict: Verdict | undefined, message: string): string => {
  if (verdict === undefined) return message.trim();
  return verdict.problem === 'wrong-name' ? `${verdict.reason}: ${message}` : verdict.reason;
};

/** The error of a TLS socket. What is not about TLS stays a plain socket error. */
export const tlsError =
  (side: 'client' | 'server') =>
  (peer: string, error: unknown): TransportError => {
    if (error instanceof TransportError) return error;
    const code = nodeErrorCode(error);
    const message = error instanceof Error ? error.message : String(error);
    const verdict = verdictOf(code, message, side);
    if (verdict === undefined && !code.startsWith('ERR_SSL') && !code.startsWith('ERR_TLS'))
      return socketError(peer, error);
    const detail: TransportErrorType = {
      code: 'SCM_NET_TLS',
      peer,
      problem: verdict?.problem ?? 'other',
      reason: reasonOf(verdict, message),
    };
    return new TransportError(detail, { cause: error });
  };

const closedInside = (known: TransportError, reason: string): TransportError => {
  if (known.code !== 'SCM_NET_RESET' && known.code !== 'SCM_NET_CLOSED') return known;
  const { peer } = known.detail;
  return new TransportError(
    { code: 'SCM_NET_TLS', peer, problem: 'closed', reason },
    { cause: known.cause },
  );
};

/** The error of a dial: an end without an answer inside the TLS handshake is what nodes without TLS do (spec §1.1). */
export const tlsDialError = (peer: string, error: unknown): TransportError =>
  closedInside(
    tlsError('client')(peer, error),
    'it hung up inside the TLS handshake: it probably speaks no TLS',
  );

/** Why a client did not get through the TLS handshake. */
export const tlsAcceptError = (peer: string, error: unknown): TransportError =>
  closedInside(tlsError('server')(peer, error), 'it hung up inside the TLS handshake');
