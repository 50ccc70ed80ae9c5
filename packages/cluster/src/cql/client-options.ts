// Control plane. How the driver is set up: one node at a time, no pools to the others, nothing that outlives close(). Called by connectCluster.
import { isIP } from 'node:net';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { auth, type ClientOptions, policies } from 'cassandra-driver';
import { CQL_CONNECT_TIMEOUT_MS, CQL_REQUEST_TIMEOUT_MS } from '../limits.ts';
import type { OneNodePolicy } from './one-node-policy.ts';

/** TLS towards the CQL port, PEM texts. */
export interface ClusterTls {
  /** Trusted certificates. @default those of Node */
  readonly ca?: string;
  /** Our certificate, where the cluster demands one. */
  readonly cert?: string;
  readonly key?: string;
  /** The name the server's certificate must bear. @default the contact point's host */
  readonly serverName?: string;
  /** Takes any certificate: protects against listeners, not against impostors. @default false */
  readonly insecure?: boolean;
}

/** Options of connectCluster. */
export interface ConnectClusterOptions {
  /** Hosts with their CQL ports; tried in this order. */
  readonly contactPoints: readonly Endpoint[];
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ClusterTls;
  /** For each contact point. @default 5000 */
  readonly connectTimeoutMs?: number;
  /** For each query. @default 12000 */
  readonly requestTimeoutMs?: number;
}

/** Options of the TLS socket; without `insecure` the server's certificate is checked (the driver's own default is not to). */
export const sslOptionsOf = (tls: ClusterTls) => ({
  rejectUnauthorized: tls.insecure !== true,
  ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  ...(tls.cert === undefined ? {} : { cert: tls.cert }),
  ...(tls.key === undefined ? {} : { key: tls.key }),
  ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
});

/** TLS with the name a certificate must bear: as asked, else the host, where it is a name. */
export const namedTls = (host: string, tls: ClusterTls): ClusterTls =>
  tls.serverName !== undefined || isIP(host) !== 0 ? tls : { ...tls, serverName: host };

/** Options of the driver's client, for the contact point that answered. */
export const clientOptionsOf = (
  options: ConnectClusterOptions,
  contact: Endpoint,
  loadBalancing: OneNodePolicy,
): ClientOptions => ({
  contactPoints: [endpointText(contact)],
  policies: {
    loadBalancing,
    retry: new policies.retry.FallthroughRetryPolicy(),
    reconnection: new policies.reconnection.ConstantReconnectionPolicy(1000),
  },
  pooling: { warmup: false, coreConnectionsPerHost: { '0': 1, '1': 1, '2': 1 } },
  socketOptions: {
    connectTimeout: options.connectTimeoutMs ?? CQL_CONNECT_TIMEOUT_MS,
    readTimeout: options.requestTimeoutMs ?? CQL_REQUEST_TIMEOUT_MS,
  },
  isMetadataSyncEnabled: false,
  ...(options.username === undefined
    ? {}
    : { authProvider: new auth.PlainTextAuthProvider(options.username, options.password ?? '') }),
  // The driver dials the address of a name, so the name must be given for the certificate's sake.
  ...(options.tls === undefined
    ? {}
    : { sslOptions: sslOptionsOf(namedTls(contact.host, options.tls)) }),
});
