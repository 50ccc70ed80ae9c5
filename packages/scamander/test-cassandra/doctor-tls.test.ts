// What doctor() says of a node that demands TLS on both ports, by what it is given: the story of cli's tls.test.ts, told before a load fails.
import { type Node, releases, withNode } from '@scamander-tools/real-cassandra';
import { type Certificates, makeCertificates } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DoctorReport, TlsOptions } from '../src/index.ts';
import { assertFound, assertNoneWorse, examined, findingsOf } from './support/examining.ts';

/** Addresses a node may get: the certificate is made before. */
const ADDRESSES = Array.from({ length: 120 }, (_, index) => `127.0.0.${index + 2}`);

const look = (
  node: Node,
  tls: TlsOptions | undefined,
  cqlTls: TlsOptions | undefined,
): Promise<DoctorReport> =>
  examined(node, {
    silenceTimeoutMs: 4000,
    target: {
      kind: 'cluster',
      contactPoints: [{ host: node.address, port: node.nativePort }],
      ...(cqlTls === undefined ? {} : { cqlTls }),
    },
    ...(tls === undefined ? {} : { tls }),
  });

const check = async (node: Node, ours: Certificates): Promise<void> => {
  // The node's own is for clients and servers; the other for clients only, which does not serve to listen.
  const { ca, serverCert: cert, serverKey: key, clientCert, clientKey } = ours;
  const other = await makeCertificates({ ip: ADDRESSES });
  const right: TlsOptions = { ca, cert, key };

  const whole = await look(node, right, right);
  assertNoneWorse(whole);
  assertFound(
    whole,
    'tls-mode',
    'ok',
    /TLS is required, and it demands a client certificate/,
    node,
  );
  const certificates = findingsOf(whole, 'certificate', node);
  assert.equal(
    certificates.map(({ severity }) => severity),
    ['ok', 'ok'],
    'storage and CQL',
  );
  for (const { evidence } of certificates)
    assert.match(evidence, /CN=scamander-test-server .*127\.0\.0\.2.*, of CN=Scamander test CA/);
  assertFound(whole, 'cql', 'ok', /over TLS/, node);
  assertFound(whole, 'dial-back', 'ok', /reaches us/, node);
  assertFound(whole, 'protocol', 'ok', /streams with version/, node);

  const plain = await look(node, undefined, right);
  const refused = assertFound(plain, 'tls-mode', 'critical', /will not talk plaintext/, node);
  assert.match(refused.remedy ?? '', /--tls-ca, --tls-cert and --tls-key/);
  assert.match(refused.evidence, /internode_encryption: all/);

  const stranger = await look(node, { ca: other.ca, cert, key }, right);
  const untrusted = assertFound(
    stranger,
    'certificate',
    'critical',
    /authority that we trust/,
    node,
  );
  assert.match(untrusted.remedy ?? '', '--tls-ca');
  assertFound(stranger, 'tls-mode', 'critical', /TLS with it fails/, node);

  const nameless = await look(node, { ca }, right);
  assertFound(nameless, 'tls-mode', 'critical', /demands a client certificate/, node);

  const client = await look(node, { ca, cert: clientCert, key: clientKey }, right);
  assertFound(client, 'certificate', 'info', /for clients only: a load works/);
  const silent = assertFound(client, 'dial-back', 'warning', /does not reach us/, node);
  assert.match(silent.remedy ?? '', 'it must be for servers too');
  assertNoneWorse(client, ['dial-back', 'ring-change']);

  const blind = await look(node, right, undefined);
  const cql = assertFound(blind, 'cql', 'critical', /does not let us in by CQL/);
  assert.match(cql.remedy ?? '', /speaks TLS: give --cql-tls/);
};

const [release] = releases().filter(({ family }) => family === '4.1');
if (release !== undefined)
  test(`${release.name}: TLS on both ports, and what happens without it`, async () => {
    const certificates = await makeCertificates({ ip: ADDRESSES });
    await withNode(release, (node) => check(node, certificates), {
      tls: { certificates, native: true },
    });
  });

test.run();
