// Control plane: what the machine is, for the results. Called by main.ts before each case.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import type { Setting } from './report/results.ts';

/** Type of the file system that holds the path: of the longest mount point above it. */
export const fileSystemOf = (mounts: string, path: string): string => {
  const above = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '\n']) => point === '/' || path === point || path.startsWith(`${point}/`))
    .sort(([, a = ''], [, b = '']) => a.length - b.length);
  return above.at(-1)?.[2] ?? 'unknown';
};

export const settingNow = (folder: string): Setting => ({
  takenAt: new Date().toISOString(),
  node: process.version,
  kernel: release().split('-')[0] ?? '',
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  fileSystem: fileSystemOf(readFileSync('/proc/mounts', 'utf8'), folder),
  loadAverage: loadavg()[0] ?? 0,
});
