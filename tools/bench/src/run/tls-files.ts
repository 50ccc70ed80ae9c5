// Control plane: certificates for load and serve as files, made anew for each run. Called by the cases with TLS.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from '@scamander-tools/testing';
import { scratchFolder } from '../paths.ts';

/** Flags of both sides; each asks for the other's certificate. */
export const tlsFlags = async (): Promise<{
  readonly load: readonly string[];
  readonly serve: readonly string[];
}> => {
  mkdirSync(scratchFolder, { recursive: true });
  const { ca, serverCert, serverKey, clientCert, clientKey } = await makeCertificates();
  const write = (name: string, text: string): string => {
    const file = join(scratchFolder, name);
    writeFileSync(file, text);
    return file;
  };
  const common = ['--tls', '--tls-ca', write('ca.pem', ca)];
  return {
    load: [
      ...common,
      '--tls-cert',
      write('client.pem', clientCert),
      '--tls-key',
      write('client-key.pem', clientKey),
    ],
    serve: [
      ...common,
      '--tls-require-client',
      '--tls-cert',
      write('server.pem', serverCert),
      '--tls-key',
      write('server-key.pem', serverKey),
    ],
  };
};
