// Control plane. Where data come from: the flags that pull, du and copy share, to SourceOptions. Called by these commands; declared by `sourceFlags`
// in flags.ts. Reads the few small files that flags name.
import type { ScamanderErrorType, SourceOptions, TableName } from '@scamander/scamander';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { parseEndpoint } from './endpoint.ts';
import { optionalNumber, textList } from './flag-values.ts';
import { addressMapOf, type ClusterFlags, clusterOf, protocolOf } from './load-flags.ts';
import { type RetryFlags, retryPolicy } from './retry-flags.ts';
import { type TlsFlags, tlsOptions } from './tls.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface SourceFlags extends TlsFlags, RetryFlags, ClusterFlags {
  readonly from?: string;
  readonly dc?: string;
  readonly rack?: string;
  readonly only?: string;
  readonly ignore?: string;
  readonly primaryOnly?: boolean;
  readonly allReplicas?: boolean;
  readonly ranges?: string;
  readonly protocol: string;
  readonly addressMap?: string;
  readonly listen?: string;
  readonly announce?: string;
  readonly dialBackTimeout: string;
  readonly gossip: boolean;
  readonly silenceTimeout: string;
}

type Checked<T> = Either<ScamanderErrorType, T>;

const SECONDS_MAX = 86_400;

const NAME = /^(\w+)(?:\.(\w+))?$/;

/** `KEYSPACE` or `KEYSPACE.TABLE`, each as it is called: without quotes, and in its own case. */
const namesOf = (texts: readonly string[]): Checked<readonly TableName[]> => {
  const names: TableName[] = [];
  for (const text of texts) {
    const match = NAME.exec(text);
    if (match === null) return left(usageError(`"${text}" is not KEYSPACE[.TABLE]`, 'arguments'));
    names.push({ keyspace: match[1] ?? '', table: match[2] });
  }
  return right(names);
};

/** Port 0 leaves it open: a free one, or the one that is listened on. */
const endpointOf = (text: string | undefined, flag: string) => {
  if (text === undefined) return right(undefined);
  const endpoint = parseEndpoint(text, 0, 0);
  return isLeft(endpoint) ? left(usageError(endpoint.left, flag)) : endpoint;
};

type Given<K extends keyof SourceOptions> = { readonly [P in K]?: SourceOptions[P] | undefined };

/** Leaves out what is undefined. */
const given = <K extends keyof SourceOptions>(values: Given<K>): Partial<Pick<SourceOptions, K>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Pick<SourceOptions, K>
  >;

const timesOf = (flags: SourceFlags) => {
  const silence = optionalNumber(flags.silenceTimeout, '--silence-timeout', 1, SECONDS_MAX);
  if (isLeft(silence)) return silence;
  const dialBack = optionalNumber(flags.dialBackTimeout, '--dial-back-timeout', 1, SECONDS_MAX);
  if (isLeft(dialBack)) return dialBack;
  const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1_000);
  return right({ silenceTimeoutMs: ms(silence.right), dialBackTimeoutMs: ms(dialBack.right) });
};

const placesOf = (flags: SourceFlags) => {
  const addressMap = addressMapOf(flags.addressMap);
  if (isLeft(addressMap)) return addressMap;
  const listen = endpointOf(flags.listen, '--listen');
  if (isLeft(listen)) return listen;
  const announce = endpointOf(flags.announce, '--announce');
  if (isLeft(announce)) return announce;
  return right({
    addressMap: addressMap.right,
    listen: listen.right,
    announce: announce.right,
  });
};

/** All of them, or the first thing that is wrong with one. */
export const sourceOptions = (
  names: readonly string[],
  flags: SourceFlags,
  environment: NodeJS.ProcessEnv,
): Checked<SourceOptions> => {
  if (flags.from === undefined)
    return left(
      usageError(
        'from where? no contact point is given',
        '--from',
        'give --from HOST[:PORT][,HOST…]',
      ),
    );
  const named = namesOf(names);
  if (isLeft(named)) return named;
  const tls = tlsOptions(flags);
  if (isLeft(tls)) return tls;
  const source = clusterOf(flags.from, '--from', flags, tls.right, environment);
  if (isLeft(source)) return source;
  const protocol = protocolOf(flags.protocol);
  if (isLeft(protocol)) return protocol;
  const places = placesOf(flags);
  if (isLeft(places)) return places;
  const times = timesOf(flags);
  if (isLeft(times)) return times;
  const retry = retryPolicy(flags);
  if (isLeft(retry)) return retry;
  const { dc, rack, gossip } = flags;
  return right({
    names: named.right,
    source: source.right,
    protocol: protocol.right,
    gossip,
    retry: retry.right,
    primaryOnly: flags.primaryOnly === true,
    allReplicas: flags.allReplicas === true,
    ...given({
      ...places.right,
      ...times.right,
      tls: tls.right,
      dc,
      rack,
      only: textList(flags.only),
      ignore: textList(flags.ignore),
      ranges: textList(flags.ranges),
    }),
  });
};
