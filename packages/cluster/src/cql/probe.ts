// Control plane. Does this contact point speak CQL at all? Called by CqlSession before the driver, which would wait out its request
// time limit at a port that closes, and leaves timers behind then. Opens one connection and closes it.
import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { type ClusterTls, namedTls, sslOptionsOf } from './client-options.ts';

/** What a contact point is good for. */
export type ProbeResult =
  | { readonly kind: 'cql' }
  | { readonly kind: 'unreachable' | 'tls'; readonly reason: string };

/** OPTIONS, which every version answers before a login (native_protocol_v4.spec §4.1.3): version, flags, stream, opcode, no body. */
const OPTIONS_FRAME = Uint8Array.of(0x04, 0, 0, 0, 0x05, 0, 0, 0, 0);
const RESPONSE_BIT = 0x80;
const OPCODE_AT = 4;
const OPCODES_EXPECTED = [0x00, 0x06]; // ERROR, SUPPORTED

const isCql = (answer: Uint8Array): boolean =>
  ((answer[0] ?? 0) & RESPONSE_BIT) !== 0 && OPCODES_EXPECTED.includes(answer[OPCODE_AT] ?? 0xff);

const open = ({ host, port }: Endpoint, tls: ClusterTls | undefined): Socket => {
  if (tls === undefined) return new Socket().connect(port, host);
  return connectTls({ host, port, ...sslOptionsOf(namedTls(host, tls)) });
};

/** OpenSSL's messages are full of addresses; its `reason` is the sentence. */
const tlsReason = (error: Error & { readonly reason?: unknown }): string => {
  if (typeof error.reason !== 'string') return error.message;
  return error.reason === 'wrong version number'
    ? `${error.reason} (does the port speak TLS?)`
    : error.reason;
};

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
]);

const failureOf = (error: Error & { readonly code?: unknown }, secure: boolean): ProbeResult => {
  const isNetwork = typeof error.code === 'string' && NETWORK_CODES.has(error.code);
  if (secure && !isNetwork) return { kind: 'tls', reason: tlsReason(error) };
  const hint = error.code === 'ECONNRESET' && !secure ? ' (does it demand TLS?)' : '';
  return { kind: 'unreachable', reason: `${error.message}${hint}` };
};

/** Asks once. `timeoutMs` bounds each silence: of the connection, of the TLS handshake, of the answer. Never rejects. */
export const probeCql = (
  endpoint: Endpoint,
  tls: ClusterTls | undefined,
  timeoutMs: number,
): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const secure = tls !== undefined;
    const socket = open(endpoint, tls);
    let answer = Buffer.alloc(0);
    const finish = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => {
      const peer = endpointText(endpoint);
      finish({ kind: 'unreachable', reason: `${peer} is silent for ${timeoutMs} ms` });
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => socket.write(OPTIONS_FRAME));
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      if (answer.length <= OPCODE_AT) return;
      finish(
        isCql(answer)
          ? { kind: 'cql' }
          : { kind: 'unreachable', reason: 'it answers, but not in CQL' },
      );
    });
    socket.on('error', (error) => finish(failureOf(error, secure)));
    socket.on('close', () => {
      const hint = secure ? '' : ' (does it demand TLS?)';
      finish({ kind: 'unreachable', reason: `it closes the connection${hint}` });
    });
  });
