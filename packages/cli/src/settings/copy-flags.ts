// Control plane. The flags of `copy` to CopyOptions. Called by commands/copy.ts. Flags of the target that a source has too are called --target-….
import type {
  AccessOptions,
  CopyOptions,
  LoadTarget,
  ScamanderErrorType,
  SourceOptions,
  TlsOptions,
} from '@scamander/scamander';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { oneOf, optionalNumber } from './flag-values.ts';
import { addressMapOf, CONSISTENCIES, clusterOf, ratesOf } from './load-flags.ts';
import { type SourceFlags, sourceOptions } from './source-flags.ts';
import { tlsOptions } from './tls.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface CopyFlags extends SourceFlags {
  readonly to?: string;
  readonly keyspace?: string;
  readonly table?: string;
  readonly sourceThrottle?: string;
  readonly sourceInterDcThrottle?: string;
  readonly sourceEntireThrottle?: string;
  readonly throttle?: string;
  readonly interDcThrottle?: string;
  readonly entireThrottle?: string;
  readonly entire: string;
  readonly consistency: string;
  readonly sessions?: string;
  readonly ledger?: string;
  readonly receipt?: string;
  readonly verify: string;
  readonly dryRun?: boolean;
  readonly targetDc?: string;
  readonly targetCql: boolean;
  readonly targetStoragePort?: string;
  readonly targetUser?: string;
  readonly targetPasswordFile?: string;
  readonly targetAddressMap?: string;
  readonly targetTls?: boolean;
  readonly targetTlsCa?: string;
  readonly targetTlsCert?: string;
  readonly targetTlsKey?: string;
  readonly targetTlsServerName?: string;
  readonly targetTlsInsecure?: boolean;
  readonly targetCqlTls?: boolean;
  readonly targetCqlTlsCa?: string;
  readonly targetCqlTlsCert?: string;
  readonly targetCqlTlsKey?: string;
  readonly targetCqlTlsServerName?: string;
  readonly targetCqlTlsInsecure?: boolean;
}

type Checked<T> = Either<ScamanderErrorType, T>;

const SESSIONS_MAX = 64;
const PASSWORD = 'SCAMANDER_TARGET_PASSWORD';

/** The flags of one prefix as those without it; absent ones stay absent. */
const unprefixed = (flags: CopyFlags, prefix: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined
        ? [[`${name.charAt(prefix.length).toLowerCase()}${name.slice(prefix.length + 1)}`, value]]
        : [],
    ),
  );

/** Said of another command's flag: the same with the prefix. */
const renamed = (error: ScamanderErrorType, prefix: string): ScamanderErrorType => ({
  ...error,
  where: error.where.replace(/--(?!to\b)/g, `--${prefix}-`),
});

/** TLS towards the target: that of the source, unless anything else is said. */
const targetTlsOf = (
  flags: CopyFlags,
  ofSource: TlsOptions | undefined,
): Checked<TlsOptions | undefined> => {
  if (flags.targetTls === false) return right(undefined);
  const own = tlsOptions(unprefixed(flags, 'target'));
  if (isLeft(own)) return left(renamed(own.left, 'target'));
  return right(own.right ?? ofSource);
};

const targetOf = (
  flags: CopyFlags,
  tls: TlsOptions | undefined,
  environment: NodeJS.ProcessEnv,
): Checked<LoadTarget> => {
  if (flags.to === undefined)
    return left(
      usageError('where to? no contact point is given', '--to', 'give --to HOST[:PORT][,HOST…]'),
    );
  // The password of one cluster is not for another.
  const own = { SCAMANDER_PASSWORD: environment[PASSWORD] };
  const cluster = { cql: flags.targetCql, ...unprefixed(flags, 'target') };
  const target = clusterOf(flags.to, '--to', cluster, tls, own);
  return isLeft(target) ? left(renamed(target.left, 'target')) : target;
};

const accessOf = (flags: CopyFlags, source: SourceOptions): Checked<AccessOptions> => {
  const tls = targetTlsOf(flags, source.tls);
  if (isLeft(tls)) return tls;
  const own = addressMapOf(flags.targetAddressMap);
  if (isLeft(own)) return left(renamed(own.left, 'target'));
  const addressMap = own.right ?? source.addressMap;
  return right({
    gossip: flags.gossip,
    ...(tls.right === undefined ? {} : { tls: tls.right }),
    ...(addressMap === undefined ? {} : { addressMap }),
  });
};

const sourceRatesOf = (flags: CopyFlags) => {
  const rates = ratesOf(unprefixed(flags, 'source'));
  return isLeft(rates) ? left(renamed(rates.left, 'source')) : rates;
};

const choicesOf = (flags: CopyFlags) => {
  const entire = oneOf(flags.entire, '--entire', ['auto', 'never'] as const);
  if (isLeft(entire)) return entire;
  const consistency = oneOf(flags.consistency, '--consistency', CONSISTENCIES);
  if (isLeft(consistency)) return consistency;
  const verify = oneOf(flags.verify, '--verify', ['none', 'rows'] as const);
  if (isLeft(verify)) return verify;
  const sessions = optionalNumber(flags.sessions, '--sessions', 1, SESSIONS_MAX);
  if (isLeft(sessions)) return sessions;
  return right({
    entire: entire.right,
    consistency: consistency.right,
    verify: verify.right,
    ...(sessions.right === undefined ? {} : { sessions: sessions.right }),
  });
};

/** All of them, or the first thing that is wrong with one. */
export const copyOptions = (
  names: readonly string[],
  flags: CopyFlags,
  environment: NodeJS.ProcessEnv,
): Checked<CopyOptions> => {
  const source = sourceOptions(names, flags, environment);
  if (isLeft(source)) return source;
  const access = accessOf(flags, source.right);
  if (isLeft(access)) return access;
  const target = targetOf(flags, access.right.tls, environment);
  if (isLeft(target)) return target;
  const sourceRates = sourceRatesOf(flags);
  if (isLeft(sourceRates)) return sourceRates;
  const targetRates = ratesOf(flags);
  if (isLeft(targetRates)) return targetRates;
  const choices = choicesOf(flags);
  if (isLeft(choices)) return choices;
  const { keyspace, table, ledger, targetDc } = flags;
  return right({
    ...source.right,
    ...choices.right,
    target: target.right,
    targetAccess: access.right,
    sourceRates: sourceRates.right,
    targetRates: targetRates.right,
    dryRun: flags.dryRun === true,
    ...(keyspace === undefined ? {} : { keyspace }),
    ...(table === undefined ? {} : { table }),
    ...(targetDc === undefined ? {} : { targetDc }),
    ...(ledger === undefined ? {} : { ledger }),
  });
};
