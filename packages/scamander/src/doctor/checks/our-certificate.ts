// Control plane. The certificate that we show ourselves: its dates, and what it may be used for. Called by all-checks.ts; pure.
// Java takes a certificate from a listener only when its extended key usage allows servers [live 4.1.10]: one for clients serves loads, not pulls.
import { X509Certificate } from 'node:crypto';
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { dayText } from '../words.ts';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

const parsed = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem);
  } catch {
    // Whoever uses it says so: a dial with it fails.
    return undefined;
  }
};

/** No extended key usage allows everything. Node's types call it always there. */
const allows = ({ keyUsage }: { readonly keyUsage?: readonly string[] }, usage: string): boolean =>
  keyUsage === undefined || keyUsage.includes(usage) || keyUsage.includes(ANY_USAGE);

/** See the head of this file. */
export const checkOurCertificate = ({ options, nowMs }: DoctorFacts): readonly Finding[] => {
  const pem = options.tls?.cert;
  const certificate = pem === undefined ? undefined : parsed(pem);
  if (certificate === undefined) return [];
  const subject = certificate.subject.replaceAll('\n', ', ');
  const evidence = `${subject}, until ${dayText(Date.parse(certificate.validTo))}, extended key usage ${certificate.keyUsage?.join(', ') ?? 'any'}`;
  if (Date.parse(certificate.validTo) < nowMs || Date.parse(certificate.validFrom) > nowMs)
    return [
      found('certificate', 'critical', undefined, {
        finding: 'the certificate that we show is not valid today',
        evidence,
        remedy: 'renew it (--tls-cert, --tls-key)',
      }),
    ];
  if (!allows(certificate, CLIENT_AUTH))
    return [
      found('certificate', 'warning', undefined, {
        finding:
          'the certificate that we show is not for clients: nodes that demand one may refuse it',
        evidence,
        remedy: 'give one whose extended key usage has clientAuth',
      }),
    ];
  if (!allows(certificate, SERVER_AUTH))
    return [
      found('certificate', 'info', undefined, {
        finding:
          'the certificate that we show is for clients only: a load works, but nodes do not take it from a listener, as a pull and gossip answers need',
        evidence,
        remedy: 'for pulls give one whose extended key usage has serverAuth too',
      }),
    ];
  return [];
};
