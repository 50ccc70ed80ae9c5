// SSTables with one thing wrong each, side by side in one table directory. Called by tests only.
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SSTableFiles } from '@scamander/sstable-io';

/** What may happen to a component. */
export type Damage = 'missing' | 'empty' | 'truncated' | 'flipped';

/** Spoils one file. Half of it is cut off, or a bit in its middle changes. */
export const damageFile = (path: string, damage: Damage): void => {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  if (damage === 'missing') rmSync(path);
  else if (damage === 'empty') truncateSync(path, 0);
  else if (damage === 'truncated') truncateSync(path, middle);
  else {
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
    writeFileSync(path, bytes);
  }
};

/** Copies an SSTable under another id, and version where given: no component knows its own name. */
export const copyAs = (
  { descriptor, components }: SSTableFiles,
  directory: string,
  id: number,
  version: string = descriptor.version,
): string => {
  const prefix = `${version}-${id}-${descriptor.format}-`;
  for (const component of components.keys())
    copyFileSync(
      join(descriptor.directory, `${descriptor.prefix}${component}`),
      join(directory, `${prefix}${component}`),
    );
  return join(directory, prefix);
};
