// A throw-away certificate authority with a server and a client certificate, as PEM text. Called by tests only.
import { webcrypto } from 'node:crypto';

export type Certificates = {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const pem = (label: string, der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

const keyPem = async (keys: CryptoKeyPair): Promise<string> =>
  pem(
    'PRIVATE KEY',
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as webcrypto.CryptoKey),
  );

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const DAY_MS = 86_400_000;

/**
 * Makes a CA and two certificates signed by it; the server's is valid for the given DNS names and IP addresses, and so many days from now
 * on (less than 0: until so many days ago).
 */
export const makeCertificates = async (
  names: { readonly dns?: readonly string[]; readonly ip?: readonly string[] } = {
    dns: ['localhost'],
    ip: ['127.0.0.1'],
  },
  serverDays = 30,
): Promise<Certificates> => {
  // Loaded here and not above: most test files that use this package need no certificates, and the library takes its time to load.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as never);
  const newKeys = (): Promise<CryptoKeyPair> =>
    webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  const validFor = (days: number) => ({
    notBefore: new Date(Date.now() + Math.min(-1, days - 1) * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
  });
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Scamander test CA',
    keys: caKeys as never,
    signingAlgorithm: algorithm,
    ...validFor(30),
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
    ],
  });
  const issue = async (serialNumber: string, name: string, server: boolean) => {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber,
      subject: `CN=${name}`,
      issuer: ca.subject,
      publicKey: keys.publicKey as never,
      signingKey: caKeys.privateKey as never,
      signingAlgorithm: algorithm,
      ...validFor(server ? serverDays : 30),
      extensions: [
        new x509.ExtendedKeyUsageExtension([
          server ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
          ...(server ? [x509.ExtendedKeyUsage.clientAuth] : []),
        ]),
        new x509.SubjectAlternativeNameExtension([
          ...(names.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
          ...(names.ip ?? []).map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    });
    return { cert: certificate.toString('pem'), key: await keyPem(keys) };
  };
  const server = await issue('02', 'scamander-test-server', true);
  const client = await issue('03', 'scamander-test-client', false);
  return {
    ca: ca.toString('pem'),
    serverCert: server.cert,
    serverKey: server.key,
    clientCert: client.cert,
    clientKey: client.key,
  };
};
