// Control plane: a driver session with exactly one node. Called by node.ts.
import { Client, policies } from 'cassandra-driver';
import type { NodeTls } from './node-tls.ts';

/** What the driver needs to speak TLS to a node; undefined for a plain native port. */
export const driverTlsOf = (tls: NodeTls | undefined) => {
  if (tls?.native !== true) return undefined;
  const { ca, clientCert, clientKey } = tls.certificates;
  // The certificate names what its maker chose; which address a test node got is known only afterwards.
  return { ca, cert: clientCert, key: clientKey, checkServerIdentity: () => undefined };
};

/** Connects to one node; the driver never talks to another of its ring. */
export const connectTo = async (
  address: string,
  port: number,
  dc: string,
  tls: NodeTls | undefined,
): Promise<Client> => {
  const sslOptions = driverTlsOf(tls);
  const client = new Client({
    contactPoints: [`${address}:${port}`],
    localDataCenter: dc,
    policies: {
      loadBalancing: new policies.loadBalancing.AllowListPolicy(
        new policies.loadBalancing.DCAwareRoundRobinPolicy(dc),
        [`${address}:${port}`],
      ),
      retry: new policies.retry.FallthroughRetryPolicy(),
    },
    socketOptions: { readTimeout: 90_000, connectTimeout: 20_000 },
    ...(sslOptions === undefined ? {} : { sslOptions }),
    // an object as a map turns keys into text, which fails for tuples with nulls in them
    encoding: { useUndefinedAsUnset: true, map: Map },
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.shutdown();
    throw error;
  }
};
