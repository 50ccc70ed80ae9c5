// Control plane. Writes the proof of what arrived where --receipt says. Called by commands at the end of a job that is done whatever becomes of it.
// A file appears whole or not at all: it is written beside, synced, then renamed.
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Receipt, ScamanderErrorType } from '@scamander/scamander';
import { usageError } from '../settings/usage-error.ts';
import { jsonLine } from './json-lines.ts';

/** Pipes and devices such as /dev/stdout can't be replaced. */
const isSpecial = async (path: string): Promise<boolean> => {
  try {
    return !(await stat(path)).isFile();
  } catch {
    return false;
  }
};

const replaceWhole = async (path: string, text: string): Promise<void> => {
  const beside = `${path}.${process.pid}.new`;
  try {
    const handle = await open(beside, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
};

/** Why it can't be written; undefined where it was, or none is asked for. */
export const writeReceipt = async (
  path: unknown,
  receipt: Receipt,
): Promise<ScamanderErrorType | undefined> => {
  if (typeof path !== 'string') return undefined;
  try {
    if (await isSpecial(path)) await writeFile(path, jsonLine(receipt));
    else await replaceWhole(await realpath(path).catch(() => path), jsonLine(receipt));
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return usageError(reason, path, 'what was asked is done; give another path');
  }
};
