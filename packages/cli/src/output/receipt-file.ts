// Control plane. Writes the proof of what arrived where --receipt says. Called by commands at the end of a job that is done whatever becomes of it.
import { writeFile } from 'node:fs/promises';
import type { Receipt, ScamanderErrorType } from '@scamander/scamander';
import { usageError } from '../settings/usage-error.ts';
import { jsonLine } from './json-lines.ts';

/** Why it can't be written; undefined where it was, or none is asked for. */
export const writeReceipt = async (
  path: unknown,
  receipt: Receipt,
): Promise<ScamanderErrorType | undefined> => {
  if (typeof path !== 'string') return undefined;
  try {
    await writeFile(path, jsonLine(receipt));
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return usageError(reason, path, 'what was asked is done; give another path');
  }
};
