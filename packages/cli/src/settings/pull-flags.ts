// Control plane. The flags of `pull` to PullOptions. Called by commands/pull.ts.
import type { PullOptions, ScamanderErrorType, ServedVersion } from '@scamander/scamander';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { oneOf, optionalNumber, optionalSize } from './flag-values.ts';
import { ratesOf } from './load-flags.ts';
import { type SourceFlags, sourceOptions } from './source-flags.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface PullFlags extends SourceFlags {
  readonly into?: string;
  readonly keyspace?: string;
  readonly table?: string;
  readonly throttle?: string;
  readonly interDcThrottle?: string;
  readonly entireThrottle?: string;
  readonly sstableVersion?: string;
  readonly sessions?: string;
  readonly unitSize?: string;
  readonly ledger?: string;
  readonly receipt?: string;
  readonly dryRun?: boolean;
}

const VERSIONS = ['nb', 'oa', 'da'] as const satisfies readonly ServedVersion[];
const SESSIONS_MAX = 256;

const versionOf = (
  text: string | undefined,
): Either<ScamanderErrorType, ServedVersion | undefined> =>
  text === undefined ? right(undefined) : oneOf(text, '--sstable-version', VERSIONS);

/** All of them, or the first thing that is wrong with one. */
export const pullOptions = (
  names: readonly string[],
  flags: PullFlags,
  environment: NodeJS.ProcessEnv,
): Either<ScamanderErrorType, PullOptions> => {
  const { into, keyspace, table, ledger } = flags;
  if (into === undefined)
    return left(usageError('where to? no folder is given', '--into', 'give --into DIR'));
  const source = sourceOptions(names, flags, environment);
  if (isLeft(source)) return source;
  const rates = ratesOf(flags);
  if (isLeft(rates)) return rates;
  const sstableVersion = versionOf(flags.sstableVersion);
  if (isLeft(sstableVersion)) return sstableVersion;
  const sessions = optionalNumber(flags.sessions, '--sessions', 1, SESSIONS_MAX);
  if (isLeft(sessions)) return sessions;
  const unitBytes = optionalSize(flags.unitSize, '--unit-size');
  if (isLeft(unitBytes)) return unitBytes;
  return right({
    ...source.right,
    into,
    rates: rates.right,
    dryRun: flags.dryRun === true,
    // a receipt proves something by its digests only
    digests: flags.receipt === undefined ? 'none' : 'sha256',
    ...(keyspace === undefined ? {} : { keyspace }),
    ...(table === undefined ? {} : { table }),
    ...(ledger === undefined ? {} : { ledger }),
    ...(sstableVersion.right === undefined ? {} : { sstableVersion: sstableVersion.right }),
    ...(sessions.right === undefined ? {} : { sessions: sessions.right }),
    ...(unitBytes.right === undefined ? {} : { unitBytes: unitBytes.right }),
  });
};
