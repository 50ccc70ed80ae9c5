// Control plane: a driver session with exactly one node. Called by node.ts.
import { Client, policies } from 'cassandra-driver';

/** Connects to one node; the driver never talks to another of its ring. */
export const connectTo = async (address: string, port: number, dc: string): Promise<Client> => {
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
    encoding: { useUndefinedAsUnset: true },
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.shutdown();
    throw error;
  }
};
