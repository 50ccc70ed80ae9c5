import {
  type TlsTransportOptions,
  type TransportError,
  tcpTransport,
  tlsTransport,
} from '@scamander/transport';
import { makeCertificates, rejects } from '@scamander-tools/testing';
import { firstValueFrom, Subject } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tlsAcceptError, tlsDialError, tlsError } from '../../src/socket/tls-errors.ts';
import { LOOPBACK, pairOver, rawServer, readAll, refusal, unwrap } from '../harness.ts';

const ours = makeCertificates();
const foreign = makeCertificates();
const otherName = makeCertificates({ dns: ['other.example'], ip: [] });

const serverOptions = async (): Promise<TlsTransportOptions> => {
  const { ca, serverCert: cert, serverKey: key } = await ours;
  return { ca, cert, key };
};

const problemOf = (error: TransportError): string | undefined =>
  error.detail.code === 'SCM_NET_TLS' ? error.detail.problem : error.code;

/** Dials one listener with each set of client options; gives the problem of the dial, or of the first read after it. */
const problemWith = async (
  server: TlsTransportOptions,
  client: TlsTransportOptions,
): Promise<string | undefined> => {
  const listener = unwrap(await tlsTransport(server).listen(LOOPBACK));
  const accepting = listener.connections$.subscribe((connection) => {
    connection.write(Buffer.from('hello')).then(
      () => connection.end(),
      () => undefined,
    );
  });
  const dialled = await tlsTransport(client).connect(listener.endpoint);
  try {
    if (dialled._tag === 'Left') return problemOf(dialled.left);
    try {
      const hello = await readAll(dialled.right);
      return hello.toString();
    } catch (error) {
      return `late ${problemOf(error as TransportError)}`;
    } finally {
      dialled.right.destroy();
      await dialled.right.closed;
    }
  } finally {
    accepting.unsubscribe();
    await listener.close();
  }
};

test('a trusted server certificate connects, also with TLS 1.2', async () => {
  const server = await serverOptions();
  const { ca } = await ours;
  assert.is(await problemWith(server, { ca }), 'hello');
  assert.is(await problemWith(server, { ca: [ca, (await foreign).ca] }), 'hello');
});

test('an untrusted, a wrong-name certificate, and their ways round', async () => {
  const server = await serverOptions();
  assert.is(await problemWith(server, { ca: (await foreign).ca }), 'untrusted');
  assert.is(await problemWith(server, {}), 'untrusted');
  assert.is(await problemWith(server, { insecure: true }), 'hello');
  const { ca, serverCert: cert, serverKey: key } = await otherName;
  const named = { ca, cert, key };
  assert.is(await problemWith(named, { ca }), 'wrong-name');
  assert.is(await problemWith(named, { ca, checkServerName: false }), 'hello');
  assert.is(await problemWith(named, { ca, serverName: 'other.example' }), 'hello');
});

test('a peer that demands a client certificate says so after the handshake of TLS 1.3', async () => {
  const server = { ...(await serverOptions()), requireClientCertificate: true };
  const { ca, clientCert: cert, clientKey: key } = await ours;
  assert.is(await problemWith(server, { ca }), 'late certificate-required');
  assert.is(await problemWith(server, { ca, cert, key }), 'hello');
});

test('the listener hears of clients without TLS or without a certificate', async () => {
  const rejected = new Subject<TransportError>();
  const server = {
    ...(await serverOptions()),
    requireClientCertificate: true,
    onRejected: (error: TransportError) => rejected.next(error),
  };
  const listener = unwrap(await tlsTransport(server).listen(LOOPBACK));
  const first = firstValueFrom(rejected);
  const plain = unwrap(await tcpTransport().connect(listener.endpoint));
  await plain.write(Buffer.from('ca552dfa0e0c0c08060a000009', 'hex'));
  assert.is(problemOf(await first), 'plaintext');
  // Refused: closed or reset, never answered with plaintext.
  await readAll(plain).catch(() => undefined);
  plain.destroy();
  const second = firstValueFrom(rejected);
  const { ca } = await ours;
  const bare = unwrap(await tlsTransport({ ca }).connect(listener.endpoint));
  assert.is(problemOf(await second), 'certificate-required');
  await rejects(bare.read());
  bare.destroy();
  await listener.close();
});

test('a peer that speaks no TLS is told from one that hangs up', async () => {
  const { ca } = await ours;
  const talking = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const error = refusal(await tlsTransport({ ca }).connect(talking.at));
  assert.is(problemOf(error), 'no-tls');
  await talking.close();
  // "A node with internode_encryption: none closes a connection that begins with a ClientHello" (spec §1.1).
  const closing = await rawServer((socket) => socket.once('data', () => socket.destroy()));
  assert.is(problemOf(refusal(await tlsTransport({ ca }).connect(closing.at))), 'closed');
  await closing.close();
});

test('a TLS handshake that never ends has a time limit', async () => {
  const silent = await rawServer(() => undefined);
  const { ca } = await ours;
  const dialled = await tlsTransport({ ca }).connect(silent.at, { timeoutMs: 30 });
  const error = refusal(dialled);
  assert.is(error.code, 'SCM_NET_TIMEOUT');
  assert.match(error.message, 'the connection and the TLS handshake');
  await silent.close();
});

test('a certificate that is no PEM is refused at once', async () => {
  const broken = tlsTransport({ cert: 'no certificate', key: 'no key' });
  assert.is(refusal(await broken.listen(LOOPBACK)).code, 'SCM_NET_LISTEN');
  const listener = unwrap(await tcpTransport().listen(LOOPBACK));
  assert.is(refusal(await broken.connect(listener.endpoint)).code === 'SCM_NET_REFUSED', false);
  await listener.close();
});

test('TLS connections lend no descriptor', async () => {
  const transport = tlsTransport(await serverOptions());
  const { dialler, acceptor, close } = await pairOver(transport);
  assert.equal([dialler.secure, acceptor.secure], [true, true]);
  assert.equal([dialler.kernel, acceptor.kernel], [undefined, undefined]);
  await close();
});

// Codes of OpenSSL as Node gives them (node:tls, X509 certificate error codes; ERR_SSL_*).
const CODES: readonly (readonly [code: string, problem: string])[] = [
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-name'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate-required'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'certificate-required'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate-rejected'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'certificate-rejected'],
  // What 4.1.10 answers to a certificate of another authority.
  ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'certificate-rejected'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'other'],
  ['ERR_SSL_SOMETHING_NEW', 'other'],
  ['ECONNREFUSED', 'SCM_NET_REFUSED'],
];

for (const [code, problem] of CODES)
  test(`${code} means ${problem}`, () => {
    const error = Object.assign(new Error('from OpenSSL'), { code });
    const known = tlsError('client')('10.0.0.9:7000', error);
    assert.is(problemOf(known), problem);
    assert.is(known.cause, error);
  });

test('a TransportError stays what it is; a reset inside the handshake is about TLS', () => {
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  assert.is(problemOf(tlsDialError('p', reset)), 'closed');
  assert.is(problemOf(tlsAcceptError('p', reset)), 'closed');
  const known = tlsError('server')('p', reset);
  assert.is(tlsError('server')('q', known), known);
});

test.run();
