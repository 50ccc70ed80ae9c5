// The four transports of this package against the suite that any transport must pass.

import { systemClock } from '@scamander/throttle';
import { makeCertificates } from '@scamander-tools/testing';
import { test } from 'uvu';
import { type ComplianceSubject, transportCompliance } from '../../src/compliance/index.ts';
import { faultyTransport, memoryNetwork, tcpTransport, tlsTransport } from '../../src/index.ts';

const loopback = { host: '127.0.0.1', port: 0 };
const cleanup = async (): Promise<void> => undefined;
const certificates = makeCertificates();

const subjects: Readonly<Record<string, () => Promise<ComplianceSubject>>> = {
  tcp: async () => ({ transport: tcpTransport(), listenAt: loopback, cleanup }),
  tls: async () => {
    const { ca, serverCert, serverKey } = await certificates;
    const transport = tlsTransport({ ca, cert: serverCert, key: serverKey });
    return { transport, listenAt: loopback, cleanup };
  },
  memory: async () => ({
    transport: memoryNetwork().transport('10.0.0.1'),
    listenAt: { host: '10.0.0.1', port: 7000 },
    cleanup,
  }),
  'faulty(memory), empty plan': async () => ({
    transport: faultyTransport(
      memoryNetwork().transport('10.0.0.1'),
      {},
      { clock: systemClock, random: () => 0 },
    ),
    listenAt: { host: '10.0.0.1', port: 7000 },
    cleanup,
  }),
  'faulty(tcp), empty plan': async () => ({
    transport: faultyTransport(tcpTransport(), {}, { clock: systemClock, random: () => 0 }),
    listenAt: loopback,
    cleanup,
  }),
};

for (const [name, make] of Object.entries(subjects))
  for (const one of transportCompliance(make)) test(`${name}: ${one.name}`, one.run);

test.run();
