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

/** Files that one process runs: they share their nodes. */
const filesARunMax = 20;

/** Some files of a folder. */
export type LaneRun = { readonly folder: string; readonly files: readonly string[] };

/** The test files of the folders whose names match, cut into runs; the longest runs first, so that none is left alone at the end for long. */
export const laneRuns = (root: string, folders: readonly string[], pattern: string): LaneRun[] =>
  folders
    .flatMap((folder) => {
      const files = readdirSync(join(root, folder, 'test-cassandra'))
        .filter((file) => file.endsWith('.test.ts') && new RegExp(pattern, 'i').test(file))
        .sort();
      const runs = Math.ceil(files.length / filesARunMax);
      // Neighbours in the alphabet are often alike: each run gets every n-th.
      return Array.from({ length: runs }, (_, run) => ({
        folder,
        files: files.filter((_file, index) => index % runs === run),
      }));
    })
    .sort((one, other) => other.files.length - one.files.length);

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
