// Control plane. No node of a cluster was reached at all, as load, pull and du say it. Called by them; pure.
import type { ScamanderErrorType } from '../errors.ts';
import type { Probe } from './probe.ts';

/** What differs between jobs. */
export interface NobodyAnswers {
  /** Where no node's own error has one. */
  readonly code: string;
  readonly message: string;
}

/** Every node's answer as one error; the code is that of the first that said why. */
export const nobodyAnswers = (
  probes: ReadonlyMap<string, Probe>,
  { code, message }: NobodyAnswers,
): ScamanderErrorType => {
  const errors = [...probes].map(
    ([replica, { error }]) => `${replica}: ${error?.message ?? 'no answer'}`,
  );
  const first = [...probes.values()].find(({ error }) => error !== undefined)?.error;
  const isTls = first?.code === 'SCM_NET_TLS_REQUIRED' || first?.code === 'SCM_NET_TLS';
  return {
    code: first?.code ?? code,
    kind: 'refused',
    message,
    where: errors.join('; '),
    lost: 'nothing',
    advice: isTls
      ? 'give --tls with --tls-ca, and --tls-cert and --tls-key where nodes ask for a certificate'
      : 'check --storage-port, the firewall, and that the nodes are up',
    retryable: true,
  };
};
