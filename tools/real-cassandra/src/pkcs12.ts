// Control plane: key and trust stores in PKCS #12 form, from PEM. Pure; called by node-tls.ts.
// Cassandra 4.0 reads key stores only, a JRE has no tool that makes one from a PEM key, and openssl may be missing: so we write the
// few bytes ourselves (RFC 7292). The key is encrypted by node:crypto; certificates are public and stay plain; there is no MAC.
import { createPrivateKey, X509Certificate } from 'node:crypto';

const lengthOf = (bytes: number): Buffer => {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const hex = bytes.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
};

const tagged = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
};
const sequence = (...content: Buffer[]): Buffer => tagged(0x30, ...content);
const set = (...content: Buffer[]): Buffer => tagged(0x31, ...content);
const octets = (content: Buffer): Buffer => tagged(0x04, content);
const explicit0 = (content: Buffer): Buffer => tagged(0xa0, content);

const base128 = (value: number): number[] => {
  const digits = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest & 0x7f) | 0x80);
  }
  return digits;
};

const objectId = (text: string): Buffer => {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
};

const data = (content: Buffer): Buffer =>
  sequence(objectId('1.2.840.113549.1.7.1'), explicit0(octets(content)));

const certificateBag = (certificate: Buffer, ...attributes: Buffer[]): Buffer =>
  sequence(
    objectId('1.2.840.113549.1.12.10.1.3'),
    explicit0(sequence(objectId('1.2.840.113549.1.9.22.1'), explicit0(octets(certificate)))),
    ...(attributes.length === 0 ? [] : [set(...attributes)]),
  );

const keyBag = (encryptedKey: Buffer): Buffer =>
  sequence(objectId('1.2.840.113549.1.12.10.1.2'), explicit0(encryptedKey));

const store = (...safes: Buffer[]): Buffer =>
  sequence(tagged(0x02, Buffer.from([3])), data(sequence(...safes.map((bags) => data(bags)))));

const derOf = (pem: string): Buffer => new X509Certificate(pem).raw;

/** A store with one private key and its certificate chain, leaf first. */
export const keyStore = (keyPem: string, chainPem: readonly string[], password: string): Buffer => {
  const encrypted = createPrivateKey(keyPem).export({
    type: 'pkcs8',
    format: 'der',
    cipher: 'aes-256-cbc',
    passphrase: password,
  });
  const certificates = chainPem.map((pem) => certificateBag(derOf(pem)));
  return store(sequence(keyBag(encrypted)), sequence(...certificates));
};

// Java takes a certificate for a trusted one only with this attribute (sun.security.pkcs12: TrustedKeyUsage, any).
const trusted = (): Buffer =>
  sequence(objectId('2.16.840.1.113894.746875.1.1'), set(objectId('2.5.29.37.0')));
const friendlyName = (name: string): Buffer =>
  sequence(
    objectId('1.2.840.113549.1.9.20'),
    set(tagged(0x1e, Buffer.from(name, 'utf16le').swap16())),
  );

/** A store with one trusted certificate. */
export const trustStore = (caPem: string): Buffer =>
  store(sequence(certificateBag(derOf(caPem), friendlyName('ca'), trusted())));
