// Control plane. Says before the first byte what would go wrong: asks the cluster and each of its nodes in every way a stream would, then judges.
// Called by the command line and by programs. Moves nothing, changes nothing, begins no session.
import { parseInet } from '@scamander/bytes';
import { endpointText } from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { type Job, startJob } from '../jobs/start-job.ts';
import { type FrontDoorParts, systemParts } from '../parts.ts';
import { allChecks } from './checks/all-checks.ts';
import type { DoctorEvent, DoctorOptions, DoctorReport } from './doctor-types.ts';
import { worstOf } from './finding.ts';
import { gatherFacts } from './gather/gather-facts.ts';

const whereOf = ({ target }: DoctorOptions): string =>
  (target.kind === 'cluster' ? target.contactPoints : target.nodes).map(endpointText).join(', ');

const aborted = (options: DoctorOptions): ScamanderErrorType => ({
  code: 'SCM_DOCTOR_ABORTED',
  kind: 'failed',
  message: 'the look at the cluster was given up',
  where: whereOf(options),
  lost: 'nothing',
  advice: 'start it again',
  retryable: true,
});

/** Nodes are told an address, not a name. */
const noAddress = ({ announce }: DoctorOptions): ScamanderErrorType | undefined =>
  announce === undefined || parseInet(announce.host) !== undefined
    ? undefined
    : {
        code: 'SCM_DOCTOR_ANNOUNCE',
        kind: 'usage',
        message: `"${announce.host}" is no IP address, and nodes are told an address, not a name`,
        where: '--announce',
        lost: 'nothing',
        advice: 'give the IP address',
        retryable: false,
      };

const examined = async (
  options: DoctorOptions,
  parts: FrontDoorParts,
  emit: (event: DoctorEvent) => void,
  signal: AbortSignal,
): Promise<Either<ScamanderErrorType, DoctorReport>> => {
  const problem = noAddress(options);
  if (problem !== undefined) return left(problem);
  const startedMs = parts.clock.nowMs();
  const facts = await gatherFacts(options, parts, signal);
  if (signal.aborted) return left(aborted(options));
  // A path that is not there is the caller's mistake, not the backup's.
  const { backup } = facts;
  if (backup?.outcome.kind === 'refused' && backup.outcome.error.kind === 'usage')
    return left(backup.outcome.error);
  const findings = allChecks(facts);
  for (const finding of findings) emit({ type: 'Found', finding });
  return right({
    cluster: facts.cluster,
    findings,
    severity: worstOf(findings),
    elapsedMs: parts.clock.nowMs() - startedMs,
  });
};

/**
 * Starts the examination. A cluster that can't be reached is a finding; a Left is a usage error (`SCM_DOCTOR_ANNOUNCE`, a backup that is not
 * there) or `SCM_DOCTOR_ABORTED`.
 */
export const doctor = (
  options: DoctorOptions,
  {
    signal,
    parts = systemParts,
  }: { readonly signal?: AbortSignal; readonly parts?: FrontDoorParts } = {},
): Job<DoctorEvent, DoctorReport> =>
  startJob<DoctorEvent, DoctorReport>({
    signal,
    body: (context) => examined(options, parts, context.emit, context.signal),
    aborted: () => aborted(options),
  });
