// Control plane. The flags of `load` to LoadOptions. Called by commands/load.ts; reads the few small files that flags name.
import { readFileSync } from 'node:fs';
import type {
  LoadConsistency,
  LoadOptions,
  LoadRates,
  LoadTarget,
  ScamanderErrorType,
  TlsOptions,
} from '@scamander/scamander';
import { parseRate } from '@scamander/throttle';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { parseEndpoints } from './endpoint.ts';
import { optionalSize } from './flag-values.ts';
import { type RetryFlags, retryPolicy } from './retry-flags.ts';
import { type TlsFlags, tlsOptions } from './tls.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface LoadFlags extends TlsFlags, RetryFlags {
  readonly to?: string;
  readonly cql: boolean;
  readonly storagePort?: string;
  readonly keyspace?: string;
  readonly table?: string;
  readonly dc?: string;
  readonly rack?: string;
  readonly only?: string;
  readonly ignore?: string;
  readonly primaryOnly?: boolean;
  readonly ranges?: string;
  readonly connections: string;
  readonly throttle?: string;
  readonly interDcThrottle?: string;
  readonly entireThrottle?: string;
  readonly entire: string;
  readonly verify: string;
  readonly consistency: string;
  readonly protocol: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly cqlTls?: boolean;
  readonly cqlTlsCa?: string;
  readonly cqlTlsCert?: string;
  readonly cqlTlsKey?: string;
  readonly cqlTlsServerName?: string;
  readonly cqlTlsInsecure?: boolean;
  readonly addressMap?: string;
  readonly announce?: string;
  readonly gossip: boolean;
  readonly dryRun?: boolean;
  readonly silenceTimeout: string;
  readonly ledger?: string;
  readonly sessionSize?: string;
  readonly receipt?: string;
}

/** Flags that say how a cluster, or embedded nodes, are reached. */
export type ClusterFlags = Pick<
  LoadFlags,
  | 'cql'
  | 'storagePort'
  | 'user'
  | 'passwordFile'
  | 'cqlTls'
  | 'cqlTlsCa'
  | 'cqlTlsCert'
  | 'cqlTlsKey'
  | 'cqlTlsServerName'
  | 'cqlTlsInsecure'
>;

type Checked<T> = Either<ScamanderErrorType, T>;

const list = (text: string | undefined): readonly string[] | undefined =>
  text === undefined
    ? undefined
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');

const wholeNumber = (text: string, flag: string, min: number, max: number): Checked<number> => {
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max
    ? right(value)
    : left(usageError(`expected a whole number from ${min} to ${max}, got "${text}"`, flag));
};

const oneOf = <T extends string>(text: string, flag: string, choices: readonly T[]): Checked<T> => {
  const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  return found === undefined
    ? left(usageError(`expected ${choices.join(', ')}; got "${text}"`, flag))
    : right(found);
};

/** The rates of a sender. */
export const ratesOf = (
  flags: Pick<LoadFlags, 'throttle' | 'interDcThrottle' | 'entireThrottle'>,
): Checked<Partial<LoadRates>> => {
  const rates: { -readonly [K in keyof LoadRates]?: number } = {};
  const wanted = [
    ['outbound', flags.throttle, '--throttle'],
    ['interDc', flags.interDcThrottle, '--inter-dc-throttle'],
    ['entire', flags.entireThrottle ?? flags.throttle, '--entire-throttle'],
    ['interDcEntire', flags.interDcThrottle, '--inter-dc-throttle'],
  ] as const;
  for (const [name, text, flag] of wanted) {
    if (text === undefined) continue;
    const rate = parseRate(text);
    if (isLeft(rate))
      return left(usageError(rate.left.message, flag, 'write 50MiB/s, 200Mb/s, or 0 for no limit'));
    rates[name] = rate.right;
  }
  return right(rates);
};

/** Lines ANNOUNCED REACHABLE of a file; undefined where none is named. */
export const addressMapOf = (
  path: string | undefined,
): Checked<ReadonlyMap<string, string> | undefined> => {
  if (path === undefined) return right(undefined);
  try {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
    const pairs = lines.map((line) => line.split(/[\s=]+/));
    const odd = pairs.findIndex((pair) => pair.length !== 2);
    if (odd >= 0) return left(usageError(`line "${lines[odd]}" is not ANNOUNCED REACHABLE`, path));
    return right(new Map(pairs.map(([from = '', to = '']) => [from, to])));
  } catch (error) {
    return left(
      usageError(error instanceof Error ? error.message : String(error), '--address-map'),
    );
  }
};

const passwordOf = (
  flags: ClusterFlags,
  environment: NodeJS.ProcessEnv,
): Checked<string | undefined> => {
  if (flags.passwordFile === undefined) return right(environment['SCAMANDER_PASSWORD']);
  try {
    return right(readFileSync(flags.passwordFile, 'utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    return left(
      usageError(error instanceof Error ? error.message : String(error), '--password-file'),
    );
  }
};

const cqlTlsOf = (
  flags: ClusterFlags,
  internode: TlsOptions | undefined,
): Checked<TlsOptions | undefined> => {
  const own = tlsOptions({
    ...(flags.cqlTls === undefined ? {} : { tls: flags.cqlTls }),
    ...(flags.cqlTlsCa === undefined ? {} : { tlsCa: flags.cqlTlsCa }),
    ...(flags.cqlTlsCert === undefined ? {} : { tlsCert: flags.cqlTlsCert }),
    ...(flags.cqlTlsKey === undefined ? {} : { tlsKey: flags.cqlTlsKey }),
    ...(flags.cqlTlsServerName === undefined ? {} : { tlsServerName: flags.cqlTlsServerName }),
    ...(flags.cqlTlsInsecure === undefined ? {} : { tlsInsecure: flags.cqlTlsInsecure }),
  });
  if (isLeft(own) || flags.cqlTls === false) return isLeft(own) ? own : right(undefined);
  return right(own.right ?? internode);
};

/** Contact points as `flag` gives them, with their login and TLS. */
export const clusterOf = (
  hosts: string,
  flag: string,
  flags: ClusterFlags,
  tls: TlsOptions | undefined,
  environment: NodeJS.ProcessEnv,
): Checked<LoadTarget> => {
  const port =
    flags.storagePort === undefined
      ? right(undefined)
      : wholeNumber(flags.storagePort, '--storage-port', 1, 65_535);
  if (isLeft(port)) return port;
  const endpoints = parseEndpoints(hosts, flags.cql ? 9042 : (port.right ?? 7000));
  if (isLeft(endpoints)) return left(usageError(endpoints.left, flag));
  if (!flags.cql) return right({ kind: 'direct', nodes: endpoints.right });
  const password = passwordOf(flags, environment);
  if (isLeft(password)) return password;
  const cqlTls = cqlTlsOf(flags, tls);
  if (isLeft(cqlTls)) return cqlTls;
  return right({
    kind: 'cluster',
    contactPoints: endpoints.right,
    ...(port.right === undefined ? {} : { storagePort: port.right }),
    ...(flags.user === undefined ? {} : { username: flags.user }),
    ...(password.right === undefined ? {} : { password: password.right }),
    ...(cqlTls.right === undefined ? {} : { cqlTls: cqlTls.right }),
  });
};

const targetOf = (
  flags: LoadFlags,
  tls: TlsOptions | undefined,
  environment: NodeJS.ProcessEnv,
): Checked<LoadTarget> =>
  flags.to === undefined
    ? left(
        usageError('where to? no contact point is given', '--to', 'give --to HOST[:PORT][,HOST…]'),
      )
    : clusterOf(flags.to, '--to', flags, tls, environment);

/** Levels that can be asked for. */
export const CONSISTENCIES: readonly LoadConsistency[] = [
  'ONE',
  'QUORUM',
  'LOCAL_QUORUM',
  'EACH_QUORUM',
  'ALL',
];

/** `--protocol`. */
export const protocolOf = (text: string): Checked<'auto' | 12 | 13 | 14> => {
  const choice = oneOf(text, '--protocol', ['auto', '12', '13', '14'] as const);
  if (isLeft(choice)) return choice;
  return right(choice.right === 'auto' ? 'auto' : (Number(choice.right) as 12 | 13 | 14));
};

/** All flags, or the first thing that is wrong with them. */
export const loadOptions = (
  paths: readonly string[],
  flags: LoadFlags,
  environment: NodeJS.ProcessEnv,
): Checked<LoadOptions> => {
  const tls = tlsOptions(flags);
  if (isLeft(tls)) return tls;
  const target = targetOf(flags, tls.right, environment);
  if (isLeft(target)) return target;
  const rates = ratesOf(flags);
  if (isLeft(rates)) return rates;
  const connections = wholeNumber(flags.connections, '--connections', 1, 64);
  if (isLeft(connections)) return connections;
  const silence = wholeNumber(flags.silenceTimeout, '--silence-timeout', 1, 86_400);
  if (isLeft(silence)) return silence;
  const entire = oneOf(flags.entire, '--entire', ['auto', 'never'] as const);
  if (isLeft(entire)) return entire;
  const verify = oneOf(flags.verify, '--verify', ['auto', 'quick', 'deep'] as const);
  if (isLeft(verify)) return verify;
  const consistency = oneOf(flags.consistency, '--consistency', CONSISTENCIES);
  if (isLeft(consistency)) return consistency;
  const protocol = protocolOf(flags.protocol);
  if (isLeft(protocol)) return protocol;
  const addressMap = addressMapOf(flags.addressMap);
  if (isLeft(addressMap)) return addressMap;
  const announce =
    flags.announce === undefined ? right(undefined) : parseEndpoints(flags.announce, 7000);
  if (isLeft(announce)) return left(usageError(announce.left, '--announce'));
  const sessionBytes = optionalSize(flags.sessionSize, '--session-size');
  if (isLeft(sessionBytes)) return sessionBytes;
  const retry = retryPolicy(flags);
  if (isLeft(retry)) return retry;
  const [only, ignore, ranges] = [list(flags.only), list(flags.ignore), list(flags.ranges)];
  return right({
    paths,
    target: target.right,
    rates: rates.right,
    connections: connections.right,
    silenceTimeoutMs: silence.right * 1000,
    entire: entire.right,
    verify: verify.right,
    consistency: consistency.right,
    retry: retry.right,
    protocol: protocol.right,
    gossip: flags.gossip,
    dryRun: flags.dryRun === true,
    primaryOnly: flags.primaryOnly === true,
    ...(sessionBytes.right === undefined ? {} : { sessionBytes: sessionBytes.right }),
    ...(flags.ledger === undefined ? {} : { ledger: flags.ledger }),
    // a receipt proves something by its digests only
    ...(flags.receipt === undefined ? {} : { digests: 'sha256' as const }),
    ...(flags.keyspace === undefined ? {} : { keyspace: flags.keyspace }),
    ...(flags.table === undefined ? {} : { table: flags.table }),
    ...(flags.dc === undefined ? {} : { dc: flags.dc }),
    ...(flags.rack === undefined ? {} : { rack: flags.rack }),
    ...(only === undefined ? {} : { only }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(ranges === undefined ? {} : { ranges }),
    ...(tls.right === undefined ? {} : { tls: tls.right }),
    ...(addressMap.right === undefined ? {} : { addressMap: addressMap.right }),
    ...(announce.right?.[0] === undefined ? {} : { announce: announce.right[0] }),
  });
};
