// Control plane: finds free ports, and sees when something listens without connecting to it: the ruler takes one connection only.
// Called by the cases.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const timeoutMsMax = 20_000;
const pollMs = 2;
const listenState = '0A';

/** Whether /proc/net/tcp (or tcp6) lists a listener on the port. */
export const hasListener = (table: string, port: number): boolean => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return local.endsWith(`:${hex}`) && state === listenState;
  });
};

/** Resolves when something on this machine listens on the port. */
export const untilListening = async (port: number): Promise<void> => {
  const deadline = performance.now() + timeoutMsMax;
  while (!hasListener(readFileSync('/proc/net/tcp', 'utf8'), port)) {
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`);
    await delay(pollMs);
  }
};

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
