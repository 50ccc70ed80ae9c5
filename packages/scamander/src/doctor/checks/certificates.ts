// Control plane. The certificates of both ports: until when, of whom, for which host. Called by all-checks.ts; pure.
import type { CertificateView, TlsView } from '@scamander/transport';
import type { TlsOptions } from '../../load/options.ts';
import type { Finding, Severity } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts, TlsAnswer } from '../facts.ts';
import { found } from '../finding.ts';
import { dayText, timeText } from '../words.ts';

const DAY_MS = 86_400_000;

/** A certificate that ends within so many days is worth a warning: renewals by machine are due long before. */
export const CERTIFICATE_DAYS_MIN = 14;

const certificateText = ({ subject, issuer, names, validToMs }: CertificateView): string =>
  `${subject}${names.length === 0 ? '' : ` (${names.join(', ')})`}, of ${issuer}, until ${dayText(validToMs)}`;

/** The chain and how it was shown. */
const evidenceOf = ({ chain, protocol, cipher }: TlsView): string =>
  `${chain.map(certificateText).join(' ← ')}; ${protocol}, ${cipher}`;

type Verdict = {
  readonly severity: Severity;
  readonly finding: string;
  readonly remedy?: string;
};

/** What speaks against the dates, the worst first. */
const ofDates = (port: string, { chain }: TlsView, nowMs: number): readonly Verdict[] =>
  chain.flatMap(({ subject, validFromMs, validToMs }): readonly Verdict[] => {
    const renew = { remedy: 'renew it, and restart or reload the node’s certificates' };
    if (validToMs < nowMs) {
      const finding = `the certificate ${subject} of its ${port} port has expired on ${dayText(validToMs)}`;
      return [{ severity: 'critical', finding, ...renew }];
    }
    if (validFromMs > nowMs) {
      const finding = `the certificate ${subject} of its ${port} port is valid from ${dayText(validFromMs)} only`;
      return [
        {
          severity: 'critical',
          finding,
          remedy: 'check the clocks of the node and of this machine',
        },
      ];
    }
    if (validToMs - nowMs > CERTIFICATE_DAYS_MIN * DAY_MS) return [];
    const finding = `the certificate ${subject} of its ${port} port expires in ${timeText(validToMs - nowMs)}`;
    return [{ severity: 'warning', finding, ...renew }];
  });

const DATES = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** What speaks against the chain and the name, held against what we were told to trust. */
const ofTrust = (port: string, view: TlsView, tls: TlsOptions): readonly Verdict[] => {
  const flag = port === 'CQL' ? '--cql-tls' : '--tls';
  const severity = tls.insecure === true ? 'warning' : 'critical';
  const insecure = tls.insecure === true ? '; it is taken all the same, as told' : '';
  const verdicts: Verdict[] = [];
  if (view.untrusted !== undefined && !DATES.has(view.untrusted))
    verdicts.push({
      severity,
      finding: `the certificate of its ${port} port is not of an authority that we trust (${view.untrusted})${insecure}`,
      remedy: `give the authority ${view.chain.at(-1)?.issuer ?? ''} as ${flag}-ca`,
    });
  if (view.wrongName !== undefined)
    verdicts.push({
      severity,
      finding: `the certificate of its ${port} port is for another host${insecure}`,
      remedy: `give ${flag}-server-name with a name of the certificate, or issue one for the host`,
    });
  return verdicts;
};

const checkOne = (
  port: 'storage' | 'CQL',
  node: string,
  answer: TlsAnswer | undefined,
  tls: TlsOptions | undefined,
  nowMs: number,
): readonly Finding[] => {
  // A port without TLS has none; that is the mode's matter.
  if (answer?.kind !== 'seen') return [];
  const { view } = answer;
  const evidence = [evidenceOf(view), view.wrongName].filter(Boolean).join('; ');
  const dates = ofDates(port, view, nowMs).map((verdict) =>
    // Nobody asked for TLS: it is told, but it stops nothing of ours.
    tls === undefined && verdict.severity === 'critical'
      ? { ...verdict, severity: 'warning' as const }
      : verdict,
  );
  const verdicts = [...dates, ...(tls === undefined ? [] : ofTrust(port, view, tls))];
  if (verdicts.length > 0)
    return verdicts.map(({ severity, finding, remedy }) =>
      found('certificate', severity, node, {
        ...{ finding, evidence },
        ...(remedy === undefined ? {} : { remedy }),
      }),
    );
  const trusted =
    tls === undefined ? 'not held against an authority, as none was given' : 'trusted';
  return [
    found('certificate', tls === undefined ? 'info' : 'ok', node, {
      finding: `the certificate of its ${port} port is ${trusted}, and valid until ${dayText(view.chain[0]?.validToMs ?? Number.NaN)}`,
      evidence,
    }),
  ];
};

/** Both ports. */
export const checkCertificates = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const { target, tls } = facts.options;
  const cqlTls = target.kind === 'cluster' ? target.cqlTls : undefined;
  return [
    ...checkOne('storage', node.node, node.storage.certificates, tls, facts.nowMs),
    ...checkOne('CQL', node.node, node.cql?.certificates, cqlTls, facts.nowMs),
  ];
};
