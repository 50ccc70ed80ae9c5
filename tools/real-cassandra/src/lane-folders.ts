// Control plane: where the tests against real Cassandra lie and what they reported. Called by run-lanes.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders below packages/ and tools/ that have a test-cassandra folder, in a stable order. */
export const laneFolders = (root: string): string[] =>
  ['packages', 'tools'].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => join(group, name))
      .filter((folder) => existsSync(join(root, folder, 'test-cassandra'))),
  );

export type Counts = { passed: number; failed: number; skipped: number };

/** What the runner wrote; a missing file is one failure. */
export const countsOf = (resultsFile: string): Counts =>
  existsSync(resultsFile)
    ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Counts)
    : { passed: 0, failed: 1, skipped: 0 };

/** The sum of all. */
export const sumOf = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
});
