// Control plane. The flags of `doctor` to DoctorOptions. Called by commands/doctor.ts; reads the few small files that flags name.
import type { DoctorOptions, ScamanderErrorType } from '@scamander/scamander';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { parseEndpoint } from './endpoint.ts';
import { optionalNumber, optionalSize } from './flag-values.ts';
import { addressMapOf, type ClusterFlags, clusterOf, protocolOf } from './load-flags.ts';
import { type TlsFlags, tlsOptions } from './tls.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface DoctorFlags extends TlsFlags, ClusterFlags {
  readonly backup?: readonly string[];
  readonly keyspace?: string;
  readonly table?: string;
  readonly protocol: string;
  readonly addressMap?: string;
  readonly listen?: string;
  readonly announce?: string;
  readonly headroom?: string;
  readonly gossip: boolean;
  readonly silenceTimeout: string;
}

const STORAGE_PORT = 7000;

const endpointOf = (text: string | undefined, flag: string, port: number, portMin: number) => {
  if (text === undefined) return right(undefined);
  const endpoint = parseEndpoint(text, port, portMin);
  return isLeft(endpoint) ? left(usageError(endpoint.left, flag)) : endpoint;
};

/** All flags, or the first thing that is wrong with them. */
export const doctorOptions = (
  hosts: string,
  flags: DoctorFlags,
  environment: NodeJS.ProcessEnv,
): Either<ScamanderErrorType, DoctorOptions> => {
  const tls = tlsOptions(flags);
  if (isLeft(tls)) return tls;
  const target = clusterOf(hosts, 'HOST', flags, tls.right, environment);
  if (isLeft(target)) return target;
  const protocol = protocolOf(flags.protocol);
  if (isLeft(protocol)) return protocol;
  const addressMap = addressMapOf(flags.addressMap);
  if (isLeft(addressMap)) return addressMap;
  const listen = endpointOf(flags.listen, '--listen', 0, 0);
  if (isLeft(listen)) return listen;
  const announce = endpointOf(flags.announce, '--announce', listen.right?.port || STORAGE_PORT, 1);
  if (isLeft(announce)) return announce;
  const headroom = optionalSize(flags.headroom, '--headroom');
  if (isLeft(headroom)) return headroom;
  const silence = optionalNumber(flags.silenceTimeout, '--silence-timeout', 1, 86_400);
  if (isLeft(silence)) return silence;
  const { backup, keyspace, table, gossip } = flags;
  return right({
    target: target.right,
    protocol: protocol.right,
    gossip,
    ...(backup === undefined ? {} : { backup }),
    ...(keyspace === undefined ? {} : { keyspace }),
    ...(table === undefined ? {} : { table }),
    ...(tls.right === undefined ? {} : { tls: tls.right }),
    ...(addressMap.right === undefined ? {} : { addressMap: addressMap.right }),
    ...(listen.right === undefined ? {} : { listen: listen.right }),
    ...(announce.right === undefined ? {} : { announce: announce.right }),
    ...(headroom.right === undefined ? {} : { headroomBytes: headroom.right }),
    ...(silence.right === undefined ? {} : { silenceTimeoutMs: silence.right * 1000 }),
  });
};
