// Control plane. Looks at the certificates of a port without trusting them: one TLS handshake, then the connection is closed. Called by
// whoever wants to say why TLS will fail, or until when it will work. Sends nothing after the handshake.
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  type DetailedPeerCertificate,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import { type Clock, systemClock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { TransportError } from '../errors.ts';
import { CERTIFICATES_MAX, CONNECT_TIMEOUT_MS } from '../limits.ts';
import { dialled } from './dialling.ts';
import { nodeErrorCode } from './node-errors.ts';
import { tlsDialError, tlsError } from './tls-errors.ts';

/** Options of {@link lookAtTls}. PEM texts. */
export interface TlsLookOptions {
  /** Against which the chain is held. @default Node's own list */
  readonly ca?: string;
  /** Ours, for a port that shows nothing without one. */
  readonly cert?: string;
  readonly key?: string;
  /** The name to ask for (SNI) and to find in the certificate. @default the host */
  readonly serverName?: string;
  /** @default 2000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** One certificate of the chain. */
export interface CertificateView {
  /** `CN=node1, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, `DNS:node1`, `IP Address:10.0.0.1`. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly fingerprint256: string;
}

/** What a port shows. */
export interface TlsView {
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** The port's own certificate first; as far as the port sends it, or `ca` completes it. */
  readonly chain: readonly CertificateView[];
  /** Why the chain does not hold against `ca`, OpenSSL's code; undefined where it does. */
  readonly untrusted: string | undefined;
  /** Why the certificate is not that of the host or `serverName`; undefined where it is. */
  readonly wrongName: string | undefined;
}

const nameText = (name: DetailedPeerCertificate['subject'] | undefined): string =>
  Object.entries(name ?? {})
    .flatMap(([key, value]) => [value].flat().map((one) => `${key}=${String(one)}`))
    .join(', ');

const viewOf = (certificate: DetailedPeerCertificate): CertificateView => ({
  subject: nameText(certificate.subject),
  issuer: nameText(certificate.issuer),
  names: (certificate.subjectaltname ?? '').split(', ').filter((name) => name !== ''),
  validFromMs: Date.parse(certificate.valid_from),
  validToMs: Date.parse(certificate.valid_to),
  fingerprint256: certificate.fingerprint256,
});

/** A root is its own issuer, and the end. */
const chainOf = (leaf: DetailedPeerCertificate): readonly CertificateView[] => {
  const chain: CertificateView[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.subject !== undefined && chain.length < CERTIFICATES_MAX) {
    const view: CertificateView = viewOf(next);
    if (chain.at(-1)?.fingerprint256 === view.fingerprint256) break;
    chain.push(view);
    next = next.issuerCertificate;
  }
  return chain;
};

const seen = (socket: TLSSocket, name: string): TlsView => {
  const leaf = socket.getPeerCertificate(true);
  const fault = socket.authorizationError as unknown;
  const code = fault instanceof Error ? nodeErrorCode(fault) || fault.message : fault;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    chain: chainOf(leaf),
    untrusted: socket.authorized ? undefined : String(code ?? 'unknown'),
    wrongName: checkServerIdentity(name, leaf)?.message,
  };
};

/**
 * Never trusts and never sends. A port that demands a client certificate over TLS 1.3 shows its own all the same: its alert comes later.
 * Left: as a dial of {@link tlsTransport}.
 */
export const lookAtTls = async (
  to: Endpoint,
  options: TlsLookOptions = {},
): Promise<Either<TransportError, TlsView>> => {
  const { ca, cert, key, serverName, timeoutMs, signal, clock } = options;
  const name = serverName ?? to.host;
  let socket: TLSSocket;
  try {
    socket = tlsConnect({
      host: to.host,
      port: to.port,
      rejectUnauthorized: false,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      checkServerIdentity: () => undefined,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    return left(tlsError('client')(endpointText(to), error));
  }
  const connected = await dialled(socket, {
    clock: clock ?? systemClock,
    to,
    timeoutMs: timeoutMs ?? CONNECT_TIMEOUT_MS,
    waitingFor: 'the connection and the TLS handshake',
    options: signal === undefined ? undefined : { signal },
    event: 'secureConnect',
    toError: tlsDialError,
  });
  if (isLeft(connected)) return connected;
  const view = seen(socket, name);
  socket.destroy();
  return right(view);
};
