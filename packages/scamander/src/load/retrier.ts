// Control plane. What lies between a try that failed and the next one: counting, waiting, asking the replica again. Called by lanes.
import { endpointText } from '@scamander/wire-codec';
import { delayBefore, pause } from '../retry/policy.ts';
import { mayAnswerLater } from '../retry/retryable.ts';
import type { TargetNode } from '../target/target.ts';
import type { LoadContext } from './load-context.ts';
import type { Round } from './round.ts';

/** `again`: it answers as before; `over`: no session may begin any more; else why the replica is given up. */
export type NextTry = 'again' | 'over' | { readonly givenUp: string };

/** What failed. */
export interface FailedTry {
  readonly node: TargetNode;
  /** `keyspace.table` */
  readonly table: string;
  readonly reason: string;
  readonly isRetryable: boolean;
}

const timesText = (reason: string, tries: number): string =>
  tries > 1 ? `${reason}; tried ${tries} times` : reason;

const answerOf = (node: TargetNode, before: number | undefined, context: LoadContext) => {
  const probe = context.probes.of(node);
  const error = probe?.error;
  return {
    isSame: probe?.version !== undefined && probe.version === before,
    isUp: probe?.version !== undefined,
    reason: error?.message ?? 'no answer',
    isRetryable: error === undefined || mayAnswerLater(error),
  };
};

/**
 * Waits for the moment of the next try. A replica that answers otherwise than it did when its files were chosen (up again, or with another
 * version) wants another plan.
 */
export const nextTry = async (
  failed: FailedTry,
  round: Round,
  context: LoadContext,
): Promise<NextTry> => {
  const { retry, tries, parts, probes } = context;
  const replica = endpointText(failed.node.endpoint);
  const version = probes.of(failed.node)?.version;
  let { reason, isRetryable } = failed;
  for (;;) {
    const made = tries.failed(replica);
    if (round.over.aborted) return 'over';
    if (!isRetryable || made >= retry.attempts) return { givenUp: timesText(reason, made) };
    const attempt = made + 1;
    const afterMs = delayBefore(retry, attempt, parts.random);
    context.emit({
      type: 'Retrying',
      peer: replica,
      table: failed.table,
      attempt,
      attempts: retry.attempts,
      afterMs,
      reason,
    });
    await pause(parts.clock, afterMs, round.over);
    if (round.over.aborted) return 'over';
    await probes.ask([failed.node]);
    const answer = answerOf(failed.node, version, context);
    if (answer.isSame) return 'again';
    if (answer.isUp) {
      round.planAnew();
      return 'over';
    }
    ({ reason, isRetryable } = answer);
  }
};
