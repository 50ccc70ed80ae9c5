// Control plane: the TLS files and settings of a node. Pure builders and one writer; called by node-files.ts.
// 4.0 reads key stores only; PEM came with 4.1 (PEMBasedSslContextFactory, CASSANDRA-17031).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyStore, trustStore } from './pkcs12.ts';

/** Certificates as makeCertificates of @scamander-tools/testing gives them. */
export type NodeCertificates = {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
};

/** How a node uses TLS. */
export type NodeTls = {
  readonly certificates: NodeCertificates;
  /** internode_encryption; @default `all`. `none` leaves the storage port plain. */
  readonly internode?: 'all' | 'dc' | 'rack' | 'none';
  /** Whether whoever connects must show a certificate of the CA, on both ports; @default true. */
  readonly requireClientAuth?: boolean;
  /** Whether the storage port also takes plain connections; @default false. */
  readonly optional?: boolean;
  /** Whether the native port is encrypted too; @default false. */
  readonly native?: boolean;
  /** @default PEM where the release reads it (4.1 and later). */
  readonly form?: 'pem' | 'pkcs12';
};

const password = 'scamander';

const formOf = (version: string, tls: NodeTls): 'pem' | 'pkcs12' =>
  tls.form ?? (version.startsWith('4.0.') ? 'pkcs12' : 'pem');

const storesOf = (version: string, tls: NodeTls, folder: string): Record<string, unknown> => {
  const form = formOf(version, tls);
  const keystore = join(folder, form === 'pem' ? 'keystore.pem' : 'keystore.p12');
  const truststore = join(folder, form === 'pem' ? 'truststore.pem' : 'truststore.p12');
  if (form === 'pkcs12') {
    const passwords = { keystore_password: password, truststore_password: password };
    return { keystore, truststore, ...passwords, store_type: 'PKCS12' };
  }
  const factory = 'org.apache.cassandra.security.PEMBasedSslContextFactory';
  return {
    ssl_context_factory: { class_name: factory },
    keystore,
    truststore,
    keystore_password: null,
  };
};

/** The settings of cassandra.yaml. */
export const tlsYamlOf = (
  version: string,
  tls: NodeTls,
  folder: string,
): Record<string, unknown> => {
  const require_client_auth = tls.requireClientAuth ?? true;
  const stores = storesOf(version, tls, folder);
  const server_encryption_options = {
    internode_encryption: tls.internode ?? 'all',
    optional: tls.optional ?? false,
    require_client_auth,
    ...stores,
  };
  const client_encryption_options = {
    enabled: true,
    optional: false,
    require_client_auth,
    ...stores,
  };
  return {
    server_encryption_options,
    ...(tls.native === true ? { client_encryption_options } : {}),
  };
};

/** Writes the files that {@link tlsYamlOf} names. */
export const writeTlsFiles = (version: string, tls: NodeTls, folder: string): void => {
  const { ca, serverCert, serverKey } = tls.certificates;
  if (formOf(version, tls) === 'pkcs12') {
    writeFileSync(join(folder, 'keystore.p12'), keyStore(serverKey, [serverCert, ca], password));
    writeFileSync(join(folder, 'truststore.p12'), trustStore(ca));
    return;
  }
  // Cassandra decrypts PEM keys of old ciphers only (PBES2 is not found on Java 17): the key stays plain, as the certificates are.
  writeFileSync(join(folder, 'keystore.pem'), `${serverKey}${serverCert}\n${ca}\n`);
  writeFileSync(join(folder, 'truststore.pem'), ca);
};
