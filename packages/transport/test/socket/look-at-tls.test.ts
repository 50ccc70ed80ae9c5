// What is seen of a port's certificates without trusting them.
import { X509Certificate } from 'node:crypto';
import {
  type Connection,
  lookAtTls,
  type TlsLookOptions,
  tcpTransport,
  tlsTransport,
} from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import { type Certificates, makeCertificates } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LOOPBACK, refusal, unwrap } from '../harness.ts';

const DAY_MS = 86_400_000;
const ours = makeCertificates();

/** Looks at a TLS listener with this certificate. */
const lookedAt = async (
  { ca, serverCert, serverKey }: Certificates,
  options: TlsLookOptions,
  requireClientCertificate = false,
) => {
  const transport = tlsTransport({
    ca,
    cert: serverCert,
    key: serverKey,
    requireClientCertificate,
  });
  const listener = unwrap(await transport.listen(LOOPBACK));
  try {
    return unwrap(await lookAtTls(listener.endpoint, options));
  } finally {
    await listener.close();
  }
};

test('the chain, as far as it is sent or known, with names and dates', async () => {
  const certificates = await ours;
  const view = await lookedAt(certificates, { ca: certificates.ca });
  assert.is(view.untrusted, undefined);
  assert.is(view.wrongName, undefined);
  assert.is(view.protocol, 'TLSv1.3');
  assert.equal(
    view.chain.map(({ subject, issuer }) => [subject, issuer]),
    [
      ['CN=scamander-test-server', 'CN=Scamander test CA'],
      ['CN=Scamander test CA', 'CN=Scamander test CA'],
    ],
  );
  const leaf = new X509Certificate(certificates.serverCert);
  const [seen] = view.chain;
  assert.is(seen?.fingerprint256, leaf.fingerprint256);
  assert.is(seen?.validToMs, Date.parse(leaf.validTo));
  assert.is(seen?.validFromMs, Date.parse(leaf.validFrom));
  assert.equal(seen?.names, ['DNS:localhost', 'IP Address:127.0.0.1']);
});

test('what does not hold is said, and looked at all the same', async () => {
  const certificates = await ours;
  const foreign = await lookedAt(certificates, { ca: (await makeCertificates()).ca });
  assert.match(foreign.untrusted ?? '', /^(UNABLE_TO|CERT_SIGNATURE_FAILURE|SELF_SIGNED)/);
  assert.is(foreign.chain[0]?.subject, 'CN=scamander-test-server');
  const named = await lookedAt(certificates, { ca: certificates.ca, serverName: 'node7.example' });
  assert.is(named.untrusted, undefined);
  assert.match(named.wrongName ?? '', 'node7.example');
  const expired = await makeCertificates(undefined, -3);
  const late = await lookedAt(expired, { ca: expired.ca });
  assert.is(late.untrusted, 'CERT_HAS_EXPIRED');
  assert.ok((late.chain[0]?.validToMs ?? 0) < Date.now() - 2 * DAY_MS);
});

test('a port that demands a client certificate shows its own without one', async () => {
  const certificates = await ours;
  const view = await lookedAt(certificates, { ca: certificates.ca }, true);
  assert.is(view.chain[0]?.subject, 'CN=scamander-test-server');
  assert.is(view.untrusted, undefined);
});

const codeOf = async (at: Endpoint, options?: TlsLookOptions): Promise<string> =>
  refusal(await lookAtTls(at, options)).code;

test('no TLS, silence, nobody', async () => {
  const listener = unwrap(await tcpTransport().listen(LOOPBACK));
  const accepting = listener.connections$.subscribe((connection) => void connection.end());
  assert.is(await codeOf(listener.endpoint), 'SCM_NET_TLS');
  accepting.unsubscribe();
  const held: Connection[] = [];
  const holding = listener.connections$.subscribe((connection) => held.push(connection));
  assert.is(await codeOf(listener.endpoint, { timeoutMs: 50 }), 'SCM_NET_TIMEOUT');
  holding.unsubscribe();
  for (const connection of held) connection.destroy();
  await listener.close();
  assert.is(await codeOf(listener.endpoint), 'SCM_NET_REFUSED');
});

test('a key that is none is an error, not an exception', async () => {
  const detail = refusal(await lookAtTls({ host: '127.0.0.1', port: 1 }, { cert: 'x', key: 'y' }));
  assert.is(detail.name, 'TransportError');
});

test.run();
