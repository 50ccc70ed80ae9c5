// Control plane: one sender and one receiver as two processes over loopback, both measured. Called by the cases of the data path.
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from '../cases/case.ts';
import { scratchFolder } from '../paths.ts';
import { freePort, untilListening } from './listening.ts';
import { type Finished, startMeasured } from './measured-process.ts';

export const host = '127.0.0.1';

/** The line that the ruler and our programs print. */
export const parseMoved = (text: string): { readonly seconds: number; readonly bytes: number } => {
  const { seconds, bytes } = JSON.parse(text) as Record<string, unknown>;
  if (typeof seconds !== 'number' || typeof bytes !== 'number')
    throw new Error(`not a line of the ruler: ${text}`);
  return { seconds, bytes };
};

const measuredOf = ({ cost, lines }: Finished): Measured => ({
  ...parseMoved(lines.at(-1)?.text ?? ''),
  cpuSeconds: cost.cpuSeconds,
  maxRssBytes: cost.maxRssBytes,
});

/** Runs both to their end. `out` is a path for the receiver, removed afterwards. */
export const movePair = async (
  receiver: (port: string, out: string) => readonly string[],
  sender: (port: string) => readonly string[],
): Promise<{ readonly sent: Measured; readonly received: Measured }> => {
  mkdirSync(scratchFolder, { recursive: true });
  const out = join(scratchFolder, 'received');
  rmSync(out, { force: true });
  const port = await freePort();
  try {
    const receiving = startMeasured(receiver(String(port), out));
    await Promise.race([untilListening(port), receiving.ended]);
    const sending = startMeasured(sender(String(port)));
    const [sent, received] = await Promise.all([sending.ended, receiving.ended]);
    return { sent: measuredOf(sent), received: measuredOf(received) };
  } finally {
    rmSync(out, { force: true });
  }
};

/** Reads the file once, so that it is in the page cache. */
export const warm = async (file: string): Promise<void> => {
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) void chunk;
};
