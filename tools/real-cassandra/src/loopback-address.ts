// Control plane: gives out loopback addresses on which a node may listen, so that parallel processes never meet.
// Called by node.ts. The claim is a listening socket of ours, which the kernel drops with the process: nothing to clean up.
import { createServer, type Server } from 'node:net';
import { RealCassandraFailure } from './errors.ts';
import { loopbackAddressesMax } from './limits.ts';

/** The ports of every node, as Cassandra ships them; nodes differ by address. */
export const ports = { storage: 7000, storageTls: 7001, jmx: 7199, native: 9042 } as const;
const claimPort = 7198;

/** An address that no other process uses until `release()`. */
export type ClaimedAddress = { readonly address: string; release(): Promise<void> };

/** A server that only occupies the port; it does not keep the process alive. */
export const listenOn = (address: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const isFree = async (address: string): Promise<boolean> => {
  for (const port of Object.values(ports)) {
    try {
      await close(await listenOn(address, port));
    } catch {
      return false;
    }
  }
  return true;
};

/** The n-th candidate: 127.0.0.2 … 127.0.0.254, 127.0.1.1 … */
export const candidate = (index: number): string => {
  const host = index + 1;
  return `127.0.${Math.floor(host / 254)}.${(host % 254) + 1}`;
};

/** Claims this address. Rejects when another process holds it or something listens there. */
export const claimThisAddress = async (address: string): Promise<ClaimedAddress> => {
  const claim = await listenOn(address, claimPort);
  if (await isFree(address)) return { address, release: () => close(claim) };
  await close(claim);
  throw new Error(`${address}: a port of Cassandra is in use`);
};

/** Claims the first free loopback address. Throws SCM_NO_ADDRESS. */
export const claimAddress = async (): Promise<ClaimedAddress> => {
  let lastReason = 'none tried';
  for (let index = 0; index < loopbackAddressesMax; index++) {
    try {
      return await claimThisAddress(candidate(index));
    } catch (error) {
      lastReason = (error as Error).message;
    }
  }
  throw new RealCassandraFailure({
    code: 'SCM_NO_ADDRESS',
    tried: loopbackAddressesMax,
    lastReason,
  });
};
