// Control plane. The flags of `verify` to VerifyOptions. Called by commands/verify.ts.
import type { ScamanderErrorType, VerifyAgainst, VerifyOptions } from '@scamander/scamander';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { optionalNumber } from './flag-values.ts';
import { ratesOf } from './load-flags.ts';
import { type SourceFlags, sourceOptions } from './source-flags.ts';

/** What commander hands over. */
export interface VerifyFlags extends SourceFlags {
  readonly data?: string;
  readonly quick?: boolean;
  readonly sample?: string;
  readonly against?: string;
  readonly workDir?: string;
  readonly throttle?: string;
}

type Checked<T> = Either<ScamanderErrorType, T>;

const SAMPLE_MAX = 1_000_000;

const againstOf = (
  flags: VerifyFlags,
  environment: NodeJS.ProcessEnv,
): Checked<VerifyAgainst | undefined> => {
  if (flags.against === undefined) return right(undefined);
  const source = sourceOptions([], { ...flags, from: flags.against }, environment);
  if (isLeft(source))
    return left(
      source.left.where === '--from' ? { ...source.left, where: '--against' } : source.left,
    );
  const rates = ratesOf(flags);
  if (isLeft(rates)) return rates;
  const { names: _names, primaryOnly: _primary, allReplicas: _all, ...rest } = source.right;
  return right({
    ...rest,
    rates: rates.right,
    ...(flags.workDir === undefined ? {} : { workDirectory: flags.workDir }),
  });
};

/** All of them, or the first thing that is wrong with one. */
export const verifyOptions = (
  flags: VerifyFlags,
  environment: NodeJS.ProcessEnv,
): Checked<VerifyOptions> => {
  const sample = optionalNumber(flags.sample, '--sample', 1, SAMPLE_MAX);
  if (isLeft(sample)) return sample;
  const against = againstOf(flags, environment);
  if (isLeft(against)) return against;
  return right({
    level: flags.quick === true ? 'quick' : 'whole',
    ...(flags.data === undefined ? {} : { data: flags.data }),
    ...(sample.right === undefined ? {} : { sample: sample.right }),
    ...(against.right === undefined ? {} : { against: against.right }),
  });
};
