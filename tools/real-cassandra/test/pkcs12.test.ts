// The bytes of key stores. That Java reads them is shown in test-cassandra/tls.test.ts, by nodes that boot with them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { makeCertificates } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keyStore, trustStore } from '../src/pkcs12.ts';

const lengthOfDer = (bytes: Buffer): number => {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const digits = first & 0x7f;
  return 2 + digits + bytes.readUIntBE(2, digits);
};

test('a key store is one DER value that holds the certificates and not the plain key', async () => {
  const { ca, serverCert, serverKey } = await makeCertificates();
  const bytes = keyStore(serverKey, [serverCert, ca], 'secret');
  assert.is(bytes[0], 0x30);
  assert.is(lengthOfDer(bytes), bytes.length);
  assert.ok(bytes.includes(new X509Certificate(serverCert).raw));
  assert.ok(bytes.includes(new X509Certificate(ca).raw));
  const secret = createPrivateKey(serverKey).export({ format: 'jwk' }).d ?? '';
  assert.is(Buffer.from(secret, 'base64url').length, 32);
  assert.not.ok(bytes.includes(Buffer.from(secret, 'base64url')));
});

test('a trust store is one DER value that holds the CA, marked as trusted', async () => {
  const { ca } = await makeCertificates();
  const bytes = trustStore(ca);
  assert.is(lengthOfDer(bytes), bytes.length);
  assert.ok(bytes.includes(new X509Certificate(ca).raw));
  // 2.16.840.1.113894.746875.1.1 (Oracle's trustedKeyUsage) in DER.
  assert.ok(bytes.includes(Buffer.from('060c6086480186f966adca7b0101', 'hex')));
});

test.run();
