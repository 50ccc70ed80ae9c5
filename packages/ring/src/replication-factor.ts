// Control plane. How many replicas, and how many of them transient. Called by the replication parser.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { REPLICATION_FACTOR_MAX } from './limits.ts';

/** `all` counts every replica, `transient` those of them that keep only unrepaired data (spec: planning §5). */
export interface ReplicationFactor {
  readonly all: number;
  readonly transient: number;
}

const factorText = /^(\d{1,9})(?:\/(\d{1,9}))?$/;

/** `3` or `3/1`; a Left carries the reason in words. */
export const parseReplicationFactor = (text: string): Either<string, ReplicationFactor> => {
  const found = factorText.exec(text.trim());
  if (found === null)
    return left('expected a number of replicas such as 3, or 3/1 for 1 of 3 transient');
  const all = Number(found[1]);
  const transient = found[2] === undefined ? 0 : Number(found[2]);
  if (all > REPLICATION_FACTOR_MAX) return left(`more than ${REPLICATION_FACTOR_MAX} replicas`);
  if (transient > 0 && transient >= all) return left('at least one replica must be full');
  return right({ all, transient });
};

/** `3` or `3/1`. */
export const replicationFactorText = ({ all, transient }: ReplicationFactor): string =>
  transient === 0 ? `${all}` : `${all}/${transient}`;
