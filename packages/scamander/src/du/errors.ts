// Control plane. Why du can't tell anything, in the front door's shape. Called by the rest of this folder; pure.
import { endpointText } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../errors.ts';
import { nobodyAnswers } from '../target/nobody-answers.ts';
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
export const unreachable = (probes: ReadonlyMap<string, Probe>): ScamanderErrorType =>
  nobodyAnswers(probes, {
    code: 'SCM_DU_UNREACHABLE',
    message: 'no node can be asked on its storage port',
  });
