// Control plane. Why du can't tell anything, in the front door's shape. Called by the rest of this folder; pure.
import { endpointText } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../errors.ts';
import type { Probe } from '../target/probe.ts';
import type { DuOptions } from './du-types.ts';

const whereOf = ({ source }: DuOptions): string =>
  (source.kind === 'cluster' ? source.contactPoints : source.nodes).map(endpointText).join(', ');

/** Given up by the caller. */
export const aborted = (options: DuOptions): ScamanderErrorType => ({
  code: 'SCM_DU_ABORTED',
  kind: 'failed',
  message: 'given up before every node had answered',
  where: whereOf(options),
  lost: 'nothing',
  advice: 'start it again',
  retryable: true,
});

/** No node answers on its storage port. */
export const nobodyAnswers = (probes: ReadonlyMap<string, Probe>): ScamanderErrorType => {
  const errors = [...probes].map(
    ([replica, { error }]) => `${replica}: ${error?.message ?? 'no answer'}`,
  );
  const first = [...probes.values()].find(({ error }) => error !== undefined)?.error;
  const isTls = first?.code === 'SCM_NET_TLS_REQUIRED' || first?.code === 'SCM_NET_TLS';
  return {
    code: first?.code ?? 'SCM_DU_UNREACHABLE',
    kind: 'refused',
    message: 'no node can be asked on its storage port',
    where: errors.join('; '),
    lost: 'nothing',
    advice: isTls
      ? 'give --tls with --tls-ca, and --tls-cert and --tls-key where nodes ask for a certificate'
      : 'check --storage-port, the firewall, and that the nodes are up',
    retryable: true,
  };
};
