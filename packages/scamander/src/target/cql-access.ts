// Control plane. How the CQL port of one node is reached, where a node is to speak for itself. Called by doctor and du.
import type { ConnectClusterOptions } from '@scamander/cluster';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { AccessOptions, LoadTarget } from '../load/options.ts';
import { reachable } from './mapped-transport.ts';

/** A target that has CQL. */
export type ClusterTargetOptions = Extract<LoadTarget, { kind: 'cluster' }>;

/** Login and TLS, for these addresses. */
export const connectOptions = (
  { username, password, cqlTls }: ClusterTargetOptions,
  contactPoints: readonly Endpoint[],
): ConnectClusterOptions => ({
  contactPoints,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(cqlTls === undefined ? {} : { tls: cqlTls }),
});

/** Where a node's CQL port is reached: the address map names storage addresses too, whose port is not CQL's. */
export const nativeDial = (
  native: Endpoint,
  { addressMap }: Pick<AccessOptions, 'addressMap'>,
): Endpoint => {
  const there = reachable(native, addressMap);
  return addressMap?.has(endpointText(native)) === true
    ? there
    : { host: there.host, port: native.port };
};
